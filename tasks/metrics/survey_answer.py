"""S37: what each survey was answered, and whether that is good."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.metric import Frames, Metric

# By scale: the highest score of a detractor, and the lowest of a promoter (NPS); other scales are not its own.
NPS = {3: (1, 3), 5: (3, 5), 7: (4, 7), 10: (6, 9)}
BOXES = 2  # of CSAT and CES: the best two answers are positive, the worst two negative


def survey_answer(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Judge the answer that each survey sent by the day had by then.

    NPS: a promoter is positive, a detractor negative (of 0 to 10: 9 and 10, 0 to 6; other scales likewise); on a scale
    that NPS does not have an answer is neither. CSAT and CES: the best two answers are positive, the worst two
    negative. The raw score is kept, so that any other rule can be applied.
    """
    surveys = frames["survey"].filter(nw.col("sent_date") <= nw.lit(as_of))
    answer = nw.when(nw.col("answered_date") <= nw.lit(as_of)).then(nw.col("score"))
    surveys = surveys.with_columns(answer.alias("score"), nw.col("sent_date").dt.truncate("1mo").alias("month"))
    score, scale, is_nps = nw.col("score"), nw.col("scale_max"), nw.col("kind") == "nps"
    positive, negative = ~is_nps & (score > scale - BOXES), ~is_nps & (score <= BOXES)
    for largest, (detractor, promoter) in NPS.items():
        positive = positive | (is_nps & (scale == largest) & (score >= promoter))
        negative = negative | (is_nps & (scale == largest) & (score <= detractor))
    return surveys.with_columns(
        nw.col("month").cast(nw.Date),
        (~score.is_null()).alias("is_answered"),
        (positive & ~score.is_null()).fill_null(False).alias("is_positive"),
        (negative & ~score.is_null()).fill_null(False).alias("is_negative"),
    )


SURVEY_ANSWER = Metric(
    table="survey_answer",
    grain=("survey_id",),
    inputs=("survey",),
    columns={
        "survey_id": "the survey",
        "account_id": "the customer",
        "project_id": "the project that it is about",
        "month": "first day of the month in which it was sent",
        "occasion": "kickoff, go_live, closeout or support",
        "kind": "csat, nps or ces",
        "sent_date": "the day it was sent",
        "is_answered": "it was answered by the day",
        "score": "the answer, as given",
        "scale_max": "the best answer there is",
        "is_positive": "a promoter, or one of the best two answers",
        "is_negative": "a detractor, or one of the worst two answers: somebody should call",
    },
    compute=survey_answer,
    contributes_to=("survey_monthly",),
    keep="latest",
)
