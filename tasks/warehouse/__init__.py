"""The warehouse: `mart` for readers, `ops` for the runs; DuckDB files by default, PostgreSQL in production."""
