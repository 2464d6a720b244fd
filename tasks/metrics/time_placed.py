"""Where each part of an entry begins: what was invoiced, what the contract pays for, and what a reversal takes back."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics import invoiced_time
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.reversals import placed

_USED_UP = ("is_reversal", "family_id", "start_seconds", "end_seconds", "fits_seconds", "rate_currency")

COLUMNS = {
    **{name: meaning for name, meaning in invoiced_time.COLUMNS.items() if name not in _USED_UP},
    "within_seconds": "what of the magnitude was invoiced or fits the contract; the rest is beyond it",
}


def time_placed(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """The time invoiced and within the contract, a reversal having of each what it takes from its original.

    Time that is not approved is never beyond the contract.
    """
    return placed(frames["time_invoiced"])


TIME_PLACED = Metric(
    table="time_placed",
    grain=("entry_id",),
    inputs=("time_invoiced",),
    columns=COLUMNS,
    compute=time_placed,
    is_step=True,
)
