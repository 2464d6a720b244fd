"""Projects that run late, from schedule_project's own bands."""

from collections.abc import Sequence

from tasks.alerts.alert import Alert, Severity
from tasks.alerts.rule import Day, Row, Rule, reaches

SEVERITY: dict[str, Severity] = {"red": "error", "amber": "warning"}
NUMBERS = ("spi_t_ratio", "finish_slip_working_days", "cpi_ratio", "tcpi_ratio")


def schedule(rows: Sequence[Row], day: Day) -> list[Alert]:
    """An open project whose band is amber (warning) or red (error).

    Once open, it closes when the band is green and both SPI(t)'s distance from 1 and the slip are below the amber limit
    by the hysteresis. A band of `unknown` says nothing: it neither opens an alert nor closes one.
    """
    return [alert for row in rows if row["is_open"] for alert in _judged(row, day)]


def _judged(row: Row, day: Day) -> list[Alert]:
    limits = day.policy.schedule
    reason = _worded(row) or "not yet inside its limits by the hysteresis, or unknown"
    alert = Alert(
        "schedule", "schedule_project", f"Project {row['project_id']} is {row['band']}: {reason}",
        SEVERITY.get(row["band"], "warning"), "band", str(row["project_id"]),
        {
            "observed": _observed(row) or "unknown",
            "expected": f"SPI(t) from {limits.amber_spi_t:g}, slip up to {limits.amber_slip_working_days} working days",
            "reason": reason,
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


def _worded(row: Row) -> str:
    slip = row["finish_slip_working_days"] or 0
    words = {
        "spi_t": f"behind plan, SPI(t) {row['spi_t_ratio'] or 0:.2f}",
        "slip": f"finish {slip} working {'day' if slip == 1 else 'days'} late",
        "budget_spent": "its budget is spent and work is left",
        "cpi": f"over cost, CPI {row['cpi_ratio'] or 0:.2f}",
        "tcpi": f"the rest has to go better than planned, TCPI {row['tcpi_ratio'] or 0:.2f}",
    }
    return words.get(row["band_reason"] or "", "")


def _observed(row: Row) -> str:
    """The numbers that say something: a TCPI that is not positive says only that budget or work is used up."""
    spi_t, slip, cpi, tcpi = (row[name] for name in NUMBERS)
    shown = [] if spi_t is None else [f"SPI(t) {spi_t:.2f}"]
    shown += [] if slip is None else [f"slip {slip} working {'day' if abs(slip) == 1 else 'days'}"]
    shown += [] if cpi is None else [f"CPI {cpi:.2f}"]
    shown += [f"TCPI {tcpi:.2f}"] if tcpi is not None and tcpi > 0 else []
    return ", ".join(shown)


SCHEDULE = Rule(
    "schedule", "schedule_project",
    ("project_id", "is_open", "band", "band_reason", *NUMBERS), schedule,
)  # fmt: skip
