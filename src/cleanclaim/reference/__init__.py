"""Official publications as dated tables: the library of releases, the starter set, look-ups as of a day."""

from cleanclaim.reference.codes.answers import CodeAnswer, CodeStatus, NdcAnswer
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.library import Library

__all__ = ["CodeAnswer", "CodeStatus", "Library", "Lookup", "NdcAnswer"]
