"""Writing what a run did, found and measured to the warehouse, as Prefect tasks."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version

from prefect import task
from prefect.cache_policies import NO_CACHE

from config.policy import policy
from config.settings import settings
from tasks.checks.verdict import CheckResult, Verdict
from tasks.core.provenance import data_as_of
from tasks.engines.bench import Workbench, at_home, lent_memory
from tasks.metrics.catalogue import MARTS, METRICS
from tasks.metrics.measure import measured
from tasks.run import Run
from tasks.sources.pull import Pulled
from tasks.stores.start import make_ready
from tasks.warehouse.connect import warehouse
from tasks.warehouse.findings import check_rows, conservation_rows, pull_rows, quarantine_rows, run_row
from tasks.warehouse.ops import CHECK_RESULT, CONSERVATION, PULL, QUARANTINE, RUN, create_ops, record
from tasks.warehouse.publish import Build, Published, publish
from tasks.warehouse.served import heal


@task(task_run_name="prepare-stores", cache_policy=NO_CACHE)
def prepare_stores() -> None:
    """Bring lake and warehouse to this code's version; a newer one is refused before anything is written."""
    make_ready(settings().lake, warehouse(settings()))


@task(task_run_name="heal-warehouse", cache_policy=NO_CACHE)
def heal_warehouse() -> None:
    """Put right what a killed run left half done: a serving copy that is older than what was published."""
    heal(warehouse(settings()))


@task(task_run_name="record-pulls", cache_policy=NO_CACHE)
def record_pulls(run: Run, source: str, pulled: Sequence[Pulled], failures: Mapping[str, BaseException]) -> None:
    """Note what each pull of this run read, appended and cost, and which failed."""
    where = warehouse(settings())
    create_ops(where)
    record(where, PULL, run.run_id, pull_rows(pulled, source, failures))


@task(task_run_name="record-run-{state}", cache_policy=NO_CACHE)
def record_run(run: Run, state: str, reason: str = "") -> None:
    """Note how this run ended: succeeded, partly_failed, withheld or failed."""
    where = warehouse(settings())
    create_ops(where)
    ended = settings().clock()
    row = run_row(run.flow, run.as_of, run.known_at, state, reason, ended, version("baton"))
    record(where, RUN, run.run_id, [row])


@task(task_run_name="record-checks", cache_policy=NO_CACHE)
def record_checks(bench: Workbench, run: Run, verdict: Verdict, results: Sequence[CheckResult]) -> None:
    """Note every check, where each row went, and the quarantine, whether or not the run may publish."""
    where = warehouse(settings())
    create_ops(where)
    record(where, CHECK_RESULT, run.run_id, check_rows(results, run.as_of))
    record(where, CONSERVATION, run.run_id, conservation_rows(verdict.conservation, run.as_of))
    record(where, QUARANTINE, run.run_id, quarantine_rows(bench, run.as_of))


@task(task_run_name="publish-marts", cache_policy=NO_CACHE)
def publish_marts(bench: Workbench, run: Run, verdict: Verdict, results: Sequence[CheckResult]) -> Published:
    """Replace the day in every mart, in one transaction."""
    build = Build(
        as_of=run.as_of,
        known_at=run.known_at,
        run_id=run.run_id,
        published_at=settings().clock(),
        currency=policy().reporting.currency,
        quality="ok" if all(result.is_ok for result in results) else "warnings",
        version=version("baton"),
        data_as_of=data_as_of(settings(), run.known_at),
        rows_read=sum(table.read for table in verdict.conservation),
        rows_held=sum(table.quarantined for table in verdict.conservation),
    )
    here = at_home(bench, "mart", MARTS)
    with lent_memory(here, settings()):
        return publish(warehouse(settings()), measured(here, METRICS), build)
