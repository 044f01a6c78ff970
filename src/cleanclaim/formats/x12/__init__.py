"""X12 transactions read in columns: numpy finds the separators, Arrow holds the values, no segment is an object."""
