"""The pretend company: the same every time, shaped like the vendors' records, and its ledger consistent with itself.

Expected numbers are arithmetic on what the stories say, typed in here.
"""

import json
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta

import pytest

from sandbox.company import DEMO_DAYS, build
from sandbox.company.coins import half_even, reporting, worth
from sandbox.company.customer_facts import Line
from sandbox.company.days import add_months, clock_of, local_day, workdays
from sandbox.company.facts import known
from sandbox.company.handoffs import ELEMENTS
from sandbox.company.revenue import monthly_amount

AUGUST, SEPTEMBER, OCTOBER, NOVEMBER = (as_of for _, as_of in DEMO_DAYS)
DAYS = (AUGUST, SEPTEMBER, OCTOBER, NOVEMBER)
SMALL = 45


@pytest.fixture(scope="module")
def company():
    return build(SMALL, 7)


@pytest.fixture(scope="module")
def ledger(company):
    return company[1]


@pytest.fixture(scope="module")
def shown(company):
    """`shown(vendor, kind, as_of)`: the records at a demo clock by id."""
    return lambda vendor, kind, as_of: {
        version.record.get("id") or version.record["Id"]: version.record
        for version in company[0].state(vendor, kind, clock_of(as_of))
    }


def test_the_same_seed_gives_the_same_world_and_another_one_does_not(company):
    again = build(SMALL, 7)
    assert again[0].records == company[0].records
    assert again[1].facts == company[1].facts
    assert build(SMALL, 8)[0].records != company[0].records


def test_size_follows_the_number_of_accounts(company):
    world = build(120)[0]
    accounts = len(world.records["salesforce", "Account"])
    assert 120 <= accounts <= 160
    assert len(world.records["kantata", "workspaces"]) == 120 * 5 // 4 + 1
    assert len(company[0].records["kantata", "workspaces"]) < len(world.records["kantata", "workspaces"])
    assert len(world.records["kantata", "time_entries"]) > 8_000


def test_the_calendar_knows_bank_holidays():
    assert workdays(date(2026, 8, 24), date(2026, 8, 31)) == 5  # Monday 31 August 2026 is a bank holiday
    assert workdays(date(2026, 12, 24), date(2026, 12, 29)) == 2  # 25 and 28 December are off
    assert workdays(date(2026, 8, 29), date(2026, 8, 30)) == 0


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"), [(5, 2, 2), (7, 2, 4), (-5, 2, -2), (-7, 2, -4), (8, 3, 3)]
)
def test_money_rounds_half_to_even(numerator, denominator, expected):
    assert half_even(numerator, denominator) == expected


def test_a_yen_is_one_minor_unit_and_a_dollar_a_hundred():
    assert reporting(1_234_56, "USD", date(2026, 3, 9)) == 1_234_56
    assert reporting(1_000, "JPY", date(2023, 1, 9)) == 726  # 1,000 yen at 0.007259 are $7.259


@pytest.mark.parametrize(
    ("amount", "start", "end", "expected"),
    [
        (1_200_00, date(2026, 1, 1), date(2027, 1, 1), 100_00),
        (1_000_00, date(2026, 1, 15), date(2027, 3, 15), 71_43),  # 14 months: 71.428
        (1_200_00, date(2025, 3, 10), date(2026, 3, 9), 100_00),  # one day short of a year counts as the year
        (60_00, date(2026, 2, 1), date(2026, 3, 1), 60_00),  # 28 days, one month
        (1_300_00, date(2025, 1, 6), date(2026, 2, 10), 98_92),  # 400 days: 1300 / (400 / 365.25 * 12) = 98.92
    ],
)
def test_the_mrr_of_a_line(amount, start, end, expected):
    assert monthly_amount(Line("a", "p", "c", amount, "USD", start, end, end)) == expected


def test_opening_plus_movements_is_closing(ledger):
    for as_of in DAYS:
        closing, moved = ledger.mrr(as_of), defaultdict(int)
        for (month, account, _), amount in ledger.movements(as_of).items():
            moved[month, account] += amount
        for month, account in {*closing, *moved}:
            opening = closing.get((add_months(month, -1), account), 0)
            assert opening + moved[month, account] == closing.get((month, account), 0), (month, account)


