"""Official publications as dated tables: the library of releases, the starter set, look-ups as of a day."""

from cleanclaim.reference.answers import CodeAnswer, CodeStatus, NdcAnswer
from cleanclaim.reference.library import Library
from cleanclaim.reference.lookup import Lookup

__all__ = ["CodeAnswer", "CodeStatus", "Library", "Lookup", "NdcAnswer"]
