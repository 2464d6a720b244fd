"""Close a month: its published MRR is final from now on."""

from datetime import date

from prefect import flow
from prefect.states import Completed, State

from tasks.close import close_mrr
from tasks.publish import prepare_stores
from tasks.run import this_run


@flow(flow_run_name="close-{month}", timeout_seconds=3600)
def close_month(month: date) -> State:
    """Make a month's published MRR final: what is learned later shows as an adjustment of the next open month.

    Args:
        month: Any day of the month to close; it must be complete and published.
    """
    prepare_stores()
    accounts = close_mrr(this_run(), month.replace(day=1))
    return Completed(message=f"{month:%B %Y} is closed: {accounts} accounts")
