"""Alerting, as Prefect tasks: never a reason for a run to fail."""

from collections.abc import Mapping, Sequence

from prefect import task
from prefect.cache_policies import NO_CACHE

from config.policy import policy
from config.settings import settings
from tasks.alerts.alert import Alert
from tasks.alerts.business import evaluate
from tasks.alerts.outbox import deliver
from tasks.alerts.run_health import alert, report
from tasks.checks.verdict import CheckResult
from tasks.extract import stops_source
from tasks.run import Run
from tasks.warehouse.connect import warehouse


@task(task_run_name="alert-pulls-{source}", cache_policy=NO_CACHE)
def tell_pulls(run: Run, source: str, failures: Mapping[str, BaseException]) -> None:
    """Alert on what could not be pulled of a source, and resolve what could."""
    found = []
    for entity, error in failures.items():
        if stops_source(error):
            found.append(
                alert("source_failed", source, f"{source} cannot be read", run.as_of, facts={"reason": str(error)})
            )
        else:
            title = f"{source}: {entity} cannot be pulled"
            found.append(alert("entity_failed", source, title, run.as_of, entity=entity, facts={"reason": str(error)}))
    _tell(run, found, [("source_failed", source), ("entity_failed", source)])


@task(task_run_name="alert-publish", cache_policy=NO_CACHE)
def tell_publish(run: Run, results: Sequence[CheckResult], is_published: bool) -> None:
    """Alert on a withheld publish and on rows held back, then judge the business by what was published."""
    found = []
    blocked = [result for result in results if result.severity == "blocking" and not result.is_ok]
    if blocked:
        facts = {result.suite: f"{result.rule}: found {result.observed}" for result in blocked[:5]}
        found.append(alert("publish_withheld", "publish", f"publish of {run.as_of} withheld", run.as_of, facts=facts))
    for result in results:
        if result.rule == "no record is in quarantine" and not result.is_ok:
            title = f"{result.suite}: rows are held back"
            found.append(alert("quarantine_rows", result.suite, title, run.as_of, facts={"rows": result.observed}))
        if result.rule.endswith("hours old") and not result.is_ok:
            title = f"{result.suite}: its source has not answered"
            found.append(alert("stale_source", result.suite, title, run.as_of, facts={"age": result.observed}))
    _tell(run, found, [("publish_withheld", None), ("quarantine_rows", None), ("stale_source", None)])
    if is_published:
        evaluate(warehouse(settings()), settings(), policy(), run.as_of, run.known_at)
        deliver(warehouse(settings()), settings(), settings().clock())


@task(task_run_name="alert-run", cache_policy=NO_CACHE)
def tell_run(run: Run, flow: str, reasons: Sequence[str]) -> None:
    """Page when the night left nothing new to read, and resolve that by the next good one."""
    title = f"{flow} failed: nothing new was published"
    facts = {f"part {place}": reason for place, reason in enumerate(reasons, 1)}
    found = [alert("run_failed", flow, title, run.as_of, facts=facts)] if reasons else []
    _tell(run, found, [("run_failed", flow)])


def _tell(run: Run, found: Sequence[Alert], judged: list[tuple[str, str | None]]) -> None:
    where, now = warehouse(settings()), settings().clock()
    report(where, settings(), found, judged, run.run_id, now)
    deliver(where, settings(), now)
