"""What leaks of each month's work."""

from datetime import date

from tasks.metrics.leakage_sums import HEADLINES, LEAKAGE, OTHERS, SUMS
from tests.metrics.leakage_book import FX, change, entry, line, parts, plan_task, project, step

AS_OF = date(2026, 3, 20)
JANUARY, FEBRUARY, MARCH = date(2026, 1, 31), date(2026, 2, 1), date(2026, 3, 1)


def test_months_of_work_and_acceptance(rows, collected):
    frames = rows(
        fx_rate=FX,
        project=[project(), project("q"), project("back")],
        plan_task=[plan_task(), plan_task(project_id="q"), plan_task(project_id="back")],
        change_order=[change("fixed", pricing="fixed", amount_minor=900_00, accepted_date=JANUARY)],
        time_entry=[
            entry("1", JANUARY, 2, task_id="extra"),
            entry("2", JANUARY, 3, task_id="extra", project_id="q"),
            entry("3", FEBRUARY, 5, task_id="extra"),
            entry("4", FEBRUARY, 6, project_id="q"),
            entry("5", MARCH, 7),
            entry("6", MARCH, 2, task_id="extra", project_id="back"),
            entry("7", MARCH, -2, project_id="back", reverses_id="6"),
        ],
        invoice_line=[line("l", "3", 5, 500)],
    )
    found = {row["month"]: row for row in collected(step(frames, "scope_creep_monthly", AS_OF))}
    named = (
        "gross_minor",
        "unbilled_scope_creep_minor",
        "billing_latency_minor",
        "billed_minor",
        "captured_minor",
        "out_of_scope_minor",
    )
    short = {
        (month.month): (*(row[name] / 100 for name in named), row["creeping_projects_count"], row["capture_pct"])
        for month, row in found.items()
    }
    assert short == {
        1: (500, 500, 900, 0, 0, 500, 2, 0.0),
        2: (1100, 0, 600, 500, 500, 500, 0, 100.0),
        3: (700, 0, 0, 0, 0, 0, 0, None),
    }
    projects = collected(step(frames, "scope_creep_project", AS_OF))
    entries = collected(parts(frames, AS_OF))
    for name in (*SUMS, *(name for name in HEADLINES if name.endswith("_minor"))):
        assert sum(row[name] for row in found.values()) == sum(row[name] for row in projects)
    for total in ("gross_minor", "leakage_minor"):
        assert sum(row[total] for row in found.values()) == sum(row[total] for row in entries)
    time_lost = [name for name in LEAKAGE if name not in ("l6_minor", "l8_minor")]
    for row in (*projects, *found.values()):
        assert row["gross_minor"] == sum(row[name] for name in (*time_lost, *OTHERS))