def test_movements_are_of_known_kinds_and_all_kinds_occur(ledger):
    kinds = Counter(name for _, _, name in ledger.movements(NOVEMBER))
    assert set(kinds) == {"new", "expansion", "contraction", "churn", "reactivation", "fx", "merge_transfer"}
    signs = {"new": 1, "expansion": 1, "reactivation": 1, "contraction": -1, "churn": -1}
    for (_, _, name), amount in ledger.movements(NOVEMBER).items():
        assert name not in signs or amount * signs[name] > 0


def churned(ledger, as_of, amount, month):
    return [
        key
        for key, moved in ledger.movements(as_of).items()
        if key[0] == month and key[2] == "churn" and moved == -amount
    ]


def test_an_undecided_renewal_is_carried_through_grace_and_then_dated_back(ledger):
    september, october = date(2026, 9, 1), date(2026, 10, 1)
    assert not churned(ledger, SEPTEMBER, 650_00, september)  # ended 9 September, 30 days of grace
    assert churned(ledger, OCTOBER, 650_00, september)
    assert not churned(ledger, OCTOBER, 600_00, october)  # ended 20 October
    assert churned(ledger, NOVEMBER, 600_00, october)
    assert not churned(ledger, NOVEMBER, 550_00, october)  # ended 26 October, in grace until the 25th of November
    assert not churned(ledger, SEPTEMBER, 450_00, september)  # lost on 6 October only
    assert churned(ledger, OCTOBER, 450_00, september)
    assert churned(ledger, SEPTEMBER, 500_00, september)  # lost before its end


def test_a_late_renewal_is_no_churn(ledger):
    for as_of in (SEPTEMBER, OCTOBER):
        assert not churned(ledger, as_of, 800_00, date(2026, 9, 1))
    assert any(
        amount == 20_00
        for (month, _, name), amount in ledger.movements(OCTOBER).items()
        if name == "expansion" and month == date(2026, 9, 1)
    )


def test_a_merge_hands_revenue_over_and_nets_to_zero(ledger):
    handed = {key: amount for key, amount in ledger.movements(OCTOBER).items() if key[2] == "merge_transfer"}
    assert sorted(handed.values()) == [-480_00, 480_00]
    assert {month for month, _, _ in handed} == {date(2026, 10, 1)}
    assert not any(name == "merge_transfer" for _, _, name in ledger.movements(SEPTEMBER))


def test_a_line_that_is_deleted_leaves_and_one_that_is_restored_returns(ledger):
    def moved(as_of, month):
        return [a for (m, _, name), a in ledger.movements(as_of).items() if (m, name) == (month, "expansion")]

    assert moved(AUGUST, date(2026, 2, 1)).count(100_00) == moved(SEPTEMBER, date(2026, 2, 1)).count(100_00) + 1
    assert moved(AUGUST, date(2026, 3, 1)).count(200_00) == moved(SEPTEMBER, date(2026, 3, 1)).count(200_00) + 1
    assert moved(OCTOBER, date(2026, 3, 1)).count(200_00) == moved(AUGUST, date(2026, 3, 1)).count(200_00)


def test_the_late_line_counts_from_the_pull_after(ledger):
    def found(as_of):
        moved = ledger.movements(as_of).items()
        return [key for key, amount in moved if (key[0], key[2], amount) == (date(2026, 9, 1), "expansion", 120_00)]

    assert not found(SEPTEMBER)
    assert found(OCTOBER)


def test_segments_sum_to_all_and_grr_is_bounded(ledger):
    for as_of in DAYS:
        windows = ledger.nrr(as_of)
        months = {month for month, _ in windows}
        assert max(months) == (date(2026, 10, 1) if as_of == NOVEMBER else as_of.replace(day=1))
        for month in months:
            parts = [window for (when, segment), window in windows.items() if when == month and segment != "all"]
            whole = windows[month, "all"]
            assert sum(part.base for part in parts) == whole.base
            assert sum(part.end for part in parts) == whole.end
            assert whole.retained <= min(whole.base, whole.end)
            assert whole.end_excl_winback <= whole.end
            assert whole.retained_count <= whole.cohort_count
    assert (date(2026, 10, 1), "unknown") in ledger.nrr(OCTOBER)


