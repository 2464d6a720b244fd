"""Every planted amount is found again in the published marts, to the cent, on each of the demo's days."""

from collections.abc import Mapping
from dataclasses import astuple
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sandbox.company import DEMO_DAYS

DAYS = [as_of for _, as_of in DEMO_DAYS]


def minor(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount * 100)


def same(planted: Mapping[Any, Any], published: Mapping[Any, Any]) -> None:
    """Equal, with a readable list of what is not."""
    apart = {
        key: (planted.get(key), published.get(key))
        for key in sorted(planted.keys() | published.keys(), key=str)
        if planted.get(key) != published.get(key)
    }
    assert not apart, f"{len(apart)} of {len(planted)} differ (planted, published): {dict(list(apart.items())[:5])}"
    assert planted


@pytest.fixture(scope="module")
def ledger(company):
    return company[1]


def test_creep_by_project_and_class_on_the_newest_day(four_nights, ledger):
    found = four_nights.rows(
        "SELECT project_id, leakage_class, sum(gross_amount) AS gross, sum(leakage_amount) AS leakage "
        "FROM mart.scope_creep_entry WHERE as_of = :day GROUP BY project_id, leakage_class",
        day=DAYS[-1],
    )
    published = {
        (row["project_id"], row["leakage_class"]): (minor(row["gross"]) or 0, minor(row["leakage"]) or 0)
        for row in found
    }
    planted = {key: (leak.gross_minor, leak.leakage_minor) for key, leak in ledger.creep(DAYS[-1]).items()}
    same({k: v for k, v in planted.items() if any(v)}, {k: v for k, v in published.items() if any(v)})


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_creep_by_project(four_nights, ledger, day: date):
    classes = [f"l{n}" for n in range(1, 9)]
    columns = ", ".join(f"{name}_amount" for name in classes)
    found = four_nights.rows(f"SELECT project_id, {columns} FROM mart.scope_creep_project WHERE as_of = :day", day=day)
    published = {
        (row["project_id"], name.upper()): minor(row[f"{name}_amount"])
        for row in found for name in classes if row[f"{name}_amount"]
    }  # fmt: skip
    planted = {key: leak.leakage_minor for key, leak in ledger.creep(day).items() if leak.leakage_minor}
    same(planted, published)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_capture(four_nights, ledger, day: date):
    found = four_nights.rows(
        "SELECT project_id, captured_amount, out_of_scope_amount FROM mart.scope_creep_project "
        "WHERE as_of = :day AND out_of_scope_amount <> 0",
        day=day,
    )
    same(
        ledger.capture(day),
        {row["project_id"]: (minor(row["captured_amount"]), minor(row["out_of_scope_amount"])) for row in found},
    )


def test_creep_of_the_company_by_month(four_nights, ledger):
    """What each month's class rows hold of time (what is owed without time stands beside them in L6 and L8)."""
    found = four_nights.rows(
        "SELECT month, l1_amount AS l1, l2_amount AS l2, l3_amount AS l3, l4_amount AS l4, l5_amount AS l5, "
        "l7_amount AS l7 "
        "FROM mart.scope_creep_monthly WHERE as_of = :day",
        day=DAYS[-1],
    )
    published = {
        (row["month"], name.upper()): minor(row[name])
        for row in found
        for name in ("l1", "l2", "l3", "l4", "l5", "l7")
        if row[name]
    }
    planted = {
        (month, name): leak.leakage_minor
        for (month, name), leak in ledger.creep_by_month(DAYS[-1]).items() if leak.leakage_minor
    }  # fmt: skip
    same(planted, published)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_movements(four_nights, ledger, day: date):
    found = four_nights.rows(
        "SELECT month, account_id, movement, amount FROM mart.mrr_movement WHERE as_of = :day", day=day
    )
    published = {
        (row["month"], row["account_id"], row["movement"]): minor(row["amount"]) for row in found if row["amount"]
    }
    same({key: amount for key, amount in ledger.movements(day).items() if amount}, published)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_mrr(four_nights, ledger, day: date):
    found = four_nights.rows(
        "SELECT month, account_id, closing_amount FROM mart.mrr_account WHERE as_of = :day", day=day
    )
    published = {
        (row["month"], row["account_id"]): minor(row["closing_amount"]) for row in found if row["closing_amount"]
    }
    same(ledger.mrr(day), published)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_nrr_and_grr(four_nights, ledger, day: date):
    found = four_nights.rows("SELECT * FROM mart.nrr_monthly WHERE as_of = :day AND base_amount > 0", day=day)
    money = ("base_amount", "end_amount", "retained_amount", "end_excl_winback_amount")
    published = {
        (row["month"], row["segment"]): (
            *(minor(row[name]) for name in money),
            row["cohort_count"],
            row["retained_count"],
        )
        for row in found
    }
    same({key: astuple(window) for key, window in ledger.nrr(day).items()}, published)
    for row in found:
        assert row["nrr_pct"] == pytest.approx(float(100 * row["end_amount"] / row["base_amount"]))
        assert row["grr_pct"] == pytest.approx(float(100 * row["retained_amount"] / row["base_amount"]))


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_planned_earned_and_actual(four_nights, ledger, day: date):
    found = four_nights.rows("SELECT * FROM mart.schedule_project WHERE as_of = :day", day=day)
    published = {}
    for row in found:
        names = ("pv", "ev", "ac", "bac", "original_bac")
        in_cost = tuple(minor(row[f"{name}_amount"]) for name in names)
        in_hours = tuple(
            None if row[f"{name}_hours"] is None else int(row[f"{name}_hours"] * 3600 + 0.5) for name in names
        )
        published[row["project_id"]] = (row["unit"], *(in_cost if row["unit"] == "cost" else in_hours))
    same({project: astuple(earned) for project, earned in ledger.schedule(day).items()}, published)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_milestone_slips(four_nights, ledger, day: date):
    found = four_nights.rows(
        "SELECT task_id, slip_original_days, slip_current_days FROM mart.milestone_slip WHERE as_of = :day", day=day
    )
    published = {row["task_id"]: (row["slip_original_days"], row["slip_current_days"]) for row in found}
    same({task: astuple(slip) for task, slip in ledger.slips(day).items()}, published)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_handoff_forms_and_kickoffs(four_nights, ledger, day: date):
    found = four_nights.rows(
        "SELECT f.*, k.state AS kickoff FROM mart.handoff_form_deal f "
        "JOIN mart.kickoff_deal k ON k.as_of = f.as_of AND k.opportunity_id = f.opportunity_id WHERE f.as_of = :day",
        day=day,
    )
    elements = ("goals", "stakeholders", "timeline", "success_metrics", "concerns")
    published = {
        row["opportunity_id"]: (
            row["state"], frozenset(name for name in elements if row[f"is_{name}_valid"]), row["kickoff"]
        )
        for row in found
    }  # fmt: skip
    same({deal: astuple(one) for deal, one in ledger.handoffs(day).items()}, published)


