"""Projects that run late, from schedule_project's own bands."""

from collections.abc import Sequence

from tasks.alerts.alert import Alert, Severity
from tasks.alerts.rule import Day, Row, Rule, reaches

SEVERITY: dict[str, Severity] = {"red": "error", "amber": "warning"}


def schedule(rows: Sequence[Row], day: Day) -> list[Alert]:
    """An open project whose band is amber (warning) or red (error).

    Once open, it closes when the band is green and both SPI(t)'s distance from 1 and the slip are below the amber limit
    by the hysteresis. A band of `unknown` says nothing: it neither opens an alert nor closes one.
    """
    return [alert for row in rows if row["is_open"] for alert in _judged(row, day)]


def _judged(row: Row, day: Day) -> list[Alert]:
    spi_t, slip, tcpi = row["spi_t_ratio"], row["finish_slip_working_days"], row["tcpi_ratio"]
    limits = day.policy.schedule
    observed = f"SPI(t) {_shown(spi_t, '.2f')}, slip {_shown(slip, 'd')} working days, TCPI {_shown(tcpi, '.2f')}"
    alert = Alert(
        "schedule", "schedule_project", f"Project {row['project_id']} is {row['band']}: {observed}",
        SEVERITY.get(row["band"], "warning"), "band", str(row["project_id"]),
        {
            "observed": observed,
            "expected": f"SPI(t) from {limits.amber_spi_t:g}, slip up to {limits.amber_slip_working_days} working days",
            "reason": str(row["band_reason"] or "not yet inside its limits by the hysteresis, or unknown"),
        },
        day.as_of,
    )  # fmt: skip
    if row["band"] in SEVERITY:
        return [alert]
    return [alert] if day.open(alert) and (row["band"] != "green" or _is_close(row, day)) else []


def _is_close(row: Row, day: Day) -> bool:
    limits, slack = day.policy.schedule, day.policy.alerts.hysteresis_pct
    behind = None if row["spi_t_ratio"] is None else 1 - row["spi_t_ratio"]
    is_behind = reaches(behind, 1 - limits.amber_spi_t, True, slack)
    return is_behind or reaches(row["finish_slip_working_days"], limits.amber_slip_working_days, True, slack)


def _shown(value: float | None, form: str) -> str:
    return "unknown" if value is None else format(value, form)


SCHEDULE = Rule(
    "schedule", "schedule_project",
    ("project_id", "is_open", "band", "band_reason", "spi_t_ratio", "finish_slip_working_days", "tcpi_ratio"), schedule,
)  # fmt: skip
