"""What must hold after a round beside the same warehouse: nothing lost, nothing twice, nothing left lying."""

from collections import Counter
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow.compute as pc
from deltalake import DeltaTable

from tasks.alerts.outbox import deliver
from tasks.lake.places import entities, instances, opened
from tests.flows.conftest import TODAY, Installation
from tests.flows.sameness import Marts, differences
from tests.soak.plan import Round

TWICE = """
    SELECT id FROM held
    QUALIFY (_hash, _deleted) = lag((_hash, _deleted)) OVER (PARTITION BY id ORDER BY _extracted_at, _updated_at)"""


def problems(baton: Installation, one: Round, expected: Marts, later: datetime) -> list[str]:
    """One line for each thing that tells the round from an undisturbed run; `later` every alert is due."""
    baton.sandbox.set_faults()
    deliver(baton.warehouse, baton.settings, later)
    found = baton.marts()
    if one.lasting:  # it was told of, and that is over
        found, expected = still_open(found), still_open(expected)
    return [
        *differences(found, expected),
        *undelivered(baton),
        *unconserved(baton),
        *left_lying(baton, len(one.aims)),
        *versions_twice(baton),
    ]


def still_open(marts: Marts) -> Marts:
    """The marts, and of the alert states only what is open."""
    states = marts["alert_state"]
    return {**marts, "alert_state": states.filter(pc.equal(states["status"], "open"))}


def undelivered(baton: Installation) -> list[str]:
    """Every alert that was queued is sent and was heard; at PagerDuty one cause is one incident, however often told."""
    queued = "SELECT * FROM ops.alert_outbox WHERE queued_at >= :today"
    outbox = baton.rows(queued, today=TODAY[0])
    waiting = [row for row in outbox if row["status"] not in ("sent", "superseded")]
    lines = [
        f"{row['kind']} {row['action']} to {row['channel']} is {row['status']}: {row['reason']}" for row in waiting
    ]
    rounds = {(row["kind"], row["action"], row["sent_at"]) for row in sent(outbox, "slack")}
    if len(rounds) > len(baton.sandbox.messages()):
        lines.append(f"Slack heard {len(baton.sandbox.messages())} messages, at least {len(rounds)} are noted as sent")
    paged = {(row["fingerprint"], row["action"]) for row in sent(outbox, "pagerduty")}
    heard = {(event["dedup_key"], event["event_action"]) for event in baton.sandbox.sinks.events}
    return [*lines, *(f"PagerDuty never heard {each}" for each in paged - heard), *wrong_incidents(baton)]


def sent(outbox: list[dict], channel: str) -> list[dict]:
    return [row for row in outbox if row["channel"] == channel and row["status"] == "sent"]


def wrong_incidents(baton: Installation) -> list[str]:
    """Incidents that PagerDuty has and the ledger has not, or has otherwise."""
    opened = "SELECT fingerprint FROM ops.alert_event WHERE event IN ('opened', 'reopened') AND happened_at >= :today"
    openings = Counter(row["fingerprint"] for row in baton.rows(opened, today=TODAY[0]))
    states = {row["fingerprint"]: row for row in baton.rows("SELECT fingerprint, kind, status FROM ops.alert_state")}
    incidents = baton.sandbox.incidents()
    often = Counter(incident["dedup_key"] for incident in incidents)
    lines = [f"PagerDuty has {extra} incidents too many of {key}" for key, extra in (often - openings).items()]
    for incident in incidents:
        state = states.get(incident["dedup_key"], {"kind": "unknown", "status": "unknown"})
        if (incident["status"] == "resolved") != (state["status"] == "resolved"):
            lines.append(
                f"PagerDuty's incident of {state['kind']} is {incident['status']}, its alert {state['status']}"
            )
    return lines


def unconserved(baton: Installation) -> list[str]:
    """Rows read = rows clean + rows quarantined, in every run that came so far, and for every table in one."""
    rows = baton.rows("SELECT * FROM ops.conservation")
    lines = [
        f"ops.conservation {row['core_table']} ({row['counted']}) of run {row['run_id']}: {row['rows_read']} read, "
        f"{row['rows_clean']} clean, {row['rows_quarantined']} quarantined"
        for row in rows
        if row["rows_read"] != row["rows_clean"] + row["rows_quarantined"]
    ]
    runs = Counter(row["run_id"] for row in rows)
    whole = {(row["core_table"], row["counted"]) for row in rows}
    return lines + [f"ops.conservation of run {run} is not whole" for run, count in runs.items() if count != len(whole)]


def left_lying(baton: Installation, kills: int) -> list[str]:
    """Temporary files; each kill may leave one file in the lake that no commit names."""
    lying = [*(baton.home / "warehouse").glob("*.tmp*"), *(baton.home / "spill").glob("*")]
    unnamed = [*(baton.home / "lake").glob("*/*/_delta_log/*.tmp")]
    for name, table in tables(baton).items():
        named = {Path(uri).name for uri in table.file_uris()}
        unnamed += [path for path in (baton.home / "lake" / name).glob("*.parquet") if path.name not in named]
    lines = [f"{path.relative_to(baton.home)} was left" for path in lying]
    return [*lines, *([f"{len(unnamed)} files in the lake are of no commit"] if len(unnamed) > kills else [])]


def versions_twice(baton: Installation) -> list[str]:
    """Versions that the lake holds although they are the same as the one before."""
    lines = []
    for name, table in tables(baton).items():
        with duckdb.connect() as connection:
            connection.register("held", table.to_pyarrow_dataset())
            found = connection.execute(TWICE).fetchall()
        lines += [f"the lake holds a version of {name} {key} twice" for (key,) in found]
    return lines


def tables(baton: Installation) -> dict[str, DeltaTable]:
    """Every table of the lake, by its place in it."""
    lake = baton.settings.lake
    names = [(instance, entity) for instance in instances(lake) for entity in entities(lake, instance)]
    return {f"{instance}/{entity}": opened(lake, instance, entity) for instance, entity in names}
