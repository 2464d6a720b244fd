"""Publish a range of days again, with what is known now."""

from calendar import monthrange
from datetime import date, timedelta

from prefect import flow
from prefect.states import Completed, Failed, State

from flows.publish import publish


@flow(flow_run_name="backfill-{first}-{last}", timeout_seconds=12 * 3600)
def backfill(first: date, last: date) -> State:
    """Publish every month end of a range, and its last day, with what is known now; changed numbers are restatements.

    Args:
        first: The first day of the range.
        last: The last day of the range; published too when it is no month end.
    """
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    chosen = [day for day in days if day.day == monthrange(day.year, day.month)[1] or day == last]
    failed = [day for day in chosen if not publish(day, return_state=True).is_completed()]
    if failed:
        return Failed(message=f"{len(failed)} of {len(chosen)} days failed: {', '.join(map(str, failed))}")
    return Completed(message=f"{len(chosen)} days published")
