"""What the contract pays for: fee hours, caps and retainers, split at the second."""

from datetime import date

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from tests.metrics.leakage_book import FX, HOUR, entry, plan_task, project, step

AS_OF = date(2026, 12, 31)


@pytest.fixture
def fits(rows, collected):
    """entry -> (hours that fit, whether the rest is final)"""

    def run(projects, entries, as_of=AS_OF, plan=()):
        frames = rows(fx_rate=FX, project=projects, time_entry=entries, plan_task=list(plan))
        found = collected(step(frames, "time_allowance", as_of))
        return {row["entry_id"]: (row["fits_seconds"] / HOUR, bool(row["is_final"])) for row in found}

    return run


def test_fee_hours_are_used_up_in_the_order_of_days_and_ids(fits):
    fee = project(contract_type="fixed_fee", budget_seconds=10 * HOUR)
    found = fits(
        [fee, project("open", "fixed_fee")],
        [
            entry("b", date(2026, 1, 2), 4),
            entry("a", date(2026, 1, 2), 5),
            entry("z", date(2026, 1, 1), 3),
            entry("later", date(2026, 1, 3), 1),
            entry("no budget named", date(2026, 1, 3), 99, project_id="open"),
        ],
    )
    assert found == {
        "z": (3, True),
        "a": (5, True),
        "b": (2, True),
        "later": (0, True),
        "no budget named": (99, True),
    }


def test_only_approved_billable_work_in_scope_uses_the_allowance(fits):
    found = fits(
        [project(contract_type="fixed_fee", budget_seconds=10 * HOUR)],
        [
            entry("extra", date(2026, 1, 1), 5, task_id="extra"),
            entry("free", date(2026, 1, 1), 5, is_billable=False),
            entry("submitted", date(2026, 1, 1), 5, approval="submitted"),
            entry("work", date(2026, 1, 2), 10),
        ],
        plan=[plan_task()],
    )
    assert found["work"] == (10, True)


def test_a_cap_is_used_up_by_value(fits):
    """1,000.00 at 70.00, 120.00 and 50.00 an hour: 700 + 300 of 360 = 2.5 hours, then nothing."""
    found = fits(
        [project(contract_type="capped", cap_minor=1000_00), project("open", "capped")],
        [
            entry("1", date(2026, 1, 1), 10, bill_rate_minor=70_00),
            entry("2", date(2026, 1, 2), 3, bill_rate_minor=120_00),
            entry("3", date(2026, 1, 3), 1, bill_rate_minor=50_00),
            entry("no cap named", date(2026, 1, 3), 99, project_id="open"),
        ],
    )
    assert found == {"1": (10, True), "2": (2.5, True), "3": (0, True), "no cap named": (99, True)}


def test_the_entry_that_crosses_a_cap_keeps_the_whole_seconds_that_fit(fits):
    """1.00 at 7.00 an hour is 514.28 seconds."""
    found = fits(
        [project(contract_type="capped", cap_minor=1_00)], [entry("1", date(2026, 1, 1), 1, bill_rate_minor=7_00)]
    )
    assert found["1"][0] * HOUR == 514


def test_a_cap_in_another_currency(fits):
    """In January a euro is worth 1.11 dollars: a cap of 111.00 dollars holds one hour of 100.00 euros."""
    found = fits([project(contract_type="capped", cap_minor=111_00)], [entry("1", date(2026, 1, 1), 2, currency="EUR")])
    assert found == {"1": (1, True)}


def test_a_retainer_without_carry_starts_afresh_every_month(fits):
    found = fits(
        [project(contract_type="retainer", retainer_seconds=40 * HOUR, has_retainer_carry=False)],
        [
            entry("jan", date(2026, 1, 15), 30),
            entry("jan over", date(2026, 1, 16), 15),
            entry("feb", date(2026, 2, 1), 41),
        ],
        as_of=date(2026, 2, 15),
    )
    assert found == {"jan": (30, True), "jan over": (10, True), "feb": (40, True)}


# Source: help.productive.io 9902502: 40 hours a month; 10 hours over in October leave 30 in November.
OCTOBER, NOVEMBER = entry("oct", date(2026, 10, 15), 50), entry("nov", date(2026, 11, 15), 35)
CARRIED = project(
    contract_type="retainer",
    retainer_seconds=40 * HOUR,
    has_retainer_carry=True,
    retainer_window_months=2,
    start_date=date(2026, 8, 10),
)