def test_classes_sum_to_the_gross_of_the_valued_time(ledger):
    for as_of in DAYS:
        expected = 0
        for history in ledger.facts.entries.values():
            entry = known(history, clock_of(as_of))
            if entry is None or entry.day > as_of or entry.rate is None:
                continue
            if known(ledger.facts.projects[entry.project], clock_of(as_of)).contract_type != "internal":
                expected += reporting(worth(entry.seconds, entry.rate), entry.currency, entry.day)
        assert sum(leak.gross_minor for leak in ledger.creep(as_of).values()) == expected


def test_every_class_occurs_and_only_losses_leak(ledger):
    seen = {name for as_of in DAYS for _, name in ledger.creep(as_of)}
    assert seen == {
        "L1",
        "L2",
        "L3",
        "L4",
        "L5",
        "L6",
        "L7",
        "L8",
        "BILLED",
        "COVERED_BY_FEE",
        "COVERED_BY_CO",
        "COVERED_BY_RETAINER",
        "CONTRACTUAL_NON_BILLABLE",
        "WIP",
        "AT_RISK_UNAPPROVED",
        "NOT_YET_DUE",
    }
    for as_of in DAYS:
        for (_, name), leak in ledger.creep(as_of).items():
            if name in ("L1", "L2", "L3", "L4", "L5", "L7"):
                assert leak.leakage_minor == leak.gross_minor
            elif name in ("L6", "L8"):
                assert leak.gross_minor == 0 < leak.leakage_minor
            else:
                assert leak.leakage_minor == 0
        assert all(0 <= billed <= whole for billed, whole in ledger.capture(as_of).values())


def retainers(ledger, months):
    return [
        key
        for key, history in ledger.facts.projects.items()
        if history[0][1].window_months == months and history[0][1].has_carry
    ]


