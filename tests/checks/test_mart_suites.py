"""The marts as measured pass their suites; each suite notices a mart that is wrong."""

from collections.abc import Callable
from datetime import date

import duckdb
import pytest

from config.policy import policy
from expectations import MART_SUITES
from tasks.checks.judge import judge
from tasks.checks.marts import check_marts
from tasks.metrics.catalogue import METRICS, STEPS_AND_METRICS
from tasks.metrics.measure import measure
from tests.metrics import delivery_rows
from tests.metrics.handoff_rows import READ, commission, form, kickoff
from tests.metrics.live_rows import feed
from tests.metrics.support_rows import READ as SUPPORT_READ
from tests.metrics.support_rows import ticket

Give = Callable[..., None]
AS_OF = date(2026, 2, 27)
# What goes wrong, and the suites that must notice.
FAULTS = [
    ("UPDATE mart.mrr_line SET counted_until_date = start_date", {"mrr_line"}),
    (
        "UPDATE mart.mrr_bridge SET closing_minor = closing_minor + 1 WHERE segment = 'all'",
        {"mrr_bridge", "mrr_account"},
    ),
    ("UPDATE mart.mrr_movement SET movement = 'luck'", {"mrr_movement"}),
    ("DELETE FROM mart.mrr_account", {"mrr_account"}),
    ("UPDATE mart.nrr_account SET retained_minor = base_minor + 1", {"nrr_account"}),
    ("UPDATE mart.nrr_monthly SET grr_pct = 100.5", {"nrr_monthly"}),
    ("UPDATE mart.scope_creep_entry SET leakage_class = 'L9' WHERE leakage_class = 'L2'", {"scope_creep_entry"}),
    ("UPDATE mart.scope_creep_project SET gross_minor = gross_minor - 1", {"scope_creep_entry", "scope_creep_project"}),
    ("UPDATE mart.scope_creep_monthly SET leakage_minor = 0", {"scope_creep_entry", "scope_creep_monthly"}),
    ("UPDATE mart.schedule_task SET ev_minor = bac_minor + 1", {"schedule_task"}),
    ("UPDATE mart.schedule_project SET sv_minor = -sv_minor", {"schedule_project"}),
    ("UPDATE mart.schedule_project SET band = 'mauve'", {"schedule_project"}),
    ("UPDATE mart.schedule_portfolio SET red_count = red_count + 1", {"schedule_project", "schedule_portfolio"}),
    ("UPDATE mart.schedule_curve SET pv_minor = pv_minor - 1", {"schedule_curve"}),
    ("UPDATE mart.milestone_slip SET is_late = NOT is_late", {"milestone_slip"}),
    ("UPDATE mart.handoff_form_deal SET valid_count = 4", {"handoff_form_deal"}),
    ("UPDATE mart.kickoff_deal SET is_goals_shown = false", {"kickoff_deal"}),
    ("UPDATE mart.handoff_monthly SET complete_count = deal_count + 1", {"handoff_form_deal", "handoff_monthly"}),
    ("UPDATE mart.success_project SET is_on_time = NOT is_on_time", {"success_project"}),
    ("UPDATE mart.success_monthly SET judged_count = closed_count + 1", {"success_project", "success_monthly"}),
    ("UPDATE mart.stall_task SET is_blocked = true", {"stall_task"}),
    ("UPDATE mart.stall_project SET stalled_count = open_count + 1", {"stall_task", "stall_project"}),
    ("UPDATE mart.debrief_deal SET signoff_date = held_date", {"debrief_deal"}),
    ("UPDATE mart.closeout_deal SET is_attended = false", {"closeout_deal"}),
    ("UPDATE mart.checklist_deal SET signed_count = required_count + 1", {"checklist_deal"}),
    ("UPDATE mart.promise_item SET has_task = false", {"promise_item"}),
    ("UPDATE mart.promise_deal SET mapped_count = 0", {"promise_item", "promise_deal"}),
    ("UPDATE mart.closing_monthly SET signed_off_count = deal_count + 1", {"closeout_deal", "closing_monthly"}),
    ("UPDATE mart.success_plan_deal SET created_date = go_live_date", {"success_plan_deal"}),
    ("UPDATE mart.handoff_monthly SET kickoff_count = kickoff_count + 1", {"kickoff_deal", "handoff_monthly"}),
    ("UPDATE mart.commission_deal SET held_minor = payout_minor", {"commission_deal"}),
    ("UPDATE mart.request_ticket SET is_misrouted = NOT is_misrouted WHERE ticket_id = 't'", {"request_ticket"}),
    ("UPDATE mart.request_ticket SET kind = 'strategic'", {"request_ticket"}),
    ("UPDATE mart.request_monthly SET misrouted_count = 4", {"request_ticket", "request_monthly"}),
    ("UPDATE mart.escalation_ticket SET is_late = false", {"escalation_ticket"}),
    ("UPDATE mart.escalation_account SET open_count = open_count + 1", {"escalation_ticket"}),
    ("UPDATE mart.escalation_account SET state = 'no_route'", {"escalation_account"}),
    ("UPDATE mart.escalation_project SET still_open_count = open_count + 1", {"escalation_project"}),
    ("UPDATE mart.burn_in_deal SET state = 'covered'", {"burn_in_deal"}),
    ("UPDATE mart.quiet_product SET is_orphan = NOT is_orphan", {"quiet_product"}),
    ("UPDATE mart.quiet_account SET orphan_product_count = 1 - orphan_product_count", {"quiet_product"}),
    ("UPDATE mart.quiet_account SET severity = 'error'", {"quiet_account"}),
    ("UPDATE mart.closeout_survey_project SET state = 'in_time'", {"closeout_survey_project"}),
    ("UPDATE mart.survey_answer SET is_positive = false", {"survey_answer"}),
    ("UPDATE mart.survey_monthly SET answered_count = 2", {"survey_answer", "survey_monthly"}),
    ("UPDATE mart.training_readiness_project SET trained_in_time_count = 3", {"training_readiness_project"}),
]


