"""Finished projects whose customer was never asked, from closeout_survey_project."""

from collections.abc import Sequence

from tasks.alerts.alert import Alert
from tasks.alerts.rule import Day, Row, Rule


def survey_missing(rows: Sequence[Row], day: Day) -> list[Alert]:
    """A project that closed up to `survey_alert_days` ago without its survey; later, asking makes no sense any more."""
    limits = day.policy.handoff
    return [
        Alert(
            "survey_missing", "closeout_survey_project",
            f"Project {row['project_id']} closed {row['closed_since_days']} days ago and nobody asked the customer",
            "warning", "state", str(row["project_id"]),
            {"observed": "no survey", "expected": f"within {limits.survey_days} days of the close"},
            day.as_of,
        )
        for row in rows
        if row["state"] == "missing" and row["closed_since_days"] <= limits.survey_alert_days
    ]  # fmt: skip


SURVEY_MISSING = Rule(
    "survey_missing", "closeout_survey_project", ("project_id", "state", "closed_since_days"), survey_missing
)
