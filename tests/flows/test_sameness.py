"""A difference between two warehouses is told by table, key and column."""

import pyarrow as pa

from tests.flows.sameness import differences

STATES = [{"fingerprint": "a", "status": "open"}, {"fingerprint": "b", "status": "open"}]


def told(*found: dict) -> list[str]:
    return differences(*({"alert_state": pa.Table.from_pylist(list(rows))} for rows in (found, STATES)))


def test_nothing_to_tell_whatever_the_order():
    assert told(*reversed(STATES)) == []


def test_a_value_a_row_missing_and_a_row_too_many():
    assert told({"fingerprint": "a", "status": "resolved"}, {"fingerprint": "c", "status": "open"}) == [
        "alert_state fingerprint=a: status resolved instead of open",
        "alert_state fingerprint=b: is missing",
        "alert_state fingerprint=c: should not be there",
    ]


def test_a_row_that_is_there_twice():
    assert told(*STATES, STATES[0]) == ["alert_state fingerprint=a: should not be there"]
