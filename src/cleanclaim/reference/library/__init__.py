"""The library: releases as they were imported, immutable; the starter set; the tables as of a date, carried forward."""

from cleanclaim.reference.library.library import NO_PRESUMPTION, Library, default_folder

__all__ = ["NO_PRESUMPTION", "Library", "default_folder"]
