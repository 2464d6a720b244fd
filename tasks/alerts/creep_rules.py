"""Unbilled scope creep, capture and missing rates, from the scope_creep marts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from tasks.alerts.alert import Alert
from tasks.alerts.rule import Day, Row, Rule, reaches


def scope_creep(rows: Sequence[Row], day: Day) -> list[Alert]:
    """A project whose unbilled scope creep reaches both the least amount and the tolerated share of its valued time.

    Critical (which never pages) from `creep_critical_amount` on. Closes when either is below by the hysteresis.
    """
    limits, slack = day.policy.leakage, day.policy.alerts.hysteresis_pct
    found = []
    for row in rows:
        amount, share = row["unbilled_scope_creep_amount"] or 0, row["creep_pct"]
        alert = Alert(
            "scope_creep", "scope_creep_project",
            f"Project {row['project_id']}: {amount:,.2f} {day.currency} of unbilled scope creep",
            "warning", "unbilled_scope_creep_amount", str(row["project_id"]),
            {
                "observed": f"{amount:,.2f} {day.currency}, {share or 0:.1f} % of valued time",
                "expected": f"below {limits.creep_minimum_amount:,} {day.currency} or {limits.creep_tolerance_pct:g} %",
            },
            day.as_of,
        )  # fmt: skip
        was = day.open(alert)
        is_over = reaches(float(amount), limits.creep_minimum_amount, was is not None, slack)
        if is_over and reaches(share, limits.creep_tolerance_pct, was is not None, slack):
            is_critical = reaches(float(amount), limits.creep_critical_amount, was == "critical", slack)
            found.append(replace(alert, severity="critical" if is_critical else "warning"))
    return found


def capture_rate(rows: Sequence[Row], day: Day) -> list[Alert]:
    """The newest month old enough to be invoiced (`wip_days` past its end) with out-of-scope work not all captured.

    No hysteresis: the target may be all of it, and one cannot capture more.
    """
    limits = day.policy.leakage
    ripe = [row for row in rows if _month_end(row["month"]) + timedelta(days=limits.wip_days) <= day.as_of]
    newest = max(ripe, key=lambda row: row["month"], default=None)
    if newest is None or newest["capture_pct"] is None or newest["capture_pct"] >= limits.capture_target_pct:
        return []
    captured, whole = newest["captured_amount"] or 0, newest["out_of_scope_amount"] or 0
    return [
        Alert(
            "capture_rate", "scope_creep_monthly",
            f"{newest['month']:%B %Y}: {newest['capture_pct']:.1f} % of out-of-scope work captured",
            "warning", "capture_pct", "company",
            {
                "observed": f"{captured:,.2f} of {whole:,.2f} {day.currency}",
                "expected": f"{limits.capture_target_pct:g} %",
            },
            day.as_of,
        )
    ]  # fmt: skip


def rate_missing(rows: Sequence[Row], day: Day) -> list[Alert]:
    """Hours without a rate, all projects in one alert: each is a gap in the leakage that is published."""
    lacking = sorted((row for row in rows if row["missing_rate_hours"]), key=lambda row: -row["missing_rate_hours"])
    if not lacking:
        return []
    hours = sum(row["missing_rate_hours"] for row in lacking)
    projects = "1 project" if len(lacking) == 1 else f"{len(lacking)} projects"
    sample = ", ".join(str(row["project_id"]) for row in lacking[:5])
    return [
        Alert(
            "rate_missing", "scope_creep_project", f"{hours:,.1f} hours on {projects} have no rate",
            "warning", "missing_rate_hours", "company",
            {"observed": f"{hours:,.1f} hours", "expected": "0", "projects": sample},
            day.as_of,
        )
    ]  # fmt: skip


def _month_end(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


SCOPE_CREEP = Rule(
    "scope_creep", "scope_creep_project", ("project_id", "unbilled_scope_creep_amount", "creep_pct"), scope_creep
)
CAPTURE_RATE = Rule(
    "capture_rate",
    "scope_creep_monthly",
    ("month", "capture_pct", "captured_amount", "out_of_scope_amount"),
    capture_rate,
)
RATE_MISSING = Rule("rate_missing", "scope_creep_project", ("project_id", "missing_rate_hours"), rate_missing)
