"""Sums that do not pass off a part as the whole."""

from collections.abc import Sequence

import narwhals as nw


def known_sums(
    frame: nw.LazyFrame, by: Sequence[str], names: Sequence[str], greatest: Sequence[str] = ()
) -> nw.LazyFrame:
    """Sum each column of `names` by group, as int64, null where any value is null; of `greatest`, the largest value."""
    frame = frame.with_columns(nw.col(name).is_null().cast(nw.Int64).alias(f"_{name}_unknown") for name in names)
    frame = frame.group_by(*by).agg(
        *(nw.col(name).sum() for name in names),
        *(nw.col(f"_{name}_unknown").sum() for name in names),
        *(nw.col(name).max() for name in greatest),
    )
    known = (nw.when(nw.col(f"_{name}_unknown") == 0).then(nw.col(name)).cast(nw.Int64).alias(name) for name in names)
    return frame.select(*by, *greatest, *known)
