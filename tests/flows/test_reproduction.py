"""What was published once is produced again: by the same nights over again, and from the lake as it was known then."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest

from flows.publish import publish
from sandbox.company import DEMO_DAYS
from tests.flows.conftest import TODAY, Installation, installation
from tests.flows.sameness import Marts, same, without


@dataclass(frozen=True)
class Demo:
    """Four nights of the small company, and the marts as each of them left them."""

    baton: Installation
    after: dict[date, Marts]

    def again(self) -> None:
        """The same nights, with the clock set back to each."""
        for clock, as_of in DEMO_DAYS:
            state = self.baton.night(clock, as_of)
            assert state.is_completed(), state.message


@pytest.fixture(scope="module")
def demo(prefect_server, small_company, tmp_path_factory) -> Iterator[Demo]:
    with installation(tmp_path_factory.mktemp("twice") / "home", small_company[0]) as baton:
        done = Demo(baton, {})
        for clock, as_of in DEMO_DAYS:
            state = baton.night(clock, as_of)
            assert state.is_completed(), state.message
            done.after[as_of] = baton.marts()
        yield done


def test_later_pulls_have_changed_what_a_day_would_show(demo):
    """Otherwise the tests below would prove nothing."""
    by_night = "SELECT date_trunc('day', window_to) AS night, sum(rows_appended) AS appended FROM ops.pull GROUP BY 1"
    pulls = demo.baton.rows(by_night)
    assert len(pulls) == len(DEMO_DAYS)
    assert all(row["appended"] > 0 for row in pulls), pulls


def test_an_old_day_as_known_then(demo, small_company, tmp_path):
    """In a warehouse of its own over the same lake, so that the marts that keep only the newest day are there too."""
    where = {"BATON_LAKE_URL": str(demo.baton.home / "lake")}
    with installation(tmp_path / "home", small_company[0], more=where) as reader:
        for known_at, as_of in DEMO_DAYS:
            reader.at(TODAY[0])
            state = publish(as_of, known_at=known_at, return_state=True)
            assert state.is_completed(), state.message
            same(without(reader.marts(), "alert_state"), without(demo.after[as_of], "alert_state"))


def test_a_second_demo_changes_no_number(demo):
    before = demo.baton.marts()
    restated = demo.baton.rows("SELECT count(*) AS number FROM ops.restatement")
    demo.again()
    same(demo.baton.marts(), before)
    assert demo.baton.rows("SELECT count(*) AS number FROM ops.restatement") == restated
