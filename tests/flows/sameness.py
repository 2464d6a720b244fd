"""Whether two warehouses hold the same: every value of every mart and of the alert states, whatever the dialect."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date

import pyarrow as pa

Marts = Mapping[str, pa.Table]


def same(found: Marts, expected: Marts) -> None:
    """Bit for bit the same rows, with a readable list of what is not."""
    assert found.keys() == expected.keys()
    apart = {}
    for name, table in expected.items():
        here, there = counted(found[name]), counted(table)
        if here != there:
            apart[name] = {"only found": list(here - there)[:3], "missing": list(there - here)[:3]}
    assert not apart, f"{len(apart)} of {len(expected)} tables differ: {apart}"
    assert sum(table.num_rows for table in expected.values())


def counted(table: pa.Table) -> Counter:
    """The rows as values, how often each is there; the order is left to the database, whose collation decides it."""
    names = sorted(table.column_names)
    return Counter(tuple((name, row[name]) for name in names) for row in table.to_pylist())


def without(marts: Marts, *names: str) -> Marts:
    return {name: table for name, table in marts.items() if name not in names}


def of_days(marts: Marts, days: Collection[date]) -> Marts:
    """The marts' rows of some days; alert states are of no day."""
    chosen = {}
    for name, table in without(marts, "alert_state").items():
        chosen[name] = table.filter(pa.array([day in days for day in table["as_of"].to_pylist()], pa.bool_()))
    return chosen
