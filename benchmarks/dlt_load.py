"""dlt loads a vendor's pages from JSON into a DuckDB file; runs in dlt's own environment, prints rows and seconds."""

import os
import sys
from time import perf_counter

import dlt

from benchmarks.bare import pages


def main() -> None:
    """Load `vendor` into the folder `home` with dlt's own defaults, its schema inferred from the records."""
    vendor, home, soql = sys.argv[1:]
    pipeline = dlt.pipeline(
        "bench", pipelines_dir=home, destination=dlt.destinations.duckdb(f"{home}/bench.duckdb"), dataset_name="raw"
    )
    start = perf_counter()
    pipeline.run(dlt.resource(pages(vendor, os.environ, soql), name="records"))
    seconds = perf_counter() - start
    with pipeline.sql_client() as client:
        found = client.execute_sql("SELECT count(*) FROM records")
    print(found[0][0], seconds)


if __name__ == "__main__":
    main()
