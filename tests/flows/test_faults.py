"""Whatever the vendors do wrong, the published numbers are those of a night without faults.

A fault that passes leaves no trace at all; one that lasts fails its own part of the night, says what to do about it,
and the next good night puts everything right.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sandbox.faults import SOURCES
from tests.flows.conftest import OCTOBER, QUICK, TODAY, Installation, installation
from tests.flows.sameness import Marts, of_days, same, without
from tests.flows.switches import LASTING, PASSING, STATUSES, faults

FRIDAY = (datetime(2026, 11, 20, 5, tzinfo=UTC), date(2026, 11, 19))  # data older than a week withhold a publish


def insist_on_firing(baton) -> None:
    silent = [(row["name"], row["vendor"], row["seen"]) for row in baton.sandbox.faults.counts() if not row["fired"]]
    assert not silent, f"never shown (name, vendor, requests met): {silent}"


@pytest.mark.parametrize("name", PASSING)
def test_a_fault_that_passes_changes_no_number(undisturbed, fresh, name: str):
    fresh.sandbox.set_faults(*faults(name))
    state = fresh.night(*TODAY)
    assert state.is_completed(), state.message
    insist_on_firing(fresh)
    same(fresh.marts(), undisturbed.today_alone)


def test_all_of_them_together_on_two_nights_change_no_number(undisturbed, fresh):
    for night in (OCTOBER, TODAY):
        spread = [one for place, name in enumerate(PASSING) for one in faults(name, 3 * place, 2)]
        fresh.sandbox.set_faults(*STATUSES, *spread)
        state = fresh.night(*night)
        assert state.is_completed(), state.message
        if night == OCTOBER:  # the second night asks for less: not every fault finds its request there
            insist_on_firing(fresh)
    assert sum(row["fired"] for row in fresh.sandbox.faults.counts()) > len(PASSING)
    same(fresh.marts(), undisturbed.today)


WHAT_LASTS = {  # the parts that fail, and words of the message
    "daily_limit": (
        {("salesforce", "account")},
        ("salesforce is partly pulled", "account:", "API requests in 24 hours is used up", "run again when it frees"),
    ),
    "denied_scope": (
        {("kantata", "time_entry")},
        ("kantata is partly pulled", "time_entry:", "403", "BATON_SOURCES__KANTATA__TOKEN the right"),
    ),
    "missing_field": (
        {("salesforce", "opportunity"), ("kantata", "workspace")},
        ("opportunity:", "Opportunity.Type", "workspace:", "Workspace.Contract type", "give the user access to it"),
    ),
}


@contextmanager
def copied(kept: Path, home: Path, world) -> Iterator[Installation]:
    shutil.copytree(kept, home)
    with installation(home, world, more=QUICK) as baton:
        yield baton


@dataclass(frozen=True)
class Weekend:
    """An installation as the night before the weekend left it, and its marts after today's night."""

    home: Path
    today: Marts


@pytest.fixture(scope="module")
def weekend(undisturbed, paged_company, tmp_path_factory) -> Weekend:
    kept = tmp_path_factory.mktemp("weekend")
    with copied(undisturbed.after_october, kept / "home", paged_company) as baton:
        assert baton.night(*FRIDAY).is_completed()
        shutil.copytree(baton.home, kept / "friday")
        assert baton.night(*TODAY).is_completed()
        return Weekend(kept / "friday", baton.marts())


@pytest.mark.parametrize("name", LASTING)
def test_a_fault_that_lasts_fails_its_part_and_is_made_good(weekend, paged_company, tmp_path, name: str):
    parts, said = WHAT_LASTS[name]
    with copied(weekend.home, tmp_path / "home", paged_company) as baton:
        baton.sandbox.set_faults(*LASTING[name])
        state = baton.night(*TODAY)
        insist_on_firing(baton)
        assert state.is_failed()
        assert [text for text in said if text not in state.message] == []
        assert [row["state"] for row in tonight(baton, "run")] == ["partly_failed"]
        pulls = tonight(baton, "pull")
        assert {(row["source"], row["entity"]) for row in pulls if row["state"] == "failed"} == parts
        others = {row["source"] for row in pulls if row["state"] != "failed"}
        silent = {"salesforce"} if name == "daily_limit" else set()
        assert others == {*SOURCES, "tables"} - silent, "the others were pulled"
        marts, older = baton.marts(), {OCTOBER[1], FRIDAY[1]}
        assert marts["scope_creep_project"].num_rows > of_days(marts, older)["scope_creep_project"].num_rows, (
            "published"
        )
        same(of_days(marts, older), of_days(weekend.today, older))

        baton.sandbox.set_faults()
        assert baton.night(*TODAY).is_completed()
        same(without(baton.marts(), "alert_state"), without(weekend.today, "alert_state"))
        health = baton.rows("SELECT status FROM ops.alert_state WHERE kind IN ('source_failed', 'entity_failed')")
        assert {row["status"] for row in health} == {"resolved"}


def tonight(baton: Installation, table: str) -> list[dict]:
    """The rows of `ops.run` or `ops.pull` that today's nights wrote."""
    if table == "run":
        return baton.rows("SELECT * FROM ops.run WHERE flow = 'nightly' AND as_of = :day", day=TODAY[1])
    evening = TODAY[0] - timedelta(hours=12)  # a failed pull has no window
    return baton.rows("SELECT * FROM ops.pull WHERE window_to IS NULL OR window_to > :evening", evening=evening)


def test_a_source_that_was_silent_for_weeks_withholds_the_publish(undisturbed, paged_company, tmp_path):
    with copied(undisturbed.after_october, tmp_path / "home", paged_company) as baton:
        baton.sandbox.set_faults(*LASTING["daily_limit"])
        state = baton.night(*TODAY)
        assert state.is_failed()
        assert f"publish of {TODAY[1]} withheld, the last good one stays" in state.message
        same(without(baton.marts(), "alert_state"), without(undisturbed.october, "alert_state"))
