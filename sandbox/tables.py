"""The tables that the company keeps itself, beside its vendors: CSV files as of the sandbox's clock.

Each is fed by what the world holds of "tables" under its name, a record being a row of the file.
"""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from sandbox.clock import Clock

OWNER = "tables"  # in the world; also the instance that reads them
ACCOUNT = {"column": "account", "of": "salesforce"}
PROJECT = {"column": "project", "of": "kantata"}
# How a table source reads each file: the core columns and the file's own.
FED: Mapping[str, Mapping[str, Any]] = {
    "usage_day": {
        "key": ["account", "product", "day", "who"],
        "columns": {
            "account_id": ACCOUNT,
            "product": "product",
            "usage_date": "day",
            "user_type": "who",
            "active_users": "active",
            "licensed_users": "seats",
            "features_used": "used",
            "features_offered": "offered",
        },
    },
    "training": {
        "key": ["project", "operator"],
        "columns": {
            "project_id": PROJECT,
            "operator_id": "operator",
            "is_required": "required",
            "completed_date": "completed",
        },
    },
    "survey": {
        "columns": {
            "survey_id": "survey",
            "account_id": ACCOUNT,
            "project_id": PROJECT,
            "occasion": "occasion",
            "kind": "kind",
            "sent_date": "sent",
            "answered_date": "answered",
            "score": "score",
            "scale_max": "scale",
        },
    },
}


def settings(clock: Clock, folder: Path) -> dict[str, str]:
    """The variables that give Baton these tables as one more source; none for a company without any."""
    kept = {name: {"csv": f"{name}.csv", **FED[name]} for name in clock.kinds(OWNER)}
    if not kept:
        return {}
    prefix = f"BATON_SOURCES__{OWNER.upper()}__"
    return {
        f"{prefix}VENDOR": "table",
        f"{prefix}FOLDER": str(folder),
        f"{prefix}TABLES": orjson.dumps(kept).decode(),
    }


def write(clock: Clock, folder: Path) -> None:
    """Show the tables as they are at the clock; each file is whole at any time."""
    for name in clock.kinds(OWNER):
        columns = next(iter(clock.world.records[OWNER, name].values()))[0].record
        half = folder / f"{name}.part"
        with half.open("w", newline="") as file:
            rows = csv.DictWriter(file, columns)
            rows.writeheader()
            rows.writerows(version.record for version in clock.state(OWNER, name))
        half.replace(folder / f"{name}.csv")
