"""The pretend company read as a Rocketlane account: its projects' leakage is the planted one.

Rocketlane says neither which time an invoice bills nor what a change order or a milestone is worth. Whether a project's
classes can be found without is decided from the plant alone. What else differs: tests/core/test_three_pairs.py.
"""

from collections import defaultdict

import pytest

from tests.core.pairs import AS_OF, first_in_first_out


@pytest.fixture(scope="module")
def planted(everywhere):
    """By (project, class): gross value and leakage."""
    return {key: (leak.gross_minor, leak.leakage_minor) for key, leak in everywhere.ledger.creep(AS_OF).items()}


@pytest.fixture(scope="module")
def found(pairs):
    """Likewise from Rocketlane."""
    sums = defaultdict(lambda: (0, 0))
    for row in pairs["rocketlane"]["scope_creep_entry"].values():
        key = row["project_id"], row["leakage_class"]
        sums[key] = sums[key][0] + (row["gross_minor"] or 0), sums[key][1] + (row["leakage_minor"] or 0)
    return dict(sums)


def test_every_class_of_time_is_the_planted_one_where_rocketlane_carries_the_inputs(everywhere, planted, found):
    can = first_in_first_out(everywhere.ledger.facts)
    kept = {
        (project, name): sums
        for (project, name), sums in planted.items()
        if project in can and any(sums) and name != "L8"  # owed for a milestone, not for time
    }
    assert {key: sums for key, sums in found.items() if key[0] in can and any(sums)} == kept
    # Not an empty promise: more than half of the projects, and these classes.
    assert len({project for project, _ in kept}) > len({project for project, _ in planted}) / 2
    assert {name for _, name in kept} >= {"BILLED", "L2", "L3", "L5", "WIP", "AT_RISK_UNAPPROVED",
                                          "COVERED_BY_FEE", "COVERED_BY_RETAINER"}  # fmt: skip


def test_what_rocketlane_cannot_carry_shows_in_no_class(found):
    assert not {"L1", "L6", "L8", "COVERED_BY_CO"} & {name for _, name in found}
