"""Conforming and measuring, as Prefect tasks."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from config.policy import policy
from config.settings import settings
from tasks.core.conform import conform
from tasks.engines.bench import Workbench
from tasks.metrics.catalogue import STEPS_AND_METRICS
from tasks.metrics.measure import measure
from tasks.run import Run


@task(task_run_name="conform", cache_policy=NO_CACHE)
def conform_core(bench: Workbench, run: Run) -> None:
    """Fold what the lake knew at the run's instant into every version of every core row."""
    conform(bench, settings(), policy(), as_of=run.as_of, known_at=run.known_at)


@task(task_run_name="measure", cache_policy=NO_CACHE)
def measure_marts(bench: Workbench, run: Run) -> dict[str, int]:
    """Compute every metric of the run's day; the rows of each mart."""
    return measure(bench, STEPS_AND_METRICS, policy(), as_of=run.as_of, keep_steps=False)
