"""The only owner of DuckDB connections, and the one description of what a table is."""
