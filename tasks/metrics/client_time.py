"""The time that counts: client-facing entries with their project's dates, reversals standing on their originals."""

from datetime import date

import narwhals as nw

from tasks.metrics.metric import Frames
from tasks.metrics.reversals import counted, followed


def client_time(frames: Frames, as_of: date) -> nw.LazyFrame:
    """The time up to the day on projects that are not internal, without what was rejected.

    An approved negative entry has what decides the scope of the entry that it reverses. A rate stamped on the entry
    counts, but for a zero on a non-billable one.
    """
    entries = counted(frames, as_of)
    is_stamped = ~nw.col("bill_rate_minor").is_null() & ((nw.col("bill_rate_minor") != 0) | nw.col("is_billable"))
    entries = entries.with_columns(
        nw.when(is_stamped).then(nw.col("bill_rate_minor")).alias("stamped_rate_minor"),
        nw.when(is_stamped).then(nw.col("currency")).alias("stamped_currency"),
    )
    return followed(entries, frames["reversal"])


def with_magnitude(frame: nw.LazyFrame) -> nw.LazyFrame:
    """Add `magnitude`, the time without its sign, and `sign`, 1 or -1 for negative entries."""
    return frame.with_columns(
        nw.col("seconds").abs().cast(nw.Int64).alias("magnitude"),
        nw.when(nw.col("seconds") < 0).then(-1).otherwise(1).cast(nw.Int64).alias("sign"),
    )
