"""Plans: one set of edits over one table of facts, on packed bit planes, on Python closures, or as plain SQL."""
