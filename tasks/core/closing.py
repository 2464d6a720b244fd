"""Closing a month: its MRR, as published, becomes an input of every later run and is never recomputed."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from tasks.errors import ConfigError
from tasks.lake.append import Appended, append
from tasks.lake.places import is_held
from tasks.lake.read import live
from tasks.lake.shape import Column, Shape
from tasks.lake.typed import payload_texts, rows

INSTANCE: Final = "baton"  # the lake's own source, beside the vendors'
FINALISED_MRR: Final = Shape(
    "finalised_mrr",
    (
        Column("month", "month", "date"),
        Column("account_id", "account_id", "text"),
        Column("closing_minor", "closing_minor", "integer"),
    ),
)


def close(lake: str, month: date, closings: Sequence[tuple[str, int]], *, at: datetime, run_id: str) -> Appended:
    """Freeze a month's closing MRR; a difference found later shows as `prior_period_adjustment` of the next open month.

    Args:
        lake: The lake's folder or URL.
        month: First day of the month.
        closings: Account and closing MRR in reporting minor units, of every account with any.
        at: The instant of closing: runs as known before it do not see it.
        run_id: The run that closes.

    Raises:
        ConfigError: the month is closed already, or there is nothing to close.
    """
    if not closings:
        raise ConfigError(f"{month:%B %Y} has no published MRR: publish a day after its end first.")
    key = month.isoformat()
    if is_held(lake, INSTANCE, FINALISED_MRR.entity):
        closed = {one.split(":", 1)[0] for one in live(lake, INSTANCE, FINALISED_MRR.entity)}
        if key in closed:
            raise ConfigError(f"{month:%B %Y} is closed already: what changed since shows in the next open month.")
    records = [
        {"id": f"{key}:{account}", "month": key, "account_id": account, "closing_minor": amount, "updated_at": None}
        for account, amount in closings
    ]
    batch = rows(FINALISED_MRR, payload_texts(records), at=at, run_id=run_id)
    return append(lake, INSTANCE, FINALISED_MRR.entity, batch, hi=at, details={"run_id": run_id})