@pytest.mark.parametrize(
    ("as_of", "october", "november"),
    [
        (date(2026, 10, 31), (40, False), None),
        # November serves the 10 hours left of October first; the window is August-September, October-November.
        (date(2026, 11, 29), (50, False), (30, False)),
        (date(2026, 11, 30), (50, True), (30, True)),
    ],
)
def test_an_excess_is_carried_into_the_next_month_of_its_window(fits, as_of, october, november):
    found = fits([CARRIED], [OCTOBER, NOVEMBER], as_of)
    assert found["oct"] == october
    assert found.get("nov") == november


def test_an_excess_never_leaves_its_window(fits):
    """Windows are counted from the project's first month: July-August, September-October, November-December."""
    found = fits([{**CARRIED, "start_date": date(2026, 7, 1)}], [OCTOBER, NOVEMBER], date(2026, 11, 29))
    assert found == {"oct": (40, True), "nov": (35, False)}


@pytest.mark.parametrize(("as_of", "is_final"), [(date(2026, 8, 31), False), (date(2026, 9, 30), True)])
def test_only_what_no_month_has_served_yet_is_left_and_it_is_the_latest(fits, as_of, is_final):
    """45 and 40 hours on 40 a month: July's 5 are served in August, which leaves August's last 5, not 10.

    August offers its hours to the queue from its first day; a month without work lets the queue drain.
    """
    work = [entry("july", date(2026, 7, 10), 45), entry("august", date(2026, 8, 10), 40)]
    quarter = {**CARRIED, "start_date": date(2026, 7, 1), "retainer_window_months": 3}
    assert fits([quarter], work[:1], date(2026, 7, 31)) == {"july": (40, False)}
    assert fits([quarter], work[:1], date(2026, 8, 1)) == {"july": (45, False)}
    found = fits([quarter], work, as_of)
    assert found == {"july": (45, is_final), "august": (40 if is_final else 35, is_final)}


def test_what_was_reversed_uses_no_allowance(fits):
    found = fits(
        [project(contract_type="fixed_fee", budget_seconds=10 * HOUR)],
        [
            entry("1", date(2026, 1, 1), 8),
            entry("1 back", date(2026, 1, 5), -6, reverses_id="1"),
            entry("2", date(2026, 1, 3), 9),
        ],
    )
    assert found["1"] == (8, True)
    assert found["2"] == (8, True)


def queue(allowance, window, work, months):
    """Hours of each (month, index) paid for when every month of a window has ended; served first in, first out."""
    paid, waiting = dict.fromkeys(work, 0), []
    for month in range(months):
        if month % window == 0:
            waiting = []
        waiting += [key for key in sorted(work) if key[0] == month for _ in range(work[key])]
        served, waiting = waiting[:allowance], waiting[allowance:]
        for key in served:
            paid[key] += 1
    return paid


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    books=st.lists(
        st.tuples(
            st.integers(0, 6),
            st.integers(1, 4),
            st.dictionaries(st.tuples(st.integers(0, 11), st.integers(0, 2)), st.integers(1, 9), max_size=12),
        ),
        min_size=8,
        max_size=12,
    )
)
def test_a_retainer_is_a_queue(fits, books):
    """An hour-by-hour queue gives the same hours, once every window is over."""
    projects, entries, expected = [], [], {}
    for number, (allowance, window, work) in enumerate(books):
        name = f"p{number}"
        projects.append(
            project(
                name,
                "retainer",
                retainer_seconds=allowance * HOUR,
                has_retainer_carry=True,
                retainer_window_months=window,
                start_date=date(2026, 1, 1),
            )
        )
        for (month, index), hours in work.items():
            entries.append(entry(f"{name}/{month}/{index}", date(2026, month + 1, 10), hours, project_id=name))
        expected |= {f"{name}/{m}/{i}": hours for (m, i), hours in queue(allowance, window, work, 12).items()}
    found = fits(projects, entries, date(2026, 12, 31))
    assert {key: hours for key, (hours, _) in found.items()} == expected
