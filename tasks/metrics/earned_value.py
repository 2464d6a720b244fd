"""The indices and forecasts of earned value, from PV, EV, AC and BAC of a row."""

import narwhals as nw

from tasks.metrics.money import divide_half_even
from tasks.metrics.ratios import ratio

# A forecast by an index of the first hundredth of the work would be noise, and could be astronomical.
LEAST_EARNED = 100
_SPLIT = 1_000_000


def with_indices(frame: nw.LazyFrame) -> nw.LazyFrame:
    """Add sv, cv, sv_pct, spi_ratio, cpi_ratio, tcpi_ratio and is_budget_spent to rows with pv, ev, ac and bac.

    Positive is ahead of plan and under cost (PMI, EIA-748): SV = EV - PV, CV = EV - AC, SPI = EV / PV, CPI = EV / AC.
    TCPI = (BAC - EV) / (BAC - AC), against BAC: negative when more than the budget is spent, null when exactly all.
    """
    pv, ev, ac, bac = (nw.col(name) for name in ("pv", "ev", "ac", "bac"))
    frame = frame.with_columns(
        (ev - pv).alias("sv"),
        (ev - ac).alias("cv"),
        (bac - ev).alias("_to_do"),
        (bac - ac).alias("_to_spend"),
        ratio("ev", "pv").alias("spi_ratio"),
        ratio("ev", "ac").alias("cpi_ratio"),
        (ac >= bac).alias("is_budget_spent"),
    )
    return frame.with_columns(
        (100 * ratio("sv", "pv")).alias("sv_pct"), ratio("_to_do", "_to_spend").alias("tcpi_ratio")
    ).drop("_to_do", "_to_spend")


def with_forecasts(frame: nw.LazyFrame) -> nw.LazyFrame:
    """Add eac, eac_at_plan, eac_combined, etc and vac to rows with pv, ev, ac and bac.

    EAC = BAC / CPI; at plan AC + (BAC - EV); combined AC + (BAC - EV) / (CPI x SPI); ETC = EAC - AC; VAC = BAC - EAC.
    EAC and combined are null without AC or before a hundredth of BAC is earned, combined without PV too; combined is
    rounded at each of its two factors.
    """
    pv, ev, ac, bac = (nw.col(name) for name in ("pv", "ev", "ac", "bac"))
    is_telling = (ev > 0) & (ev * LEAST_EARNED >= bac) & (ac > 0)
    frame = frame.with_columns(
        nw.when(is_telling).then(ev).alias("_earned"),
        nw.when(pv > 0).then(pv).alias("_planned"),
        (bac - ev).alias("_to_do"),
    )
    frame = scaled(frame, "eac", "bac", "ac", "_earned")
    frame = scaled(frame, "_at_cpi", "_to_do", "ac", "_earned")
    frame = scaled(frame, "_at_both", "_at_cpi", "_planned", "_earned")
    frame = frame.with_columns(
        (ac + nw.col("_to_do")).alias("eac_at_plan"),
        (ac + nw.col("_at_both")).alias("eac_combined"),
        (nw.col("eac") - ac).alias("etc"),
        (bac - nw.col("eac")).alias("vac"),
    )
    return frame.drop("_earned", "_planned", "_to_do", "_at_cpi", "_at_both")


def scaled(frame: nw.LazyFrame, into: str, amount: str, numerator: str, denominator: str) -> nw.LazyFrame:
    """Add `into`: `amount * numerator / denominator`, half-even, without the product that would overflow int64.

    Integers up to 10^12, the denominator positive; null where any is null. Long division in two digits of a million.
    """
    high, low, top, product = f"_{into}_high", f"_{into}_low", f"_{into}_top", f"_{into}_product"
    frame = frame.with_columns((nw.col(amount) // _SPLIT).cast(nw.Int64).alias(high))
    frame = frame.with_columns(
        (nw.col(high) * nw.col(numerator)).alias(product), (nw.col(amount) - nw.col(high) * _SPLIT).alias(low)
    )
    frame = frame.with_columns((nw.col(product) // nw.col(denominator)).cast(nw.Int64).alias(top))
    carried = (nw.col(product) - nw.col(top) * nw.col(denominator)) * _SPLIT + nw.col(low) * nw.col(numerator)
    # The even neighbour of the tail is that of the whole: a million is even.
    frame = divide_half_even(frame.with_columns(carried.alias(product)), into, product, denominator)
    frame = frame.with_columns((nw.col(into) + nw.col(top) * _SPLIT).alias(into))
    return frame.drop(high, low, top, product)