def test_a_retainer_window_defers_its_excess_until_its_end(ledger):
    hour = 150_00
    leaks = {as_of: ledger.creep(as_of) for as_of in DAYS}
    short, long = retainers(ledger, 3)[0], retainers(ledger, 6)[0]
    assert leaks[AUGUST][short, "NOT_YET_DUE"].gross_minor == 5 * hour
    assert (short, "L3") not in leaks[AUGUST]
    assert leaks[SEPTEMBER][short, "L3"].leakage_minor == (5 - 2) * hour  # August 5 over, September 2 under
    assert (short, "NOT_YET_DUE") not in leaks[SEPTEMBER]
    assert leaks[NOVEMBER][short, "NOT_YET_DUE"].gross_minor == 6 * hour
    assert leaks[AUGUST][long, "L3"].leakage_minor == (6 - 4) * hour  # February 6 over, March 4 under
    # August 3 over, September even, October 4 over, November 4 under: each allowance serves what waits longest
    assert [leaks[as_of][long, "NOT_YET_DUE"].gross_minor // hour for as_of in DAYS] == [3, 3, 7, 3]


def test_a_retainer_without_carry_loses_each_excess_at_once(ledger):
    whole = next(
        key
        for key, history in ledger.facts.projects.items()
        if history[0][1].contract_type == "retainer" and not history[0][1].has_carry
    )
    assert [ledger.creep(as_of)[whole, "L3"].leakage_minor // 150_00 for as_of in DAYS] == [14, 20, 20, 25]


def test_an_approval_after_the_fact_moves_time_out_of_l1(ledger):
    moved = [
        key
        for key, history in ledger.facts.changes.items()
        if len(history) == 2 and history[1][1].approved == date(2026, 9, 17)
    ]
    for key in moved:
        project = ledger.facts.changes[key][0][1].project
        assert ledger.creep(AUGUST)[project, "L1"].leakage_minor > 0
        assert (project, "L1") not in ledger.creep(SEPTEMBER)
        assert (project, "WIP") in ledger.creep(SEPTEMBER)
    assert moved


def test_a_cap_and_a_fee_split_the_crossing_entry(ledger):
    for contract_type, inside in (("capped", {"BILLED", "WIP", "L5"}), ("fixed_fee", {"COVERED_BY_FEE"})):
        projects = [
            key for key, history in ledger.facts.projects.items() if history[-1][1].contract_type == contract_type
        ]
        crossed = [key for key in projects if (key, "L3") in ledger.creep(NOVEMBER)]
        assert crossed
        for key in crossed:
            classes = {name for project, name in ledger.creep(NOVEMBER) if project == key}
            assert classes & inside


def test_planted_scopes_agree_with_the_records(ledger, shown):
    """The reasons that the story of an entry claims, read off the vendor's own records at each demo day."""
    for as_of in DAYS:
        entries, stories = shown("kantata", "time_entries", as_of), shown("kantata", "stories", as_of)
        fields = defaultdict(dict)
        for value in shown("kantata", "custom_field_values", as_of).values():
            fields[value["subject_id"]][value["custom_field_name"]] = value["value"]
        payloads = shown("kantata", "baseline_payloads", as_of)
        plans = defaultdict(list)
        for plan in shown("kantata", "workspace_baselines", as_of).values():
            rows = json.loads(payloads[plan["baseline_payload_ids"][0]]["raw_data"])["stories"]
            day = local_day(datetime.fromisoformat(plan["created_at"]))
            plans[plan["workspace_id"]].append((day, {row["story_id"] for row in rows}))
        for key, history in ledger.facts.entries.items():
            entry = known(history, clock_of(as_of))
            if (
                entry is None
                or entry.day > as_of
                or ledger.facts.projects[entry.project][0][1].contract_type == "internal"
            ):
                continue
            record = entries[key.removeprefix("kantata:")]
            if record["date_performed"] is None:  # edited into a bad row: the version before stays in force
                assert ("time_entry", key) in ledger.quarantine(as_of)
                continue
            reason = reason_of(record, stories, fields, plans[record["workspace_id"]])
            if entry.scope == "change":
                assert "Change order" in fields[record["story_id"]]
            else:
                assert entry.reason == reason, (key, entry)
                assert record["billable"] == (entry.scope in ("in_scope", "out_of_scope"))
            contractual = (
                fields[record["story_id"]].get("Contractually non-billable") == "true" and not record["billable"]
            )
            assert contractual == (entry.scope == "contractual_non_billable")
            assert (record["approved"], record["time_in_minutes"] * 60) == (entry.is_approved, entry.seconds)


def reason_of(record, stories, fields, plans):
    day, terms = date.fromisoformat(record["date_performed"]), fields[record["workspace_id"]]
    if record["story_id"] is None:
        return "no_task"
    in_force = (
        [names for approved, names in sorted(plans, key=lambda p: p[0]) if approved <= day]
        or [plans[0][1] if plans else None]
    )[-1]
    if in_force is not None and record["story_id"] not in in_force:
        return "not_in_plan"
    if "Completed on" in terms and day > date.fromisoformat(terms["Completed on"]):
        return "after_close"
    if day < date.fromisoformat(terms["SOW start"]):
        return "before_sow"
    return "archived_task" if stories[record["story_id"]]["archived"] else ""


def test_value_is_earned_and_planned_within_the_budget(ledger):
    for as_of in DAYS:
        rows = ledger.schedule(as_of)
        assert {row.unit for row in rows.values()} == {"cost", "hours"}
        for row in rows.values():
            assert 0 <= row.planned_value <= row.budget + 10
            assert 0 <= row.earned_value <= row.budget + 10
            assert row.budget > 0 and row.original_budget > 0
        assert any(row.budget != row.original_budget for row in rows.values())


def test_slips_are_early_on_time_late_open_and_unknown(ledger):
    for as_of in DAYS[1:]:
        slips = ledger.slips(as_of).values()
        originals = {slip.original for slip in slips}
        assert None in originals and 0 in originals
        assert (
            min(slip for slip in originals if slip is not None)
            < 0
            < max(slip for slip in originals if slip is not None)
        )
        assert any(slip.original is not None and slip.original > slip.current for slip in slips)  # planned anew


def test_an_overdue_milestone_slips_a_day_a_day(ledger):
    stuck = [
        key
        for key, history in ledger.facts.stories.items()
        if key in ledger.slips(NOVEMBER) and len(history) == 1 and history[0][1].forecast < SEPTEMBER
    ]
    assert stuck
    for key in stuck:
        assert ledger.slips(OCTOBER)[key].original == (OCTOBER - ledger.facts.stories[key][0][1].forecast).days
        assert ledger.slips(NOVEMBER)[key].original - ledger.slips(OCTOBER)[key].original == 20


def test_what_is_gone_and_what_is_bad(ledger, shown):
    assert ledger.deleted(AUGUST) == frozenset()
    assert Counter(table for table, _ in ledger.deleted(SEPTEMBER)) == {"time_entry": 2, "subscription": 2}
    assert Counter(table for table, _ in ledger.deleted(NOVEMBER)) == {"time_entry": 4, "subscription": 1, "task": 1}
    for as_of in DAYS:
        here = {f"kantata:{key}" for key in shown("kantata", "time_entries", as_of)}
        assert not {key for table, key in ledger.deleted(as_of) if table == "time_entry"} & here
        assert {key for table, key in ledger.quarantine(as_of) if table == "time_entry"} <= here
    tables = Counter(table for table, _ in ledger.quarantine(AUGUST))
    assert tables["project"] == tables["subscription"] == 1
    assert len(ledger.quarantine(OCTOBER)) == len(ledger.quarantine(AUGUST)) + 1
    assert len(ledger.quarantine(NOVEMBER)) == len(ledger.quarantine(OCTOBER)) + 1


def test_late_rows_are_stamped_before_a_pull_and_seen_after_it(company):
    late = [
        version
        for records in company[0].records.values()
        for versions in records.values()
        for version in versions
        if version.updated_at != version.visible_at
    ]
    assert len(late) == 2
    clock = DEMO_DAYS[1][0]
    for version in late:
        assert version.updated_at == clock - timedelta(minutes=8)
        assert version.visible_at == clock + timedelta(minutes=2)


def test_many_rows_share_a_stamp():
    world = build(200)[0]
    deals = Counter(versions[-1].updated_at for versions in world.records["salesforce", "Opportunity"].values())
    hours = Counter(versions[-1].updated_at for versions in world.records["kantata", "time_entries"].values())
    assert deals.most_common(1)[0][1] > 400
    assert hours.most_common(1)[0][1] > 200


def test_ids_look_like_the_vendors(company):
    prefixes = {"Account": "001", "Opportunity": "006", "SBQQ__Subscription__c": "a0X"} | {
        "Case": "500",
        "Escalation_Route__c": "a1E",
        "Handoff__c": "a1H",
        "Commission__c": "a1C",
        "AccountTeamMember": "01M",
        "Event": "00U",
        "EventRelation": "0RE",
        "EmailMessage": "02s",
        "EmailMessageRelation": "0ER",
        "Kickoff__c": "a1K",
        "Success_Plan__c": "a1S",
        "Debrief__c": "a1D",
        "Closeout__c": "a1O",
        "Deliverable__c": "a1V",
        "Checklist_Item__c": "a1L",
        "Promise__c": "a1P",
    }
    for (vendor, kind), records in company[0].records.items():
        if vendor == "tables":  # the company's own, with keys of their own
            continue
        lengths = {len(key) for key in records}
        assert len(lengths) == 1, (vendor, kind)
        if vendor == "salesforce":
            assert lengths == {18}
            assert all(key.startswith(prefixes[kind]) for key in records)
        else:
            assert all(key.isdigit() for key in records)


def test_every_way_a_handoff_falls_short_is_planted(ledger):
    found = ledger.handoffs(NOVEMBER)
    assert {one.form for one in found.values()} == {"none", "incomplete", "unsigned", "signed"}
    assert {one.kickoff for one in found.values()} == {"none", "no_template", "unconfirmed", "confirmed", "changed"}
    assert {len(one.valid) for one in found.values()} == {0, 4, 5}
    missing = Counter(name for one in found.values() if len(one.valid) == 4 for name in ELEMENTS - one.valid)
    assert missing.keys() == ELEMENTS


def test_every_way_a_closing_falls_short_is_planted(ledger):
    found = ledger.closings(NOVEMBER).values()
    assert {one.success_plan for one in found} == {"none", "started", "in_time", "late", "missing"}
    assert {one.debrief for one in found} == {"none", "due", "missed", "incomplete", "late", "complete"}
    assert {one.closeout for one in found} == {"none", "incomplete", "complete", "closed_unsigned"}
    checklists = {"none", "open", "signed", "late", "advanced_unsigned"}
    assert [{one.checklists[point] for one in found} for point in (0, 1)] == [checklists, checklists]
    assert all(any(one.promises[state] for one in found) for state in range(4))


def test_every_state_of_a_commission_is_planted(ledger):
    found = ledger.commissions(NOVEMBER).values()
    assert {one.state for one in found} == {"pending", "held", "released", "overridden", "void"}
    reasons = {"no_form", "incomplete", "unsigned", "withdrawn", "deal_lost", "payout_cancelled"}
    assert {one.reason for one in found} == {None, *reasons}
    assert any(one.is_edited for one in found)
    assert any(one.held and one.state == "held" for one in found)


def test_projects_succeed_fail_or_are_not_rated(ledger):
    assert set(ledger.successes(NOVEMBER).values()) == {"success", "failed", "unknown"}


def test_work_is_blocked_stalled_slow_or_moves(ledger):
    found = {one.state for day in DAYS for one in ledger.stalls(day).values()}
    assert found == {"blocked", "stalled", "slow", "moving"}


def test_every_way_a_burn_in_goes_is_planted(ledger):
    found = [one for _, day in DEMO_DAYS for one in ledger.burn_ins(day).values()]
    assert {one.state for one in found} == {"none", "open", "covered", "uncovered"}
    lacking = {(min(one.assigned), min(one.touches)) for one in found if one.state == "uncovered"}
    assert {(0, 1), (1, 0)} <= lacking


def test_a_form_completed_late_is_incomplete_until_then(ledger):
    changed = [history for history in ledger.facts.forms.values() if len(history) > 1 and history[1][1] is not None]
    late = [history[:2] for history in changed if history[0][1] != history[1][1]]
    assert late
    for (_, first), (since, last) in late:
        assert (ELEMENTS - first.valid, first.signed) == ({"goals"}, None)
        assert (last.valid, last.signed) == (ELEMENTS, local_day(since))


def test_every_way_a_request_goes_wrong_is_planted(ledger):
    found = ledger.tickets(NOVEMBER).values()
    assert {one.ticket.is_misrouted for one in found} == {True, False, None}
    assert {one.ticket.kind for one in found} == {"reactive", "proactive", "strategic", "unknown"}
    assert {one.ticket.rating for one in found} == {"good", "bad", None}
    assert {"digital", "unmatched"} <= {one.tier for one in found}
    named = {one.ticket.account for one in found if one.account is None}
    assert None in named and len(named) == 2  # some name no account, some one that is not there


def test_a_request_is_answered_and_solved_in_time_to_be_seen_later(ledger):
    histories = list(ledger.facts.tickets.values())
    assert all(history[0][1].replied is None and history[0][1].closed is None for history in histories)
    assert any(history[-1][1] is None for history in histories)  # deleted at last
    late = [one for one in ledger.tickets(NOVEMBER).values() if (one.ticket.reply_seconds or 0) > 24 * 3600]
    assert all(one.ticket.replied > one.ticket.opened for one in late) and late


def test_escalations_are_planted_on_projects_and_at_closeouts(ledger):
    found, projects = ledger.escalations(NOVEMBER).values(), ledger.escalated_projects(NOVEMBER).values()
    assert {one.has_route for one in found} == {True, False}
    assert any(one.late for one in found) and any(one.new for one in found) and any(one.open for one in projects)
    assert sum(one.has_route for one in ledger.escalations(SEPTEMBER).values()) < sum(one.has_route for one in found)
