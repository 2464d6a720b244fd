"""The night: pull every source, then publish every metric."""

from datetime import date

from prefect import flow
from prefect.exceptions import MissingResult
from prefect.states import Completed, Failed, State

from config.settings import settings
from flows.ingest import ingest
from flows.publish import publish
from tasks.alert import tell_run
from tasks.publish import heal_warehouse, record_run
from tasks.run import named_by_day, scheduled_day, this_run


@flow(flow_run_name=named_by_day, timeout_seconds=3 * 3600)
def nightly(as_of: date | None = None) -> State:
    """Pull every configured source, then publish every metric of the business day.

    A source that fails does not keep the others from being published: the numbers say as of when each source is
    known, and the run ends as failed ("partly") with the list.

    Args:
        as_of: The business day to measure; the last complete one before the scheduled time by default.
    """
    day = as_of or scheduled_day()
    run = this_run(day)
    heal_warehouse()
    pulls = [ingest(source, return_state=True) for source in settings().sources]
    published = publish(day, return_state=True)
    failed = [state.message or state.name for state in (*pulls, published) if not state.is_completed()]
    is_stuck = not published.is_completed() or not any(map(has_pulled, pulls))
    tell_run(run, "nightly", failed if is_stuck else [])
    record_run(run, "failed" if is_stuck else "partly_failed" if failed else "succeeded", " ".join(failed))
    if failed:
        return Failed(message=f"{len(failed)} of {len(pulls) + 1} parts failed. " + " ".join(failed))
    return Completed(message=published.message)


def has_pulled(ingested: State) -> bool:
    """Whether a source's part pulled any entity, whether or not it failed in the end.

    A busy Prefect server may give a state back without the number; then its being complete says so.
    """
    try:
        pulled = ingested.result(raise_on_failure=False)
    except MissingResult:
        return ingested.is_completed()
    return isinstance(pulled, int) and pulled > 0
