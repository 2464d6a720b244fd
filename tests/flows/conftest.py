"""Whole nights of the pretend company, over real HTTP, with real flows on a real Prefect server."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from prefect.testing.utilities import prefect_test_harness
from pydantic import SecretStr

from config.settings import PagerDuty, Settings, settings
from sandbox.company import DEMO_DAYS, build
from sandbox.serve import Sandbox, running
from tasks.warehouse.connect import Warehouse, warehouse
from tasks.warehouse.serving import rows
from tests.flows.sameness import read

SMALL = 40  # accounts, where the company's size does not matter
PAGED = 60  # accounts: over 200 opportunities and subscriptions, so that Salesforce answers in several pages
OCTOBER, TODAY = DEMO_DAYS[-2:]
QUICK = {
    "BATON_SOURCES__SALESFORCE__PAGE_SIZE": "200",
    "BATON_SOURCES__KANTATA__PAGE_SIZE": "100",
    **{
        f"BATON_SOURCES__{name}__{setting}": value
        for name in ("SALESFORCE", "KANTATA")
        for setting, value in (("RETRY_SECONDS", "0.01"), ("TIMEOUT_SECONDS", "3"))
    },
}  # many pages, and faults that pass without long waits


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[None]:
    with prefect_test_harness(server_startup_timeout=180):
        yield


@dataclass
class Installation:
    """One Baton: its own lake and warehouse, pointed at a sandbox."""

    home: Path
    sandbox: Sandbox
    monkeypatch: pytest.MonkeyPatch
    warehouse_url: str = ""
    more: Mapping[str, str] = field(default_factory=dict)  # settings beside those

    def at(self, clock: datetime) -> Settings:
        """Point this process at the installation, at an instant."""
        self.sandbox.set_clock(clock)
        for name, value in self.environment(clock).items():
            self.monkeypatch.setenv(name, value)
        settings.cache_clear()
        return settings()

    def environment(self, clock: datetime) -> dict[str, str]:
        return self.sandbox.environment() | {
            "BATON_HOME": str(self.home),
            "BATON_NOW": clock.isoformat(),
            "BATON_WAREHOUSE_URL": self.warehouse_url,
            **self.more,
        }

    def night(self, clock: datetime, as_of: date):
        """Run the nightly flow in this process; its final state."""
        from flows.nightly import nightly

        self.at(clock)
        return nightly(as_of, return_state=True)

    @property
    def settings(self) -> Settings:
        """Where it keeps its state and whom it tells, without a look at this process's environment."""
        return Settings(
            home=self.home,
            warehouse_url=SecretStr(self.warehouse_url),
            slack_webhook_url=SecretStr(self.sandbox.slack_url),
            pagerduty=PagerDuty(url=self.sandbox.pagerduty_url, routing_key=SecretStr(self.sandbox.routing_key)),
        )

    @property
    def warehouse(self) -> Warehouse:
        return warehouse(self.settings)

    def rows(self, sql: str, **params: object) -> list[dict]:
        return rows(self.warehouse, sql, **params)

    def marts(self) -> dict[str, pa.Table]:
        return read(self.warehouse)


@contextmanager
def installation(
    home: Path, world, warehouse_url: str = "", more: Mapping[str, str] | None = None
) -> Iterator[Installation]:
    with pytest.MonkeyPatch.context() as monkeypatch, running(world, DEMO_DAYS[0][0]) as sandbox:
        yield Installation(home, sandbox, monkeypatch, warehouse_url, more or {})
    settings.cache_clear()


@pytest.fixture(scope="session")
def company():
    """The default company and the ledger of what was planted in it."""
    return build()


@pytest.fixture(scope="session")
def small_company():
    return build(SMALL)


@pytest.fixture(scope="session")
def four_nights(prefect_server, company, tmp_path_factory) -> Iterator[Installation]:
    """The demo: the default company, three month ends and today."""
    with installation(tmp_path_factory.mktemp("demo"), company[0]) as baton:
        for clock, as_of in DEMO_DAYS:
            state = baton.night(clock, as_of)
            assert state.is_completed(), state.message
        yield baton


@pytest.fixture(scope="session")
def paged_company():
    return build(PAGED)[0]


@dataclass(frozen=True)
class Undisturbed:
    """What nights without any fault publish, and the state of an installation between two of them."""

    after_october: Path  # the home of an installation that has run one night
    october: dict[str, pa.Table]  # the marts after it
    today: dict[str, pa.Table]  # the marts after the next one
    today_alone: dict[str, pa.Table]  # the marts of an installation whose first night is today's


@pytest.fixture(scope="session")
def undisturbed(prefect_server, paged_company, tmp_path_factory) -> Undisturbed:
    kept = tmp_path_factory.mktemp("undisturbed")
    with installation(kept / "two", paged_company, more=QUICK) as baton:
        assert baton.night(*OCTOBER).is_completed()
        october = baton.marts()
        shutil.copytree(baton.home, kept / "october")
        assert baton.night(*TODAY).is_completed()
        today = baton.marts()
    with installation(kept / "one", paged_company, more=QUICK) as baton:
        assert baton.night(*TODAY).is_completed()
        return Undisturbed(kept / "october", october, today, baton.marts())


@pytest.fixture
def fresh(prefect_server, paged_company, tmp_path) -> Iterator[Installation]:
    """An installation that has never run."""
    with installation(tmp_path / "home", paged_company, more=QUICK) as baton:
        yield baton