def test_requests_and_the_teams_they_went_to(four_nights, ledger):
    found = four_nights.rows("SELECT * FROM mart.request_ticket WHERE as_of = :day", day=DAYS[-1])
    names = ("account_id", "tier", "month", "kind", "handler", "is_misrouted", "opened_date", "closed_date", "rating")
    planted = {
        key: (one.account, one.tier, one.month, ticket.kind, ticket.handler, ticket.is_misrouted, ticket.opened,
              ticket.closed, ticket.rating)
        for key, one in ledger.tickets(DAYS[-1]).items() for ticket in [one.ticket]
    }  # fmt: skip
    same(planted, {row["ticket_id"]: tuple(row[name] for name in names) for row in found})


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_requests_by_month_and_tier(four_nights, ledger, day: date):
    found = four_nights.rows("SELECT * FROM mart.request_monthly WHERE as_of = :day AND request_count > 0", day=day)
    planted: dict[Any, list[int]] = {}
    for one in ledger.tickets(day).values():
        counts = planted.setdefault((one.month, one.tier), [0, 0, 0, 0])
        is_misrouted, rating = one.ticket.is_misrouted, one.ticket.rating
        for place, flag in enumerate((True, is_misrouted is not None, is_misrouted, rating == "good")):
            counts[place] += bool(flag)
    names = ("request_count", "routed_count", "misrouted_count", "good_count")
    same(planted, {(row["month"], row["tier"]): [row[name] for name in names] for row in found})


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_papers_of_deliveries(four_nights, ledger, day: date):
    found = four_nights.rows(
        "SELECT p.opportunity_id, p.state AS plan, d.state AS debrief, c.state AS closeout, s.state AS sales, "
        "i.state AS implementation, m.mapped_count, m.late_count, m.unmapped_count, m.pending_count "
        "FROM mart.success_plan_deal p "
        "JOIN mart.debrief_deal d ON d.as_of = p.as_of AND d.opportunity_id = p.opportunity_id "
        "JOIN mart.closeout_deal c ON c.as_of = p.as_of AND c.opportunity_id = p.opportunity_id "
        "JOIN mart.checklist_deal s ON s.as_of = p.as_of AND s.opportunity_id = p.opportunity_id "
        "AND s.handoff_point = 'sales_to_implementation' "
        "JOIN mart.checklist_deal i ON i.as_of = p.as_of AND i.opportunity_id = p.opportunity_id "
        "AND i.handoff_point = 'implementation_to_success' "
        "JOIN mart.promise_deal m ON m.as_of = p.as_of AND m.opportunity_id = p.opportunity_id WHERE p.as_of = :day",
        day=day,
    )
    counts = ("mapped_count", "late_count", "unmapped_count", "pending_count")
    published = {
        row["opportunity_id"]: (
            row["plan"], row["debrief"], row["closeout"], (row["sales"], row["implementation"]),
            tuple(row[name] for name in counts),
        )
        for row in found
    }  # fmt: skip
    same({deal: astuple(one) for deal, one in ledger.closings(day).items()}, published)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_commissions(four_nights, ledger, day: date):
    found = four_nights.rows("SELECT * FROM mart.commission_deal WHERE as_of = :day", day=day)
    published = {
        row["opportunity_id"]: (
            row["state"],
            row["reason"],
            row["released_date"] or row["override_date"],
            row["is_edited_after_release"],
            minor(row["payout_amount"]),
            minor(row["held_amount"]),
        )
        for row in found
    }
    same({deal: astuple(one) for deal, one in ledger.commissions(day).items()}, published)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_blocked_and_stalled_work(four_nights, ledger, day: date):
    names = ("state", "open_count", "blocked_count", "stalled_count")
    found = four_nights.rows("SELECT * FROM mart.stall_project WHERE as_of = :day", day=day)
    published = {row["project_id"]: tuple(row[name] for name in names) for row in found}
    same({project: astuple(one) for project, one in ledger.stalls(day).items()}, published)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_escalations_of_customers_and_their_routes(four_nights, ledger, day: date):
    found = four_nights.rows("SELECT * FROM mart.escalation_account WHERE as_of = :day", day=day)
    names = ("tier", "new_count", "open_count", "late_count", "has_route")
    planted = {account: astuple(one) for account, one in ledger.escalations(day).items()}
    same(planted, {row["account_id"]: tuple(row[name] for name in names) for row in found})


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_escalations_of_projects_and_at_their_closeout(four_nights, ledger, day: date):
    found = four_nights.rows("SELECT * FROM mart.escalation_project WHERE as_of = :day", day=day)
    names = ("new_count", "open_count", "at_closeout_count", "still_open_count")
    planted = {project: astuple(one) for project, one in ledger.escalated_projects(day).items()}
    same(planted, {row["project_id"]: tuple(row[name] for name in names) for row in found})


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_successes(four_nights, ledger, day: date):
    found = four_nights.rows("SELECT project_id, state FROM mart.success_project WHERE as_of = :day", day=day)
    same(ledger.successes(day), {row["project_id"]: row["state"] for row in found})


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_burn_ins(four_nights, ledger, day: date):
    found = four_nights.rows("SELECT * FROM mart.burn_in_deal WHERE as_of = :day", day=day)
    teams = ("implementation", "customer_success")
    published = {
        row["opportunity_id"]: (
            row["state"],
            tuple(row[f"{team}_assigned_count"] for team in teams),
            tuple(row[f"{team}_touch_count"] for team in teams),
        )
        for row in found
    }
    same({deal: astuple(one) for deal, one in ledger.burn_ins(day).items()}, published)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_quiet_accounts_and_orphan_products(four_nights, ledger, day: date):
    found = four_nights.rows("SELECT * FROM mart.quiet_account WHERE as_of = :day", day=day)
    names = ("state", "quiet_days", "product_count", "orphan_product_count", "is_training_complete")
    published = {row["account_id"]: tuple(row[name] for name in names) for row in found}
    same({account: astuple(one) for account, one in ledger.quiet(day).items()}, published)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_training_before_sign_off(four_nights, ledger, day: date):
    found = four_nights.rows("SELECT * FROM mart.training_readiness_project WHERE as_of = :day", day=day)
    names = ("state", "required_count", "trained_count", "trained_in_time_count")
    published = {row["project_id"]: tuple(row[name] for name in names) for row in found}
    same({project: astuple(one) for project, one in ledger.trained(day).items()}, published)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_closeout_surveys_and_answers(four_nights, ledger, day: date):
    found = four_nights.rows("SELECT * FROM mart.closeout_survey_project WHERE as_of = :day", day=day)
    same(ledger.closeout_surveys(day), {row["project_id"]: row["state"] for row in found})
    found = four_nights.rows("SELECT * FROM mart.survey_monthly WHERE as_of = :day", day=day)
    names = ("sent_count", "answered_count", "positive_count", "negative_count", "score_sum")
    published = {(row["month"], row["occasion"], row["kind"]): tuple(row[name] for name in names) for row in found}
    same({key: astuple(one) for key, one in ledger.answers(day).items()}, published)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_planted_bad_rows_are_the_ones_held_back(four_nights, ledger, day: date):
    found = four_nights.rows(
        "SELECT DISTINCT core_table, row_id FROM ops.quarantine "
        "WHERE as_of = :day AND severity = 'blocking' AND is_newest "
        "AND core_table IN ('project', 'task', 'time_entry', 'subscription')",
        day=day,
    )
    assert {(row["core_table"], row["row_id"]) for row in found} == ledger.quarantine(day)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_no_row_is_lost(four_nights, day: date):
    found = four_nights.rows("SELECT * FROM ops.conservation WHERE as_of = :day", day=day)
    assert found
    assert all(row["rows_read"] == row["rows_clean"] + row["rows_quarantined"] for row in found)


def test_the_bridge_closes_to_the_cent(four_nights):
    found = four_nights.rows("SELECT * FROM mart.mrr_bridge")
    moves = (
        "new",
        "expansion",
        "contraction",
        "churn",
        "reactivation",
        "fx",
        "merge_transfer",
        "prior_period_adjustment",
    )
    assert found
    for row in found:
        assert row["opening_amount"] + sum(row[f"{name}_amount"] for name in moves) == row["closing_amount"], row