@pytest.fixture
def marts(bench: duckdb.DuckDBPyConnection, given: Give) -> duckdb.DuckDBPyConnection:
    """Every mart of a small company: two years of revenue, a planned project with work in and out of scope."""
    given("account", {}, {"account_id": "a2", "ultimate_id": "a2", "segment": "small"})
    given(
        "subscription",
        {"start_date": date(2024, 6, 1), "term_end_date": date(2026, 6, 1), "end_date": date(2026, 6, 1)},
        {"subscription_id": "s2", "account_id": "a2", "original_account_id": "a2", "start_date": date(2025, 1, 1)},
    )
    given("opportunity", {"close_date": date(2026, 1, 9)})
    key = {"opportunity_id": "o1"}
    given("handoff_form", form(**key, recorded_date=date(2026, 1, 9), signed_date=date(2026, 1, 9)))
    given("kickoff", kickoff(**key, held_date=date(2026, 1, 16), answered_date=date(2026, 1, 16)))
    signed = {"signed_date": date(2026, 2, 20)}
    given("debrief", delivery_rows.debrief("o1", held_date=date(2026, 2, 19)))
    given("closeout", delivery_rows.closeout("o1", meeting_date=date(2026, 2, 20), rating=5, **signed))
    given("deliverable", delivery_rows.deliverable(deal="o1", validated_date=date(2026, 2, 20)))
    given("checklist_item", delivery_rows.item(deal="o1"), delivery_rows.item("2", "o1", **signed))
    given("promise", delivery_rows.promise(deal="o1", task_id="t1", mapped_date=date(2026, 1, 5)))
    given("success_plan", delivery_rows.success_plan(**key, created_date=date(2026, 1, 16)))
    given("commission", commission(**key))
    made = {"account_id": "a1", "opened_date": date(2026, 2, 3), "replied_date": date(2026, 2, 3)}
    given("escalation_route", {})
    given("ticket", ticket("t0", **(made | {"escalated_date": date(2026, 2, 3), "reply_seconds": 90_000})))
    given("ticket", ticket(**made), ticket("t2", team="Customer Success", **made))
    given("project", key, {"project_id": "p2", "closed_date": date(2026, 2, 20), **key})
    given("feed", *READ, *SUPPORT_READ, *feed())
    day = {"product": None, "usage_date": date(2026, 2, 26), "account_id": "a2"}
    given("usage_day", day)
    given("training", {}, {"training_id": "q2", "completed_date": date(2026, 1, 21)})
    given("survey", {"sent_date": date(2026, 1, 21)})
    given(
        "task",
        {"progress_bp": 2500, "actual_start_date": date(2026, 1, 5)},
        {"task_id": "t2", "task_type": "milestone"},
        {"task_id": "t4", "project_id": "p2", "progress_bp": 10_000, "actual_finish_date": date(2026, 1, 30)},
        delivery_rows.milestone("t3", "p1", actual_finish_date=date(2026, 2, 2)),
    )
    given("task_progress", {"progress_bp": 2500, "recorded_date": date(2026, 2, 1)})
    milestone = {
        "plan_task_id": "k2",
        "task_id": "t2",
        "is_milestone": True,
        "budget_seconds": 0,
        "due_date": date(2026, 2, 2),
    }
    given("plan_task", {}, milestone, {"plan_task_id": "k3", "project_id": "p2", "task_id": "t4"})
    given(
        "time_entry",
        {"work_date": date(2026, 1, 6)},
        {"entry_id": "e2", "task_id": None, "work_date": date(2026, 1, 7)},
    )
    given("rate", {})
    given("billing_milestone", {})
    bench.execute(
        """
        INSERT INTO versions.fx_rate BY NAME
        SELECT day::VARCHAR AS fx_rate_id, day::DATE AS month, 'USD' AS currency, 100000000 AS minor_rate_e8,
               1 AS _version, false AS _deleted
        FROM generate_series(DATE '2024-01-01', DATE '2027-12-01', INTERVAL 1 MONTH) month(day);
        INSERT INTO versions.work_calendar BY NAME
        SELECT day::DATE AS day, isodow(day) < 6 AS is_working,
               (count(*) FILTER (isodow(day) < 6) OVER (ORDER BY day) - (isodow(day) < 6)::INTEGER) AS workdays_before,
               1 AS _version, false AS _deleted
        FROM generate_series(DATE '2024-01-01', DATE '2027-12-31', INTERVAL 1 DAY) calendar(day)
        """
    )
    verdict = judge(bench, policy(), {})
    assert not verdict.is_blocked, verdict.reasons
    assert [row.table for row in verdict.conservation if row.quarantined] == []
    measure(bench, STEPS_AND_METRICS, policy(), as_of=AS_OF)
    return bench


