"""Surveys: an answer has its day and fits its scale."""

from expectations.rules import given_when, holds, ordered, positive
from expectations.suite import CoreSuite
from tasks.core.tables.adoption import SURVEY

SUITE = CoreSuite(
    SURVEY,
    (
        positive("scale_max"),
        holds("an answer fits its scale", "score BETWEEN 0 AND scale_max", "correct it in the survey tool"),
        given_when("answered_date", "score IS NOT NULL", "when there is an answer"),
        given_when("project_id", "occasion <> 'support'", "at a transition point"),
        ordered("sent_date", "answered_date", may_be_equal=True, severity="warning"),
        holds(
            "NPS is asked on a scale of 3, 5, 7 or 10",
            "kind <> 'nps' OR scale_max IN (3, 5, 7, 10)",
            "its answers count as neither promoters nor detractors",
            "warning",
        ),
    ),
)
