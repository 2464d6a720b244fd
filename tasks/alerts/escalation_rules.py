"""Escalations left open at a closeout, and customers without a way to a person, from the escalation marts."""

from collections.abc import Sequence

from tasks.alerts.alert import Alert
from tasks.alerts.rule import Day, Row, Rule

BREACHES = ("no_route", "late")


def open_at_closeout(rows: Sequence[Row], day: Day) -> list[Alert]:
    """Every project that closed with escalations which are still open, all in one alert, the newest named.

    No hysteresis: it closes when the last of them is solved. What is unknown alerts nobody.
    """
    left = sorted(
        (row for row in rows if row["still_open_count"]),
        key=lambda row: (row["closed_date"], row["project_id"]),
        reverse=True,
    )
    if not left:
        return []
    number = sum(row["still_open_count"] for row in left)
    words = "1 escalation that was" if number == 1 else f"{number} escalations that were"
    return [
        Alert(
            "escalation_at_closeout", "escalation_project", f"{words} open at a closeout: still not solved",
            "warning", "still_open_count", "company",
            {
                "observed": str(number),
                "expected": "0",
                "projects": ", ".join(str(row["project_id"]) for row in left[:5]),
            },
            day.as_of,
        )
    ]  # fmt: skip


def breach(rows: Sequence[Row], day: Day) -> list[Alert]:
    """Every customer of the digital tier that has no escalation route or waits for a person, in one alert.

    Late ones are named first. No hysteresis: it closes with the last breach. What is unknown alerts nobody.
    """
    wrong = [row for row in rows if row["tier"] == "digital" and row["state"] in BREACHES]
    if not wrong:
        return []
    late = sum(1 for row in wrong if row["late_count"])
    named = sorted(wrong, key=lambda row: (-row["late_count"], row["account_id"]))
    customers = "1 digital customer has" if len(wrong) == 1 else f"{len(wrong)} digital customers have"
    return [
        Alert(
            "escalation_path", "escalation_account", f"{customers} no way to a person, or waited too long for one",
            "warning", "state", "company",
            {
                "observed": f"{len(wrong)}, of which {late} with a late answer",
                "expected": f"0; an answer within {day.policy.support.escalation_reply_hours} hours",
                "accounts": ", ".join(str(row["account_id"]) for row in named[:5]),
            },
            day.as_of,
        )
    ]  # fmt: skip


ESCALATION_AT_CLOSEOUT = Rule(
    "escalation_at_closeout",
    "escalation_project",
    ("project_id", "closed_date", "still_open_count"),
    open_at_closeout,
)
ESCALATION_PATH = Rule("escalation_path", "escalation_account", ("account_id", "tier", "state", "late_count"), breach)
