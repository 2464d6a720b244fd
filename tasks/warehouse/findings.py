"""What a run did and found, as rows of schema `ops`; and what the last publish counted."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from tasks.checks.verdict import CheckResult, Conservation
from tasks.engines.bench import Workbench
from tasks.errors import WarehouseError
from tasks.sources.pull import Pulled
from tasks.warehouse.connect import Warehouse
from tasks.warehouse.serving import rows

Row = dict[str, Any]


def pull_rows(pulled: Sequence[Pulled], source: str, failures: Mapping[str, BaseException]) -> list[Row]:
    """One row per entity of `ops.pull`; a failed one says why, without any value."""
    done: list[Row] = [
        {
            "source": one.instance, "entity": one.entity, "window_from": one.lo, "window_to": one.hi, "state": "read",
            "rows_read": one.rows_read, "rows_appended": one.appended, "rows_unchanged": one.unchanged,
            "rows_deleted": one.deleted, "requests": one.requests, "pages": one.pages, "retries": one.retries,
            "vendor_count": one.vendor_count, "seconds": one.seconds,
        }
        for one in pulled
    ]  # fmt: skip
    failed: list[Row] = [
        {"source": source, "entity": name, "state": "failed", "reason": str(why)} for name, why in failures.items()
    ]
    return done + failed


def check_rows(results: Sequence[CheckResult], as_of: date) -> list[Row]:
    """One row per rule of `ops.check_result`."""
    return [
        {
            "as_of": as_of, "suite": one.suite, "rule": one.rule, "severity": one.severity, "is_ok": one.is_ok,
            "observed": one.observed, "expected": one.expected,
        }
        for one in results
    ]  # fmt: skip


def conservation_rows(conserved: Sequence[Conservation], as_of: date) -> list[Row]:
    """Two rows per core table of `ops.conservation`: its keys, and their versions."""
    found: list[Row] = []
    for one in conserved:
        keys = ("keys", one.read, one.clean, one.quarantined)
        versions = ("versions", one.versions_read, one.versions_clean, one.versions_quarantined)
        for counted, read, clean, quarantined in (keys, versions):
            counts = {"rows_read": read, "rows_clean": clean, "rows_quarantined": quarantined}
            found.append({"as_of": as_of, "core_table": one.table, "counted": counted, **counts})
    return found


def quarantine_rows(bench: Workbench, as_of: date) -> pa.Table:
    """The workbench's quarantine as rows of `ops.quarantine`."""
    return bench.execute("SELECT $as_of::DATE AS as_of, * FROM ops.quarantine", {"as_of": as_of}).to_arrow_table()


def last_counts(where: Warehouse, before: date) -> dict[str, int]:
    """The keys of each core table that were clean at the last publish of an earlier day; empty when there is none."""
    try:
        builds = rows(
            where, "SELECT run_id FROM mart.mart_build WHERE as_of < :day ORDER BY as_of DESC LIMIT 1", day=before
        )
    except WarehouseError:  # nothing was ever published
        return {}
    if not builds:
        return {}
    counted = rows(
        where,
        "SELECT core_table, rows_clean FROM ops.conservation WHERE run_id = :run AND counted = 'keys'",
        run=builds[0]["run_id"],
    )
    return {row["core_table"]: row["rows_clean"] for row in counted}


def run_row(
    flow: str, as_of: date | None, known_at: datetime, state: str, reason: str, ended_at: datetime, version: str
) -> Row:
    """The row of `ops.run`."""
    return {
        "flow": flow, "as_of": as_of, "known_at": known_at, "started_at": known_at, "ended_at": ended_at,
        "state": state, "reason": reason or None, "version": version,
    }  # fmt: skip
