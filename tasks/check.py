"""Checking, as Prefect tasks: the clean core, then the marts."""

from dataclasses import replace

from prefect import task
from prefect.cache_policies import NO_CACHE

from config.policy import policy
from config.settings import settings
from tasks.checks.freshness import never_read
from tasks.checks.judge import judge
from tasks.checks.marts import check_marts as check_all_marts
from tasks.checks.verdict import CheckResult, Verdict
from tasks.core.provenance import data_as_of, pulled_at
from tasks.engines.bench import Workbench, at_home
from tasks.metrics.catalogue import MARTS, METRICS
from tasks.run import Run
from tasks.warehouse.connect import warehouse
from tasks.warehouse.findings import last_counts


@task(task_run_name="check-core", cache_policy=NO_CACHE)
def check_core(bench: Workbench, run: Run) -> Verdict:
    """Judge every row and every core table; quarantine what is wrong."""
    before = last_counts(warehouse(settings()), run.as_of)
    verdict = judge(bench, policy(), before, known_at=run.known_at, pulled_at=pulled_at(settings(), run.known_at))
    bench.execute("DROP SCHEMA versions CASCADE")  # core is all that is measured: its room is needed
    unread = never_read(tuple(settings().sources), tuple(data_as_of(settings(), run.known_at)))
    return replace(verdict, results=(*unread, *verdict.results))


@task(task_run_name="check-marts", cache_policy=NO_CACHE)
def check_marts(bench: Workbench) -> tuple[CheckResult, ...]:
    """Check every mart: its grain, its sums, its identities."""
    return check_all_marts(at_home(bench, "mart", MARTS), METRICS)
