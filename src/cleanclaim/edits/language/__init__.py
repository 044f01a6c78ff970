"""The edit language: boolean SQL over named facts, three-valued and monotone, checked before anything runs."""

from cleanclaim.edits.language.check import parse_expression
from cleanclaim.edits.language.closures import closure
from cleanclaim.edits.language.sql import sql_of
from cleanclaim.edits.language.tree import Expression, columns_of

__all__ = ["Expression", "closure", "columns_of", "parse_expression", "sql_of"]
