"""How records of the Certinia edition get their ids and are written to the Salesforce org."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.company.stage import Stage, long_id, salesforce
from sandbox.world import World

PREFIX = {
    "pse__Proj__c": "a2P",
    "pse__Milestone__c": "a2M",
    "pse__Project_Task__c": "a2T",
    "pse__Assignment__c": "a2A",
    "pse__Timecard_Header__c": "a2H",
    "pse__Timecard__c": "a2S",
    "pse__Budget__c": "a2B",
    "pse__Billing_Event__c": "a2E",
    "pse__Billing_Event_Item__c": "a2I",
    "pse__Rate_Card__c": "a2R",
}


@dataclass
class Org:
    """The org that the edition is written to, and the core id of each Kantata core id in it."""

    world: World
    ids: dict[str, str] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)
    born: dict[str, datetime] = field(default_factory=dict)

    def id(self, kind: str, key: str = "") -> str:
        """The id of a Kantata record's twin, under the same number; without one the next of its kind."""
        if not key:
            self.used[kind] = self.used.get(kind, 0) + 1
        own = long_id(f"{PREFIX[kind]}8d{key or str(self.used[kind]):0>10}")
        if key:
            self.ids[f"kantata:{key}"] = f"certinia:{own}"
        return own

    def known(self, core_id: str) -> str:
        """The id of the twin of a Kantata core id."""
        return self.ids[core_id].partition(":")[2]

    def show(
        self,
        kind: str,
        key: str,
        visible: datetime,
        stamped: datetime,
        fields: Mapping[str, Any],
        *,
        is_deleted: bool = False,
    ) -> None:
        """Write a version of a record."""
        born = self.born.setdefault(key, stamped)
        stage = Stage(random.Random(0), self.world)
        salesforce(stage, kind, key, visible, fields, created=born, updated=stamped, is_deleted=is_deleted)
