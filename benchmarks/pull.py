"""A first pull against what bounds it: the bare ceiling above it, dlt's load of the same records below it.

The ceiling asks for the same pages one after another with `requests`, parses them with `orjson` and throws them away.
dlt (1.31, in an environment of its own, see `requirements-bench.lock`) is given the same parsed pages as a resource and
loads them into a DuckDB file. All three run against the same server process, in turn, several rounds; a pull holds
payload, hash, comparison with the vendor's count and commit. Only ratios of medians within one run mean anything.
"""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple
from unittest.mock import patch

from benchmarks import bare
from benchmarks.vendors import NOW, Vendors, vendors
from config.settings import Settings
from tasks.sources import salesforce, salesforce_query
from tasks.sources.fieldmap import field_map
from tasks.sources.pull import pull

ROOT = Path(__file__).parent.parent
DLT = ROOT / ".venv-bench" / "bin" / "python"


class Row(NamedTuple):
    """A line of the table: what, the figure with its unit, and the ratio it is judged by."""

    name: str
    figure: str
    ratio: float


@dataclass(frozen=True)
class Case:
    """One entity of one vendor, the latency it is read at, and how many records and rounds that allows."""

    vendor: str
    entity: str
    latency_seconds: float
    records: int
    rounds: int


CASES = (
    Case("kantata", "time_entry", 0, 200_000, 5),
    Case("salesforce", "subscription", 0, 200_000, 5),
    Case("kantata", "time_entry", 0.2, 20_000, 3),
    Case("salesforce", "subscription", 0.2, 200_000, 3),
)


def figures(cases: tuple[Case, ...] = CASES) -> Iterator[Row]:
    """Two rows a case: the pull over the ceiling, and over dlt.

    Raises:
        FileNotFoundError: dlt's environment is missing.
    """
    if not DLT.exists():
        raise FileNotFoundError(f"{DLT} is missing: run `make bench`, which sets it up.")
    for case in cases:
        with vendors(case.records) as servers:
            servers.far_away(case.latency_seconds)
            yield from compared(case, servers)


def compared(case: Case, servers: Vendors) -> Iterator[Row]:
    """The rows of one case; each round runs every contestant once, in an order that turns."""
    contestants: dict[str, Callable[[], float]] = {
        "pull": partial(pulled, case, servers),
        "the bare ceiling": partial(bare_pages, case, servers),
        "dlt": partial(_dlt, case, servers),
    }
    bare_pages(case, servers)  # the servers' first answers are their work, and not remembered ones
    pulled(case, servers)
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    names = list(contestants)
    for _ in range(case.rounds):
        for name in names:
            seconds[name].append(contestants[name]())
        names = [*names[1:], names[0]]
    medians = {name: median(some) for name, some in seconds.items()}
    figure = f"{case.records / medians['pull']:,.0f} records/s"
    what = f"pull {case.vendor}.{case.entity}, {case.latency_seconds * 1000:.0f} ms"
    for other in ("the bare ceiling", "dlt"):
        yield Row(f"{what}, over {other}", figure, medians[other] / medians["pull"])


def pulled(case: Case, servers: Vendors) -> float:
    """The seconds of a first pull of the case's entity into an empty lake."""
    with tempfile.TemporaryDirectory() as home, patch.dict(os.environ, servers.environment):
        settings = Settings(home=Path(home))
        start = perf_counter()
        landed = pull(case.vendor, case.entity, settings=settings, now=NOW, run_id="bench")
        seconds = perf_counter() - start
    _same(landed.appended, case)
    return seconds


def bare_pages(case: Case, servers: Vendors) -> float:
    """The seconds of reading the same pages with nothing around them."""
    start = perf_counter()
    count = sum(len(page) for page in bare.pages(case.vendor, servers.environment, _soql(case)))
    seconds = perf_counter() - start
    _same(count, case)
    return seconds


def _dlt(case: Case, servers: Vendors) -> float:
    """The seconds that dlt's process measured for itself, its start and imports left out."""
    with tempfile.TemporaryDirectory() as home:
        command = [str(DLT), "-m", "benchmarks.dlt_load", case.vendor, home, _soql(case)]
        given = {**os.environ, **servers.environment, "RUNTIME__DLTHUB_TELEMETRY": "false"}
        done = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=True)
    count, seconds = done.stdout.split()[-2:]
    _same(int(count), case)
    return float(seconds)


def _soql(case: Case) -> str:
    """What the pull asks Salesforce for, without its window; nothing for Kantata."""
    fields = field_map(Path("config/fields") / f"{case.vendor}.yaml")
    return salesforce_query.select(fields[case.entity]) if case.vendor == salesforce.NAME else ""


def _same(count: int, case: Case) -> None:
    if count != case.records:
        raise ValueError(f"{count} of {case.records} records of {case.vendor} came: the figures would not compare.")


def main() -> None:
    """Print the table."""
    for row in figures():
        print(f"{row.name:<60} {row.figure:>20} {row.ratio:6.2f} x", flush=True)


if __name__ == "__main__":
    main()
