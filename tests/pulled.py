"""The pretend company as a test of numbers needs it: pulled over HTTP without flows, conformed and judged."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb
from pydantic import SecretStr

from config.policy import policy
from config.settings import KantataSource, SalesforceSource, Settings
from sandbox.company import DEMO_DAYS, build
from sandbox.serve import running
from tasks.checks.judge import judge
from tasks.core.conform import conform, workbench
from tasks.sources.pull import entities, pull

CLOCK, AS_OF = DEMO_DAYS[-1]


def pulled(home: Path, world, clock: datetime) -> Settings:
    """A lake filled over HTTP, without flows."""
    with running(world, clock) as sandbox:
        settings = Settings(
            home=home,
            sources={
                "salesforce": SalesforceSource(
                    vendor="salesforce", url=sandbox.salesforce_url, fields="config/fields/salesforce.yaml",
                    client_id=sandbox.client_id, client_secret=SecretStr(sandbox.client_secret),
                ),
                "kantata": KantataSource(
                    vendor="kantata", url=sandbox.kantata_url, fields="config/fields/kantata.yaml",
                    token=SecretStr(sandbox.token),
                ),
            },
        )  # fmt: skip
        for instance in settings.sources:
            for entity in entities(instance, settings):
                pull(instance, entity, settings=settings, now=clock, run_id="parity")
    return settings


@contextmanager
def clean_core(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A workbench with the clean core of a company of 20 accounts, on its last day.

    Some of its time is reversed in half, which the company itself never does.
    """
    settings = pulled(home, build(20)[0], CLOCK)
    with workbench(settings) as bench:
        conform(bench, settings, policy(), as_of=AS_OF, known_at=CLOCK)
        judge(bench, policy(), {})
        bench.execute(
            """
            INSERT INTO core.time_entry BY NAME
            SELECT * REPLACE (entry_id || ' back' AS entry_id, -seconds // 2 AS seconds, entry_id AS reverses_id)
            FROM core.time_entry WHERE hash(entry_id) % 20 = 0
            """
        )
        yield bench
