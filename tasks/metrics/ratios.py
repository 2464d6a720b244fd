"""Ratios that are null where they mean nothing."""

import narwhals as nw


def ratio(numerator: str, denominator: str) -> nw.Expr:
    """`numerator / denominator` of two columns as a float; null where the denominator is 0 or either is null."""
    return nw.when(nw.col(denominator) != 0).then(nw.col(numerator).cast(nw.Float64) / nw.col(denominator))
