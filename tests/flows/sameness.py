"""Whether two warehouses hold the same: every value of every mart and of the alert states, whatever the dialect."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from tasks.metrics.catalogue import METRICS
from tasks.warehouse.connect import Warehouse
from tasks.warehouse.serving import table

Marts = Mapping[str, pa.Table]
KEYS = {metric.table: ("as_of", *metric.grain) for metric in METRICS} | {"alert_state": ("fingerprint",)}


def read(where: Warehouse, *left_out: str) -> dict[str, pa.Table]:
    """Every published mart but those left out, by its key, and the alert states: what "the same warehouse" means."""
    held = {
        name: table(where, f"SELECT * FROM mart.{name} ORDER BY {', '.join(KEYS[name])}")
        for name in KEYS
        if name not in ("alert_state", *left_out)
    }
    states = "SELECT fingerprint, kind, entity, severity, status FROM ops.alert_state ORDER BY fingerprint"
    return held | {"alert_state": table(where, states)}


def same(found: Marts, expected: Marts) -> None:
    """Bit for bit the same rows, with a readable list of what is not."""
    assert not differences(found, expected)
    assert sum(table.num_rows for table in expected.values())


def differences(found: Marts, expected: Marts) -> list[str]:
    """What is not the same, a line for each table and key: a row missing or too many, or the columns that differ."""
    assert found.keys() == expected.keys()
    lines: list[str] = []
    for name, rows in expected.items():
        here, there = counted(found[name]), counted(rows)
        extra, missing = by_key(name, here - there), by_key(name, there - here)
        for key in sorted(extra.keys() | missing.keys()):
            lines.append(f"{name} {key}: {told(extra.get(key), missing.get(key))}")
    return lines


def told(found: Mapping[str, Any] | None, expected: Mapping[str, Any] | None) -> str:
    if found is None or expected is None:
        return "is missing" if found is None else "should not be there"
    apart = [name for name in expected if found[name] != expected[name]]
    return ", ".join(f"{name} {found[name]} instead of {expected[name]}" for name in apart) or "is there twice"


def by_key(name: str, rows: Counter) -> dict[str, dict[str, Any]]:
    """The rows as dicts, by their key in words."""
    found = [dict(row) for row in rows]
    return {", ".join(f"{part}={row[part]}" for part in KEYS[name]): row for row in found}


def counted(table: pa.Table) -> Counter:
    """The rows as values, how often each is there; the order is left to the database, whose collation decides it."""
    names = sorted(table.column_names)
    return Counter(tuple((name, row[name]) for name in names) for row in table.to_pylist())


def without(marts: Marts, *names: str) -> Marts:
    return {name: table for name, table in marts.items() if name not in names}


def of_days(marts: Marts, days: Collection[date]) -> Marts:
    """The marts' rows of some days; alert states are of no day."""
    chosen = {}
    for name, mart in without(marts, "alert_state").items():
        chosen[name] = mart.filter(pa.array([day in days for day in mart["as_of"].to_pylist()], pa.bool_()))
    return chosen