def test_the_marts_pass_their_suites_and_each_fault_is_noticed(marts: duckdb.DuckDBPyConnection) -> None:
    assert [result for result in check_marts(marts, METRICS) if not result.is_ok] == []
    empty = [metric.table for metric in METRICS if not marts.table(f"mart.{metric.table}").count("*").fetchall()[0][0]]
    assert empty == []
    marts.execute("CREATE SCHEMA kept")
    for metric in METRICS:
        marts.execute(f"CREATE TABLE kept.{metric.table} AS FROM mart.{metric.table}")
    for fault, noticed in FAULTS:
        marts.execute(fault)
        looked_at = [metric for metric in METRICS if metric.table in noticed]
        wrong = {result.suite for result in check_marts(marts, looked_at) if not result.is_ok}
        assert wrong == noticed, fault
        for metric in METRICS:
            marts.execute(f"DELETE FROM mart.{metric.table}; INSERT INTO mart.{metric.table} FROM kept.{metric.table}")


def test_every_metric_has_a_suite_and_every_contribution_says_how_it_sums() -> None:
    suites = {suite.mart: suite for suite in MART_SUITES}
    assert set(suites) == {metric.table for metric in METRICS}
    for metric in METRICS:
        assert {sums.to for sums in suites[metric.table].sums} >= set(metric.contributes_to), metric.table
