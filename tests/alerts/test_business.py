"""Business alerts come from the newest published marts only, open at a threshold and close below it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from config.policy import policy
from config.settings import Settings
from tasks.alerts.business import RULES, evaluate
from tasks.alerts.closeout_rule import closeout_unsigned
from tasks.alerts.escalation_rules import breach
from tasks.alerts.outbox import deliver
from tasks.alerts.rule import Day
from tasks.metrics.catalogue import METRICS
from tasks.metrics.metric import Metric
from tasks.warehouse.columns import published_name
from tasks.warehouse.connect import Warehouse
from tasks.warehouse.publish import Build, publish
from tasks.warehouse.serving import rows

NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
DAY = date(2026, 11, 20)
CREEP = {
    "project_id": pa.string(),
    "unbilled_scope_creep_minor": pa.int64(),
    "creep_pct": pa.float64(),
    "missing_rate_seconds": pa.int64(),
}
MONTHLY = {
    "month": pa.date32(),
    "capture_pct": pa.float64(),
    "captured_minor": pa.int64(),
    "out_of_scope_minor": pa.int64(),
}
SCHEDULE = {
    "project_id": pa.string(), "is_open": pa.bool_(), "band": pa.string(), "band_reason": pa.string(),
    "spi_t_ratio": pa.float64(), "finish_slip_working_days": pa.int64(), "cpi_ratio": pa.float64(),
    "tcpi_ratio": pa.float64(),
}  # fmt: skip
NRR = {"month": pa.date32(), "segment": pa.string(), "nrr_pct": pa.float64(), "grr_pct": pa.float64()}
AT_CLOSEOUT = {"project_id": pa.string(), "closed_date": pa.date32(), "still_open_count": pa.int64()}
PATH = {"account_id": pa.string(), "tier": pa.string(), "state": pa.string(), "late_count": pa.int64()}
CLOSEOUT = {"opportunity_id": pa.string(), "delivered_date": pa.date32(), "is_closed_unsigned": pa.bool_()}
QUIET = {
    "account_id": pa.string(), "state": pa.string(), "severity": pa.string(), "quiet_days": pa.int64(),
    "required_count": pa.int64(), "trained_count": pa.int64(),
}  # fmt: skip
SURVEY = {"project_id": pa.string(), "state": pa.string(), "closed_since_days": pa.int64()}
MARTS: Mapping[str, tuple[tuple[str, ...], Mapping[str, pa.DataType]]] = {
    "scope_creep_project": (("project_id",), CREEP),
    "scope_creep_monthly": (("month",), MONTHLY),
    "schedule_project": (("project_id",), SCHEDULE),
    "nrr_monthly": (("month", "segment"), NRR),
    "closeout_deal": (("opportunity_id",), CLOSEOUT),
    "escalation_project": (("project_id",), AT_CLOSEOUT),
    "escalation_account": (("account_id",), PATH),
    "quiet_account": (("account_id",), QUIET),
    "closeout_survey_project": (("project_id",), SURVEY),
}


def compute() -> None:
    """A mart of the test."""


def mart(name: str, *given: tuple[Any, ...]) -> tuple[Metric, pa.Table]:
    grain, kinds = MARTS[name]
    table = pa.Table.from_pylist(
        [dict(zip(kinds, row, strict=True)) for row in given], schema=pa.schema(list(kinds.items()))
    )
    return Metric(name, grain, (), dict.fromkeys(kinds, "meaning"), compute), table


def put(where: Warehouse, *marts: tuple[Metric, pa.Table], as_of: date = DAY) -> None:
    publish(where, list(marts), Build(as_of, NOW, f"run-{as_of}", NOW, "USD"))


def judge(where: Warehouse, settings: Settings, as_of: date = DAY) -> set[tuple[str, str, str]]:
    evaluate(where, settings, policy(), as_of, NOW)
    found = rows(where, "SELECT kind, entity, severity FROM ops.alert_state WHERE status = 'open'")
    return {(row["kind"], row["entity"], row["severity"]) for row in found}


def test_creep_needs_the_amount_and_the_share(where: Warehouse, settings: Settings) -> None:
    put(where, mart(
        "scope_creep_project",
        ("over", 1_000_00, 10.0, 0), ("small", 999_99, 50.0, 0), ("slight", 4_000_00, 9.9, 0),
        ("worst", 5_000_00, 10.0, 0),
        ("unvalued", 0, None, 0),
    ))  # fmt: skip
    assert judge(where, settings) == {("scope_creep", "over", "warning"), ("scope_creep", "worst", "critical")}


def test_creep_closes_only_below_the_hysteresis(where: Warehouse, settings: Settings) -> None:
    outcome = []
    for day, (amount, share) in enumerate(
        [(999_99, 20.0), (1_000_00, 20.0), (901_00, 20.0), (901_00, 9.5), (900_00, 20.0), (901_00, 20.0)]
    ):
        as_of = DAY + timedelta(days=day)
        put(where, mart("scope_creep_project", ("p1", amount, share, 0)), as_of=as_of)
        outcome.append(bool(judge(where, settings, as_of)))
    assert outcome == [False, True, True, True, False, False]


def test_judging_twice_changes_nothing(where: Warehouse, settings: Settings, http) -> None:
    put(where, mart("scope_creep_project", ("p1", 9_000_00, 20.0, 0)))
    judge(where, settings)
    before = rows(where, "SELECT * FROM ops.alert_state"), rows(where, "SELECT fingerprint FROM ops.alert_outbox")
    put(where, mart("scope_creep_project", ("p1", 9_000_00, 20.0, 0)))
    judge(where, settings)
    assert (
        rows(where, "SELECT * FROM ops.alert_state"),
        rows(where, "SELECT fingerprint FROM ops.alert_outbox"),
    ) == before
    deliver(where, settings, NOW, http)
    deliver(where, settings, NOW, http)
    assert len(http.sinks.messages) == 1
    assert http.sinks.events == [], "business alerts never page"


def test_an_older_day_says_nothing_about_today(where: Warehouse, settings: Settings) -> None:
    put(where, mart("scope_creep_project", ("p1", 9_000_00, 20.0, 0)))
    assert judge(where, settings) == {("scope_creep", "p1", "critical")}
    put(where, mart("scope_creep_project"), as_of=date(2026, 9, 30))
    assert judge(where, settings, date(2026, 9, 30)) == {("scope_creep", "p1", "critical")}


def test_a_mart_never_published_resolves_nothing(where: Warehouse, settings: Settings) -> None:
    put(where, mart("nrr_monthly", (date(2026, 10, 1), "all", 90.0, 80.0)))
    assert judge(where, settings) == {("nrr", "target", "warning")}


def test_capture_judges_a_month_that_had_time_to_be_invoiced(where: Warehouse, settings: Settings) -> None:
    september, october = (date(2026, 9, 1), 80.0, 80_00, 100_00), (date(2026, 10, 1), 0.0, 0, 100_00)
    put(where, mart("scope_creep_monthly", (date(2026, 8, 1), 10.0, 1, 10), september, october))
    assert judge(where, settings) == {("capture_rate", "company", "warning")}
    title = rows(where, "SELECT title FROM ops.alert_state")[0]["title"]
    assert title == "September 2026: 80.0 % of out-of-scope work captured"
    tomorrow = DAY + timedelta(days=1)
    put(where, mart("scope_creep_monthly", (date(2026, 9, 1), 100.0, 100_00, 100_00), october), as_of=tomorrow)
    assert judge(where, settings, tomorrow) == set()


def test_missing_rates_are_one_alert_with_five_samples(where: Warehouse, settings: Settings) -> None:
    put(where, mart("scope_creep_project", *((f"p{n}", 0, None, 3600 * n) for n in range(8))))
    assert judge(where, settings) == {("rate_missing", "company", "warning")}
    state = rows(where, "SELECT title FROM ops.alert_state")[0]
    assert state["title"] == "28.0 hours on 7 projects have no rate"


def test_schedule_follows_the_band_and_lingers(where: Warehouse, settings: Settings) -> None:
    put(where, mart(
        "schedule_project",
        ("red", True, "red", "slip", 0.85, 12, None, 1.2), ("amber", True, "amber", "spi_t", 0.94, 0, None, None),
        ("closed", False, "red", "slip", 0.5, 40, None, None),
        ("unknown", True, "unknown", None, None, None, None, None),
        ("green", True, "green", None, 0.952, 0, None, None),
    ))  # fmt: skip
    assert judge(where, settings) == {("schedule", "red", "error"), ("schedule", "amber", "warning")}
    tomorrow = DAY + timedelta(days=1)
    put(where, mart(
        "schedule_project",
        ("red", True, "unknown", None, None, None, None, None), ("amber", True, "green", None, 0.952, 0, None, None),
        ("green", True, "green", None, 0.952, 0, None, None),
    ), as_of=tomorrow)  # fmt: skip
    assert judge(where, settings, tomorrow) == {("schedule", "red", "warning"), ("schedule", "amber", "warning")}
    later = DAY + timedelta(days=2)
    put(
        where,
        mart(
            "schedule_project",
            ("red", False, "green", None, 1.0, 0, None, None),
            ("amber", True, "green", None, 0.956, 0, None, None),
        ),
        as_of=later,
    )
    assert judge(where, settings, later) == set()


def test_a_schedule_alert_names_its_reason_and_leaves_out_the_rest(where: Warehouse, settings: Settings) -> None:
    put(where, mart(
        "schedule_project",
        ("a", True, "red", "slip", None, 12, None, -0.0), ("b", True, "amber", "spi_t", 0.94, 1, 1.0, -3.0),
        ("c", True, "red", "budget_spent", 0.99, 0, 0.5, None), ("d", True, "red", "cpi", 1.0, 0, 0.85, 1.3),
        ("e", True, "red", "tcpi", 1.0, -2, 0.95, 1.2),
    ))  # fmt: skip
    judge(where, settings)
    found = {row["entity"]: row["title"] for row in rows(where, "SELECT entity, title FROM ops.alert_state")}
    assert found == {
        "a": "Project a is red: finish 12 working days late",
        "b": "Project b is amber: behind plan, SPI(t) 0.94",
        "c": "Project c is red: its budget is spent and work is left",
        "d": "Project d is red: over cost, CPI 0.85",
        "e": "Project e is red: the rest has to go better than planned, TCPI 1.20",
    }


def test_what_closed_unsigned_is_one_alert_that_names_the_newest(where: Warehouse, settings: Settings) -> None:
    unsigned = [(f"d{n}", date(2026, 10, n), True) for n in range(1, 8)]
    signed, unknown = ("signed", date(2026, 10, 9), False), ("unknown", date(2026, 10, 9), None)
    put(where, mart("closeout_deal", *unsigned, signed, unknown))
    assert judge(where, settings) == {("closeout_unsigned", "company", "warning")}
    (state,) = rows(where, "SELECT title FROM ops.alert_state")
    assert state["title"] == "7 deals were delivered and closed without a sign-off"
    given = [dict(zip(CLOSEOUT, row, strict=True)) for row in unsigned]
    (alert,) = closeout_unsigned(given, Day(DAY, policy(), "USD", lambda alert: None))
    assert alert.facts["deals"] == "d7, d6, d5, d4, d3"
    tomorrow = DAY + timedelta(days=1)
    put(where, mart("closeout_deal", signed, unknown), as_of=tomorrow)
    assert judge(where, settings, tomorrow) == set()


def test_one_project_without_a_rate_is_one_project(where: Warehouse, settings: Settings) -> None:
    put(where, mart("scope_creep_project", ("p1", 0, None, 36_000)))
    judge(where, settings)
    assert rows(where, "SELECT title FROM ops.alert_state")[0]["title"] == "10.0 hours on 1 project have no rate"


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (101.0, 99.9, {"target"}),
        (106.0, 101.0, {"drop"}),
        (106.0, 99.0, {"target", "drop"}),
        (104.9, 100.0, set()),
        (None, 100.0, set()),
    ],
)
def test_nrr_alerts_on_its_target_and_on_a_drop(where: Warehouse, settings: Settings, before, now, expected) -> None:
    months = [
        (date(2026, 9, 1), "all", before, 90.0),
        (date(2026, 10, 1), "all", now, None),
        (date(2026, 10, 1), "SMB", 10.0, 10.0),
    ]
    put(where, mart("nrr_monthly", *months))
    assert {entity for _, entity, _ in judge(where, settings)} == expected


def test_empty_marts_alert_nobody(where: Warehouse, settings: Settings) -> None:
    put(where, *(mart(name) for name in MARTS))
    assert judge(where, settings) == set()


def test_sixty_projects_are_one_message(where: Warehouse, settings: Settings, http) -> None:
    put(where, mart("scope_creep_project", *((f"kantata:{n:012}", 2_000_00, 20.0, 0) for n in range(60))))
    judge(where, settings)
    assert deliver(where, settings, NOW, http).sent == 120
    assert [message["text"] for message in http.sinks.messages] == ["60 alerts: scope_creep"]
    assert "+40 more" in str(http.sinks.messages[0])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.kind)
def test_every_column_a_rule_reads_is_published(rule) -> None:
    metrics = {metric.table: metric for metric in METRICS}
    assert set(rule.columns) <= {published_name(name) for name in metrics[rule.table].columns}


def test_escalations_left_at_a_closeout_are_one_alert_until_solved(where: Warehouse, settings: Settings) -> None:
    left, fine = ("left", date(2026, 10, 9), 2), ("fine", date(2026, 10, 9), 0)
    running, unknown = ("running", None, 0), ("unknown", date(2026, 10, 9), None)
    put(where, mart("escalation_project", left, fine, running, unknown))
    assert judge(where, settings) == {("escalation_at_closeout", "company", "warning")}
    (state,) = rows(where, "SELECT title FROM ops.alert_state")
    assert state["title"] == "2 escalations that were open at a closeout: still not solved"
    tomorrow = DAY + timedelta(days=1)
    put(where, mart("escalation_project", ("left", date(2026, 10, 9), 0), unknown), as_of=tomorrow)
    assert judge(where, settings, tomorrow) == set()


def test_digital_customers_without_a_way_to_a_person_are_one_alert(where: Warehouse, settings: Settings) -> None:
    breaches = [("1", "digital", "no_route", 0), ("2", "digital", "late", 1)]
    others = [("3", "digital", "in_order", 0), ("4", "mixed", "late", 1), ("5", "digital", "unknown", None)]
    put(where, mart("escalation_account", *breaches, *others))
    assert judge(where, settings) == {("escalation_path", "company", "warning")}
    (state,) = rows(where, "SELECT title FROM ops.alert_state")
    assert state["title"] == "2 digital customers have no way to a person, or waited too long for one"
    (alert,) = breach(
        [dict(zip(PATH, row, strict=True)) for row in breaches], Day(DAY, policy(), "USD", lambda _: None)
    )
    assert alert.facts["accounts"] == "2, 1"
    tomorrow = DAY + timedelta(days=1)
    put(where, mart("escalation_account", *others), as_of=tomorrow)
    assert judge(where, settings, tomorrow) == set()


def test_a_quiet_account_is_louder_where_training_is_incomplete(where: Warehouse, settings: Settings) -> None:
    put(where, mart(
        "quiet_account",
        ("silent", "quiet", "warning", 30, 2, 2), ("orphan", "quiet", "error", 45, 2, 1), ("untold", "quiet", "warning",
        30, None, None), ("busy", "active", None, 3, 2, 0), ("gone", "former", None, 99, 0, 0),
    ))  # fmt: skip
    assert judge(where, settings) == {
        ("quiet_account", "silent", "warning"), ("quiet_account", "orphan", "error"),
        ("quiet_account", "untold", "warning"),
    }  # fmt: skip


def test_stale_usage_neither_opens_nor_closes_a_quiet_account(where: Warehouse, settings: Settings) -> None:
    outcome = []
    for number, (state, days) in enumerate(
        [("stale", 40), ("quiet", 41), ("stale", 42), ("unknown", None), ("active", 1)]
    ):
        as_of = DAY + timedelta(days=number)
        severity = "warning" if state == "quiet" else None
        put(where, mart("quiet_account", ("a", state, severity, days, 0, 0)), as_of=as_of)
        outcome.append(bool(judge(where, settings, as_of)))
    assert outcome == [False, True, True, True, False]


def test_a_survey_that_was_not_sent_is_told_for_a_month(where: Warehouse, settings: Settings) -> None:
    told = ("new", "missing", 2), ("old", "missing", 30)
    silent = ("older", "missing", 31), ("due", "due", 1), ("late", "late", 9), ("untold", "unknown", 4)
    put(where, mart("closeout_survey_project", *told, *silent))
    assert judge(where, settings) == {("survey_missing", "new", "warning"), ("survey_missing", "old", "warning")}
