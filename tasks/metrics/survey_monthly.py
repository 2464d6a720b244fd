"""S37: satisfaction at each transition point, by month."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.leakage_sums import percent
from tasks.metrics.metric import Frames, Metric

BY = ("month", "occasion", "kind")
COUNTS = ("sent_count", "answered_count", "positive_count", "negative_count", "score_sum", "best_sum")


def survey_monthly(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Sum up what customers were asked in each month, by occasion and kind, and how they answered.

    Two definitions of CSAT and CES are in use, and both stand here: the share of the best two answers, and the mean
    answer over the best one. NPS: promoters less detractors, in percent of the answers. The month is that of the
    sending, so an old month's answers still come in. Without an answer the scores are null.
    """
    rows = frames["survey_answer"].with_columns(
        nw.lit(1).cast(nw.Int64).alias("sent_count"),
        nw.col("is_answered").cast(nw.Int64).alias("answered_count"),
        nw.col("is_positive").cast(nw.Int64).alias("positive_count"),
        nw.col("is_negative").cast(nw.Int64).alias("negative_count"),
        nw.col("score").fill_null(0).cast(nw.Int64).alias("score_sum"),
        nw.when(nw.col("is_answered")).then(nw.col("scale_max")).otherwise(0).cast(nw.Int64).alias("best_sum"),
    )
    rows = rows.group_by(*BY).agg(nw.col(name).sum() for name in COUNTS)
    rows = rows.with_columns(nw.col(name).cast(nw.Int64) for name in COUNTS)
    rows = rows.with_columns((nw.col("positive_count") - nw.col("negative_count")).alias("_net"))
    return rows.with_columns(
        percent("answered_count", "sent_count").alias("response_pct"),
        percent("positive_count", "answered_count").alias("positive_pct"),
        percent("score_sum", "best_sum").alias("mean_of_best_pct"),
        nw.when(nw.col("kind") == "nps").then(percent("_net", "answered_count")).alias("nps_pct"),
    )


SURVEY_MONTHLY = Metric(
    table="survey_monthly",
    grain=BY,
    inputs=("survey_answer",),
    columns={
        "month": "first day of the month in which the surveys were sent",
        "occasion": "kickoff, go_live, closeout or support",
        "kind": "csat, nps or ces",
        "sent_count": "surveys sent",
        "answered_count": "those that were answered by now",
        "response_pct": "those in percent",
        "positive_count": "promoters, or answers among the best two",
        "negative_count": "detractors, or answers among the worst two",
        "positive_pct": "positive answers in percent of the answers: CSAT and CES by the best two",
        "score_sum": "sum of the answers",
        "best_sum": "what that sum could have been",
        "mean_of_best_pct": "the one in percent of the other: CSAT and CES by the mean",
        "nps_pct": "promoters less detractors, in percent of the answers; null for other kinds",
    },
    compute=survey_monthly,
)
