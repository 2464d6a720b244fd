"""A run that is killed and started again gives the same warehouse as one that was left alone.

The rounds are some of those that `make soak` plays: each kind of run once, the two warehouses by turns.
"""

import pytest
from prefect.settings import PREFECT_API_URL

from tests.flows.conftest import TODAY
from tests.flows.sameness import same, without
from tests.soak.command import begin, finish
from tests.soak.plan import DIALECTS, Dialect, Round, plan
from tests.soak.play import play
from tests.soak.stage import Stage, night

SEED = 20261120
ROUNDS = [one for one in plan(SEED, kills=100)[:10] if one.number % 4 in (0, 1)]


@pytest.fixture(scope="module")
def stages(prefect_server, postgresql_url, paged_company, tmp_path_factory) -> dict[Dialect, Stage]:
    servers: dict[Dialect, str] = {"duckdb": "", "postgresql": postgresql_url}
    folder = tmp_path_factory.mktemp("kills")
    return {name: Stage(paged_company, PREFECT_API_URL.value(), folder / name, servers[name]) for name in DIALECTS}


@pytest.mark.parametrize("one", ROUNDS, ids=lambda one: f"{one.number}-{one.phase}-{one.dialect}")
def test_a_killed_run_started_again(stages, one: Round):
    played = play(stages[one.dialect], one)
    print(f"seed {SEED}, round {one.number}, killed at {played.moments} under {one.passing} {one.lasting}")
    assert played.problems == ()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_two_nights_at_once(stages, dialect: Dialect):
    """They may disturb each other, but not the warehouse; whoever gives up says why and what to do."""
    stage = stages[dialect]
    with stage.copy(stage.october) as baton:
        both = [begin(baton, stage.prefect, TODAY[0], *night(TODAY[1])) for _ in range(2)]
        said = [finish(run) for run in both]
        for run, text in zip(both, said, strict=True):
            assert run.process.returncode == 0 or ("run again" in text and "Traceback" not in text), text[-3000:]
        expected = stage.undisturbed("night").marts
        same(without(baton.marts(), "alert_state"), without(expected, "alert_state"))


def test_the_warehouses_hold_the_same(stages):
    left_alone = [stages[dialect].undisturbed("night").marts for dialect in DIALECTS]
    same(*left_alone)
