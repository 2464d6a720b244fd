"""Closing a month, as a Prefect task."""

from datetime import date

from prefect import task
from prefect.cache_policies import NO_CACHE

from config.policy import policy
from config.settings import settings
from tasks.core.closing import close
from tasks.core.currencies import decimals
from tasks.run import Run
from tasks.warehouse.connect import warehouse
from tasks.warehouse.serving import rows


@task(task_run_name="close-{month}", cache_policy=NO_CACHE)
def close_mrr(run: Run, month: date) -> int:
    """Freeze the month's closing MRR as the newest published day shows it; the accounts frozen."""
    published = rows(
        warehouse(settings()),
        "SELECT account_id, closing_amount FROM mart.mrr_account "
        "WHERE month = :month AND as_of = (SELECT max(as_of) FROM mart.mart_build)",
        month=month,
    )
    scale = 10 ** decimals(policy().reporting.currency)
    closings = [(row["account_id"], int(row["closing_amount"] * scale)) for row in published]
    return close(settings().lake, month, closings, at=run.known_at, run_id=run.run_id).appended
