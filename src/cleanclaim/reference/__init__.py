"""Official publications as dated tables, the starter set, and look-ups as of a date."""
