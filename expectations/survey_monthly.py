"""Satisfaction by month: no more answers than questions, and every share is one."""

from expectations.rules import OUR_FAULT, between, holds
from expectations.suite import MartSuite

SUITE = MartSuite(
    "survey_monthly",
    rules=(
        holds("no more answers than questions", "answered_count <= sent_count", OUR_FAULT),
        holds(
            "no more good and bad answers than answers", "positive_count + negative_count <= answered_count", OUR_FAULT
        ),
        between("response_pct", 0, 100),
        between("positive_pct", 0, 100),
        between("mean_of_best_pct", 0, 100),
        between("nps_pct", -100, 100),
        holds("only NPS is promoters less detractors", "kind = 'nps' OR nps_pct IS NULL", OUR_FAULT),
    ),
)
