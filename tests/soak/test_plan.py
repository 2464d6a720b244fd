"""A soak is the same whenever its seed is, and reaches every kind of run, moment and fault on both warehouses."""

from sandbox.faults import KINDS
from tests.flows.switches import SHOWN_BY
from tests.soak.plan import DIALECTS, EVENTS, plan


def test_the_seed_alone_decides():
    assert plan(7, 100) == plan(7, 100)
    assert plan(7, 100) != plan(8, 100)
    assert plan(7, 10)[:3] == plan(7, 100)[:3]


def test_as_many_kills_as_asked():
    assert [sum(len(one.aims) for one in plan(seed, seed)) for seed in range(1, 9)] == [*range(1, 9)]


def test_every_run_moment_and_fault_on_both_warehouses():
    rounds = plan(20261120, 100)
    aimed = {(one.dialect, one.phase, aim.event) for one in rounds for aim in one.aims}
    missed = {(dialect, phase, event) for dialect in DIALECTS for phase in EVENTS for event in EVENTS[phase]} - aimed
    assert missed == set()
    for dialect in DIALECTS:
        met = {name for one in rounds if one.dialect == dialect for name in (*one.passing, one.lasting) if name}
        assert met == {name for name, kind in KINDS.items() if set(kind.vendors) & set(SHOWN_BY)}
    assert {len(one.aims) for one in rounds} >= {1, 2, 3}
