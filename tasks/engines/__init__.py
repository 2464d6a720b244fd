"""What conforms and measures: DuckDB in this process, or Spark past one machine."""
