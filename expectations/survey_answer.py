"""Answers: good or bad but not both, and they sum to the month."""

from expectations.rules import OUR_FAULT, first_of_month, holds
from expectations.suite import MartSuite, Sums

SUITE = MartSuite(
    "survey_answer",
    rules=(
        first_of_month("month"),
        holds("no answer is both good and bad", "NOT (is_positive AND is_negative)", OUR_FAULT),
        holds("only an answer is good or bad", "is_answered OR NOT (is_positive OR is_negative)", OUR_FAULT),
        holds("an answer has a score", "is_answered = (score IS NOT NULL)", OUR_FAULT),
    ),
    sums=(
        Sums(
            "survey_monthly",
            {
                "sent_count": "1",
                "answered_count": "is_answered::BIGINT",
                "positive_count": "is_positive::BIGINT",
                "negative_count": "is_negative::BIGINT",
                "score_sum": "score",
            },
            on={"month": "month", "occasion": "occasion", "kind": "kind"},
        ),
    ),
)
