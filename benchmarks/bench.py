"""`make bench`: the pull, the stages of a publish and every metric, as one table of ratios measured in one run."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from benchmarks import pull, stages
from benchmarks.company import PROFILES, lake
from benchmarks.metrics import Comparison
from benchmarks.stages import Stage

HOME = Path(__file__).parent.parent / "var" / "bench"
BARE = {"publish to DuckDB": "bare Arrow insert", "publish to PostgreSQL": "bare COPY"}


def stage_lines(found: list[Stage]) -> Iterator[str]:
    """Each stage, and each publish's rows a second over its bare load's."""
    named = {stage.name: stage for stage in found}
    for stage in found:
        rows = f"{stage.rows:,} rows" if stage.rows else ""
        line = f"{stage.name:<24} {stage.wall:7.1f} s  {stage.cpu:7.1f} s cpu  {stage.peak_gb:5.2f} GB {rows:>18}"
        if other := named.get(BARE.get(stage.name, "")):
            ratio = (stage.rows / stage.wall) / (other.rows / other.wall)
            line += f"  {ratio:5.2f} x the rows/s of a {other.name}"
        yield line


def metric_lines(found: list[Comparison]) -> Iterator[str]:
    """Each metric over its hand-written SQL."""
    for one in found:
        yield (
            f"{one.table:<24} {one.product.wall:7.2f} s over {one.sql.wall:7.2f} s of SQL: {one.ratio:5.2f} x "
            f"({one.cpu_ratio:.2f} x cpu) {one.rows:>12,} rows"
        )


def main() -> None:
    """Print the table for the profiles asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench", description=main.__doc__)
    parser.add_argument("--profiles", nargs="*", choices=PROFILES, default=["S", "M"])
    parser.add_argument("--rounds", type=int, default=3, help="of every metric and its query")
    parser.add_argument("--pull", action="store_true", help="a first pull too, against the bare ceiling and dlt")
    asked = parser.parse_args()
    for row in pull.figures() if asked.pull else ():
        print(f"{row.name:<60} {row.figure:>20} {row.ratio:6.2f} x", flush=True)
    for profile in asked.profiles:
        print(f"\nprofile {profile}", flush=True)
        found, metrics = stages.run(lake(profile, HOME), rounds=asked.rounds)
        for line in (*stage_lines(found), *metric_lines(metrics)):
            print(line, flush=True)


if __name__ == "__main__":
    main()
