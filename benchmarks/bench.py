"""`make bench`: pull, Prefect's share, stages and metrics, as one table of ratios measured in one run."""

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks import pull, stages
from benchmarks.company import PROFILES, lake
from benchmarks.metrics import Comparison
from benchmarks.nightly import share
from benchmarks.stages import Stage

HOME = Path(__file__).parent.parent / "var" / "bench"
LAST = "publish to DuckDB"
BARE = {"bare Arrow insert": "publish to DuckDB", "bare COPY": "publish to PostgreSQL"}


def lines(found: Iterable[Stage | Comparison]) -> Iterator[str]:
    """A line for each as it comes: a stage, behind a bare load what the publish before it reached; a metric.

    Behind the publish to DuckDB, all up to it together: one night's work on the lake.
    """
    rates: dict[str, float] = {}
    night = Stage("together")
    for one in found:
        if isinstance(one, Comparison):
            yield (
                f"{one.table:<24} {one.product.wall:7.2f} s over {one.sql.wall:7.2f} s of SQL: {one.ratio:5.2f} x "
                f"({one.cpu_ratio:.2f} x cpu) {one.rows:>12,} rows"
            )
            continue
        rates[one.name] = one.rows / one.wall
        ratio = f"  the publish: {rates[BARE[one.name]] / rates[one.name]:.2f} x its rows/s" if one.name in BARE else ""
        yield f"{_figures(one)}{ratio}"
        night.wall, night.cpu = night.wall + one.wall, night.cpu + one.cpu
        night.peak_gb = max(night.peak_gb, one.peak_gb)
        if one.name == LAST:
            yield _figures(night)


def _figures(stage: Stage) -> str:
    rows = f"{stage.rows:>14,} rows" if stage.rows else ""
    return f"{stage.name:<24} {stage.wall:7.1f} s  {stage.cpu:7.1f} s cpu  {stage.peak_gb:5.2f} GB{rows}"


def main() -> None:
    """Print the table for the profiles asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench", description=main.__doc__)
    parser.add_argument("--profiles", nargs="*", choices=PROFILES, default=["S", "M"])
    parser.add_argument("--rounds", type=int, default=3, help="of every metric and its query")
    parser.add_argument("--stages", action="store_true", help="stop after the publish to DuckDB")
    parser.add_argument("--all", action="store_true", help="the pull too, and Prefect's share of a nightly")
    asked = parser.parse_args()
    for row in pull.figures() if asked.all else ():
        print(f"{row.name:<60} {row.figure:>20} {row.ratio:6.2f} x", flush=True)
    if asked.all:
        night = share()
        print(f"Prefect's share of a nightly: {night.prefects:.1f} s of {night.whole:.1f} s, {night.tasks} tasks")
    for profile in asked.profiles:
        print(f"\nprofile {profile}", flush=True)
        for line in lines(stages.run(lake(profile, HOME), rounds=asked.rounds)):
            print(line, flush=True)
            if asked.stages and line.startswith("together"):
                break


if __name__ == "__main__":
    main()
