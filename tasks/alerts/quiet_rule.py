"""Live customers that have fallen silent, from quiet_account's own severity."""

from collections.abc import Sequence

from tasks.alerts.alert import Alert
from tasks.alerts.rule import Day, Row, Rule

UNTOLD = ("stale", "unknown")


def quiet_account(rows: Sequence[Row], day: Day) -> list[Alert]:
    """An account that is quiet: an error where training is incomplete. Closes with the first activity.

    Usage counts that are stale or were never read say nothing: they neither open an alert nor close one.
    """
    found = []
    for row in rows:
        state = row["state"]
        alert = Alert(
            "quiet_account", "quiet_account",
            f"Account {row['account_id']} is quiet"
            + (f" since {row['quiet_days']} days" if state == "quiet" else ", when last counted"),
            "error" if row["severity"] == "error" else "warning", "quiet_days", str(row["account_id"]),
            {
                "observed": f"{row['quiet_days']} days" if state == "quiet" else "no fresh usage counts",
                "expected": f"less than {day.policy.handoff.quiet_days} days",
                "trained": f"{row['trained_count']} of {row['required_count']} operators"
                if row["required_count"] is not None else "unknown",
            },
            day.as_of,
        )  # fmt: skip
        if state == "quiet" or (state in UNTOLD and day.open(alert)):
            found.append(alert)
    return found


QUIET_ACCOUNT = Rule(
    "quiet_account", "quiet_account",
    ("account_id", "state", "severity", "quiet_days", "required_count", "trained_count"), quiet_account,
)  # fmt: skip
