"""X12 transactions read in columns: numpy finds the separators, Arrow holds the values, no segment is an object."""

from cleanclaim.formats.x12.envelope import Envelope
from cleanclaim.formats.x12.faults import CUT_OFF
from cleanclaim.formats.x12.reader import Reader837, read_837

__all__ = ["CUT_OFF", "Envelope", "Reader837", "read_837"]
