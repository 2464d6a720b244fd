"""A project's planned value as an exact line between the starts and ends of its tasks."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.working_days import located, with_eves

# PV along the curve is carried in millionths of a minor unit (or second), so that slopes keep their fractions.
FINE = 1_000_000


def planned_value_curve(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Find the breakpoints of PV for the work of each plan in force; PV is linear in between.

    `day` stands for its end; `elapsed_days` are the working days since the project's first start. The first breakpoint,
    the day before the first start, is 0; the last is BAC exactly.
    """
    calendar = frames["work_calendar"]
    work = frames["planned_work"].filter(nw.col("is_current")).select("project_id", "start_date", "due_date", "bac")
    work = located(work, calendar, "start_date", "due_date")
    return _cumulated(_bends(with_eves(work, calendar, "start_date", "due_date")))


def _bends(work: nw.LazyFrame) -> nw.LazyFrame:
    work = work.with_columns(
        nw.col("start_date_opens").min().over("project_id").alias("_origin"),
        (nw.col("due_date_closes") - nw.col("start_date_opens")).alias("_workdays"),
        (nw.col("bac") * FINE).alias("_fine"),
    )
    # Rounded down; what the slopes miss is added on the due date, so that a done task weighs its budget exactly.
    work = work.with_columns(nw.when(nw.col("_workdays") > 0).then(nw.col("_workdays")).otherwise(1).alias("_length"))
    work = work.with_columns((nw.col("_fine") // nw.col("_length")).cast(nw.Int64).alias("_slope"))
    # A task without a working day does not rise, it jumps on its due date.
    has_days = nw.col("_workdays") > 0
    work = work.with_columns(nw.when(has_days).then(nw.col("_slope")).otherwise(0).alias("_slope"))
    work = work.with_columns((nw.col("_fine") - nw.col("_slope") * nw.col("_length")).alias("_jump"))
    eve = nw.when(has_days).then(nw.col("start_date_eve")).otherwise(nw.col("due_date_eve"))
    place = nw.when(has_days).then(nw.col("start_date_opens")).otherwise(nw.col("due_date_opens"))
    starts = work.select(
        "project_id",
        eve.alias("day"),
        (place - nw.col("_origin")).alias("elapsed_days"),
        nw.col("_slope").alias("_bend"),
        nw.lit(0).cast(nw.Int64).alias("_jump"),
    )
    ends = work.select(
        "project_id",
        nw.col("due_date").alias("day"),
        (nw.col("due_date_closes") - nw.col("_origin")).alias("elapsed_days"),
        (-nw.col("_slope")).alias("_bend"),
        "_jump",
    )
    return nw.concat([starts, ends])


def _cumulated(bends: nw.LazyFrame) -> nw.LazyFrame:
    # PV(x) = sum of slope * (x - start): running sums of the slopes, of slope * start and of the jumps.
    bends = bends.with_columns((nw.col("_bend") * nw.col("elapsed_days")).alias("_lever"))
    curve = bends.group_by("project_id", "day").agg(
        nw.col("elapsed_days").max(), nw.col("_bend").sum(), nw.col("_lever").sum(), nw.col("_jump").sum()
    )
    curve = curve.with_columns(
        nw.col(name).cast(nw.Int64).cum_sum().over("project_id", order_by="day").cast(nw.Int64).alias(name)
        for name in ("_bend", "_lever", "_jump")
    )
    fine = nw.col("_bend") * nw.col("elapsed_days") - nw.col("_lever") + nw.col("_jump")
    return curve.with_columns(fine.alias("pv_fine"))


PLANNED_VALUE_CURVE = Metric(
    table="planned_value_curve",
    grain=("project_id", "day"),
    inputs=("work_calendar", "planned_work"),
    columns={
        "project_id": "the project",
        "day": "the day; the value is at its end",
        "elapsed_days": "working days since the plan's first start",
        "pv_fine": "planned value in millionths of a minor unit, or of a second",
    },
    compute=planned_value_curve,
    is_step=True,
)
