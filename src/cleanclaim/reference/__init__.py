"""Official publications as dated tables: the library of releases, the starter set, look-ups as of a day."""
