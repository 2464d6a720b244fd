"""How far each task was on a day."""

from datetime import date

import narwhals as nw

from tasks.metrics.metric import Frames

DONE, HALF = 10_000, 5_000


def with_progress(work: nw.LazyFrame, frames: Frames, as_of: date, short_days: int) -> nw.LazyFrame:
    """Add `progress_bp` and `is_progress_missing` to planned tasks that carry `workdays`, their planned working days.

    Done by `as_of`: 100 %. Else the latest recorded by `as_of`. Else 0 before the actual start. Else the source gave no
    percent complete: 0/100 for tasks of up to `short_days`, 50/50 above, flagged. Where the source gives one that was
    first recorded only later, what it was on the day is unknown: null, flagged. Burn (time / budget) is never progress.
    """
    work = work.join(_dated(frames), on="task_id", how="left")
    records = frames["task_progress"].join(work.select("task_id"), on="task_id", how="semi")
    work = work.join(_recorded(records, as_of), on="task_id", how="left")
    work = work.with_columns(
        (nw.col("actual_finish_date") <= as_of).fill_null(False).alias("_is_done"),
        (nw.col("actual_start_date") <= as_of).fill_null(False).alias("_is_started"),
        (nw.col("_later_bp") > 0).fill_null(False).alias("_moves_later"),
    )
    known = nw.col("_is_done") | ~nw.col("_recorded_bp").is_null()
    # Work without a dated start tells nothing about the days before its first record.
    is_undated = nw.col("actual_start_date").is_null() & nw.col("_moves_later")
    work = work.with_columns((~known & (nw.col("_is_started") | is_undated)).alias("is_progress_missing"))
    by_rule = nw.when(nw.col("workdays") <= short_days).then(0).otherwise(HALF)
    work = work.with_columns(nw.when(nw.col("_later_bp").is_null()).then(by_rule).alias("_ruled_bp"))
    work = work.with_columns(
        nw.when(nw.col("_is_done"))
        .then(nw.lit(DONE))
        .when(~nw.col("_recorded_bp").is_null())
        .then(nw.col("_recorded_bp"))
        .when(nw.col("is_progress_missing"))
        .then(nw.col("_ruled_bp"))
        .otherwise(0)
        .cast(nw.Int64)
        .alias("progress_bp")
    )
    return work.drop(
        "_is_done",
        "_is_started",
        "_moves_later",
        "_later_bp",
        "_recorded_bp",
        "_ruled_bp",
        "actual_start_date",
        "actual_finish_date",
    )


def _dated(frames: Frames) -> nw.LazyFrame:
    return frames["task"].select("task_id", "actual_start_date", "actual_finish_date")


def _recorded(task_progress: nw.LazyFrame, as_of: date) -> nw.LazyFrame:
    records = task_progress.with_columns((nw.col("recorded_date") > as_of).cast(nw.Int64).alias("_is_later"))
    following = nw.col("progress_id").shift(-1).over("task_id", "_is_later", order_by=["recorded_date", "progress_id"])
    records = records.with_columns(following.alias("_next"))
    is_later = nw.col("_is_later") == 1
    # EV is capped at the budget: nothing is more than done.
    latest = nw.when(nw.col("_next").is_null() & ~is_later).then(nw.col("progress_bp").clip(0, DONE))
    records = records.with_columns(
        latest.alias("_recorded_bp"), nw.when(is_later).then(nw.col("progress_bp")).alias("_later_bp")
    )
    return records.group_by("task_id").agg(nw.col("_recorded_bp").max(), nw.col("_later_bp").max())
