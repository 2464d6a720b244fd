"""The checks of a soak tell what is wrong; a night is not needed for that."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from deltalake import write_deltalake

from sandbox.company import build
from sandbox.sinks import settle
from tasks.alerts.outbox import deliver
from tasks.alerts.run_health import alert, raise_alert, report
from tasks.lake.append import append
from tasks.lake.shape import Column, Shape
from tasks.lake.typed import payload_texts, rows
from tasks.warehouse.ops import CONSERVATION, create_ops, record
from tests.flows.conftest import TODAY, Installation, installation
from tests.soak.checks import left_lying, unconserved, undelivered, versions_twice

NOW = TODAY[0]
FAILED = alert("run_failed", "nightly", "nightly failed", TODAY[1])


@pytest.fixture(scope="module")
def world():
    return build(20)[0]


@pytest.fixture
def baton(world, tmp_path) -> Iterator[Installation]:
    with installation(tmp_path / "home", world) as baton:
        yield baton


def page(baton: Installation) -> None:
    raise_alert(baton.warehouse, baton.settings, FAILED, "run 1", NOW)
    deliver(baton.warehouse, baton.settings, NOW)


def test_a_page_and_its_end_are_as_they_should_be(baton):
    page(baton)
    assert undelivered(baton) == []
    report(baton.warehouse, baton.settings, [], [("run_failed", "nightly")], "run 2", NOW)
    assert "run_failed resolve to pagerduty is pending: " in undelivered(baton)
    deliver(baton.warehouse, baton.settings, NOW + timedelta(hours=1))
    assert undelivered(baton) == []


def test_a_page_that_nobody_heard(baton):
    page(baton)
    baton.sandbox.sinks.empty()
    slack, pagerduty = undelivered(baton)
    assert slack.startswith("Slack heard 0 messages")
    assert pagerduty.startswith("PagerDuty never heard")


def test_a_page_twice_is_one_incident_until_it_was_resolved(baton):
    page(baton)
    once = dict(baton.sandbox.sinks.events[0])
    settle(baton.sandbox.sinks, once, once["dedup_key"])
    assert undelivered(baton) == []
    settle(baton.sandbox.sinks, once | {"event_action": "resolve"}, once["dedup_key"])
    assert undelivered(baton) == ["PagerDuty's incident of run_failed is resolved, its alert open"]
    settle(baton.sandbox.sinks, once, once["dedup_key"])
    assert undelivered(baton)[0].startswith("PagerDuty has 1 incidents too many")


def test_rows_that_are_not_conserved(baton):
    create_ops(baton.warehouse)
    counted = {"as_of": TODAY[1], "core_table": "account", "rows_read": 5, "rows_clean": 4, "rows_quarantined": 1}
    record(baton.warehouse, CONSERVATION, "1", [counted | {"counted": "keys"}, counted | {"counted": "versions"}])
    assert unconserved(baton) == []
    record(baton.warehouse, CONSERVATION, "2", [counted | {"counted": "keys", "rows_clean": 3}])
    assert unconserved(baton) == [
        "ops.conservation account (keys) of run 2: 5 read, 3 clean, 1 quarantined",
        "ops.conservation of run 2 is not whole",
    ]


def test_files_and_versions_that_should_not_be_there(baton):
    task = Shape("task", (Column("hours", "hours", "integer"),), stamp_path="updated")
    batch = rows(task, payload_texts([{"id": "1", "hours": 5}]), at=NOW, run_id="1")
    append(baton.settings.lake, "psa", "task", batch, hi=NOW)
    assert [*left_lying(baton, 0), *versions_twice(baton)] == []
    where = baton.home / "lake" / "psa" / "task"
    write_deltalake(where, batch, mode="append")
    (where / "of-no-commit.parquet").touch()
    (baton.home / "warehouse").mkdir()
    (baton.home / "warehouse" / "serve.7.tmp").touch()
    assert left_lying(baton, 0) == ["warehouse/serve.7.tmp was left", "1 files in the lake are of no commit"]
    assert left_lying(baton, 1) == ["warehouse/serve.7.tmp was left"]
    assert versions_twice(baton) == ["the lake holds a version of psa/task 1 twice"]
