"""Conform, check, measure, publish and alert, for one business day."""

from datetime import date, datetime

from prefect import flow
from prefect.states import Completed, Failed, State

from config.settings import settings
from tasks.alert import tell_publish
from tasks.check import check_core, check_marts
from tasks.checks.verdict import blocking_reasons
from tasks.engines.bench import workbench
from tasks.measure import conform_core, measure_marts
from tasks.publish import prepare_stores, publish_marts, record_checks
from tasks.run import named_by_day, scheduled_day, this_run


@flow(flow_run_name=named_by_day, timeout_seconds=2 * 3600)
def publish(as_of: date | None = None, known_at: datetime | None = None) -> State:
    """Conform, check, measure and publish every metric of one business day, then raise or resolve its alerts.

    A blocking check withholds the whole publish: the last good one stays, the run ends as failed and says why.

    Args:
        as_of: The business day to measure; the last complete one before the scheduled time by default.
        known_at: Use only what was pulled by this instant, to produce an old number again; now by default.
    """
    run = this_run(as_of or scheduled_day(), known_at)
    prepare_stores()
    with workbench(settings()) as bench:
        conform_core(bench, run)
        verdict = check_core(bench, run)
        results = verdict.results
        if not verdict.is_blocked:
            measure_marts(bench, run)
            results += check_marts(bench)
        blocked = blocking_reasons(results)
        record_checks(bench, run, verdict, results)
        if not blocked:
            publish_marts(bench, run, verdict, results)
    tell_publish(run, results, is_published=not blocked)
    if blocked:
        return Failed(message=f"publish of {run.as_of} withheld, the last good one stays: {' '.join(blocked)}")
    return Completed(message=f"published {run.as_of} as known at {run.known_at:%Y-%m-%d %H:%M} UTC")
