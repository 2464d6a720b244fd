"""A verdict as a number, to be summed."""

import narwhals as nw


def as_count(verdict: nw.Expr) -> nw.Expr:
    """1 where it holds, else 0, as int64: plain booleans come out of a left join as objects on pandas."""
    return nw.when(verdict).then(1).otherwise(0).cast(nw.Int64)
