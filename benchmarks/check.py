"""`make bench-check`: the ratios of this run against the recorded ones.

Only ratios are compared, of processor time in one run, so that any machine may check, a busy one too: every metric over
its hand-written SQL, every stage over the SQL of all metrics together, a first pull over the bare ceiling.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import process_time

from benchmarks import pull, stages
from benchmarks.bench import BARE, HOME
from benchmarks.company import lake
from benchmarks.metrics import Comparison
from benchmarks.vendors import vendors

RECORDED = Path(__file__).parent / "recorded.json"
LOSS = 1.5  # of the recorded ratio
ROUNDS = 5
PULLS = tuple(
    pull.Case(vendor, entity, 0, 20_000, ROUNDS)
    for vendor, entity in (("kantata", "time_entry"), ("salesforce", "subscription"))
)


def ratios() -> dict[str, float]:
    """Every ratio of one run at profile S, by what it is of.

    Each pull has a process of its own: how fast its memory is depends on what the process held before.
    """
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as fresh:
        of_pulls = dict(zip(PULLS, fresh.map(_pull, PULLS), strict=True))
    found = list(stages.run(lake("S", HOME), rounds=ROUNDS))
    metrics = [one for one in found if isinstance(one, Comparison)]
    by_hand = sum(one.sql.cpu for one in metrics)
    of_stages = {one.name: one.cpu / by_hand for one in found if not isinstance(one, Comparison)}
    return {
        **{name: ratio for name, ratio in of_stages.items() if name not in BARE},
        **{one.table: one.cpu_ratio for one in metrics},
        **{f"pull {case.vendor}.{case.entity}": ratio for case, ratio in of_pulls.items()},
    }


def _pull(case: pull.Case) -> float:
    with vendors(case.records) as servers:
        sides = [partial(pull.pulled, case, servers), partial(pull.bare_pages, case, servers)]
        seconds: list[list[float]] = [[], []]
        for _ in range(case.rounds + 1):
            for side, took in zip(sides, seconds, strict=True):
                start = process_time()
                side()
                took.append(process_time() - start)
    product, ceiling = (median(took[1:]) for took in seconds)  # the first answers were the server's work
    return product / ceiling


def lost(now: Mapping[str, float], recorded: Mapping[str, float]) -> list[str]:
    """What takes `LOSS` times its recorded ratio, or is in only one of the two, each with what to do."""
    said = [
        f"{name}: {now[name]:.2f}, recorded {recorded[name]:.2f}: find what made it slower."
        for name in now.keys() & recorded.keys()
        if now[name] > LOSS * recorded[name]
    ]
    said += [f"{name} is not recorded: run `make bench-check RECORD=1`." for name in now.keys() - recorded.keys()]
    said += [f"{name} is recorded but was not measured: record anew." for name in recorded.keys() - now.keys()]
    return sorted(said)


def main() -> None:
    """Compare, or record; a loss is measured once more, and the better of both runs counts."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.check", description=main.__doc__)
    parser.add_argument("--record", action="store_true", help="write the middle ratios of three runs to recorded.json")
    if parser.parse_args().record:
        runs = [ratios() for _ in range(3)]
        middle = {name: round(median(run[name] for run in runs), 2) for name in runs[0]}
        RECORDED.write_text(json.dumps(middle, indent=2) + "\n")
        return
    now = ratios()
    recorded = json.loads(RECORDED.read_text())
    if lost(now, recorded):
        again = ratios()
        now = {name: min(ratio, again[name]) for name, ratio in now.items()}
    for name, ratio in now.items():
        print(f"{name:<36} {ratio:6.2f}  recorded {recorded.get(name, float('nan')):6.2f}")
    if said := lost(now, recorded):
        sys.exit("\n".join(["", *said]))


if __name__ == "__main__":
    main()
