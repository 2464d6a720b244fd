"""Where Baton runs and what it may reach: `config/baton.yaml`, overridden by `BATON_…` environment variables.

Secrets come from the environment only, e.g. `BATON_SOURCES__SALESFORCE__CLIENT_SECRET`.
"""

import os
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ByteSize, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, YamlConfigSettingsSource

from config.problems import explain
from config.table import Paced, TableSource
from tasks.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent


class HttpSource(Paced):
    """A vendor behind HTTP: where it is, and how patiently and how widely it is asked."""

    url: str
    fields: Path  # the field map: which vendor field feeds which column
    timeout_seconds: Annotated[float, Field(gt=0)] = 60  # one request
    deadline_seconds: Annotated[float, Field(gt=0)] = 1800  # one entity window, retries included
    retry_seconds: Annotated[float, Field(gt=0)] = 1  # before the first retry of a request; doubles with each
    concurrency: Annotated[int, Field(ge=1, le=8)] = 4  # requests at a time


class SalesforceOrg(HttpSource):
    """One Salesforce org, read through the client-credentials flow, or with a private key through JWT bearer."""

    api_version: str = "65.0"
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    username: str = ""  # JWT bearer: whom the app acts for
    private_key: SecretStr = SecretStr("")  # JWT bearer: an RSA key as PEM, or
    private_key_file: Path | None = None  # the file that holds it
    login_url: str = "https://login.salesforce.com"  # the JWT's audience; https://test.salesforce.com for a sandbox org
    # The pull stops once the org, all its apps together, has used this share of its requests of 24 hours.
    requests_share: Annotated[float, Field(gt=0, le=1)] = 0.9
    page_size: Annotated[int, Field(ge=200, le=2000)] = 2000
    # More rows than this are read by a Bulk API job instead of REST's pages: it costs fewer requests, and some seconds.
    bulk_over: Annotated[int, Field(ge=0)] = 20_000
    bulk_page_rows: Annotated[int, Field(ge=1)] = 25_000  # of a job's results, held in memory as text
    bulk_poll_seconds: Annotated[float, Field(gt=0)] = 2  # before asking after a job; half as long again each time
    deletes_days: Annotated[int, Field(ge=0, le=30)] = 30  # how far its log of deletions reaches back; 0: not asked
    # Queries at a time. An org allows 25 that run for 20 s or longer (a trial org 5), and a user ten open cursors.
    concurrency: Annotated[int, Field(ge=1, le=8)] = 4


class SalesforceSource(SalesforceOrg):
    """The CRM of a Salesforce org."""

    vendor: Literal["salesforce"]
    psa: str = "kantata"  # the instance whose task ids its promises carry


class CertiniaSource(SalesforceOrg):
    """Certinia PSA in a Salesforce org: the CRM's, or one of its own."""

    vendor: Literal["certinia"]
    fields: Path = Path("config/fields/certinia.yaml")
    crm: str = "salesforce"  # the instance whose account and opportunity ids its projects carry


class KantataSource(HttpSource):
    """One Kantata account, read with a long-lived token."""

    vendor: Literal["kantata"]
    token: SecretStr = SecretStr("")
    page_size: Annotated[int, Field(ge=1, le=200)] = 200
    # Pages at a time. Kantata publishes no limit: its 429 pauses them all; set 1 where it comes often.
    concurrency: Annotated[int, Field(ge=1, le=8)] = 4
    crm: str = "salesforce"  # the instance whose account and opportunity ids its projects carry
    has_events: bool = True  # the subscribed-events add-on is bought


class HubspotSource(HttpSource):
    """One HubSpot portal, read with the token of a private app or a service key."""

    vendor: Literal["hubspot"]
    url: str = "https://api.hubapi.com"
    fields: Path = Path("config/fields/hubspot.yaml")
    token: SecretStr = SecretStr("")
    api_version: Annotated[str, Field(pattern=r"^(\d{4}-\d{2}|v3)$")] = "2026-09"  # v3: the paths before the dated ones
    # Each pull reads the hour before its cursor again: a change may be searchable only that much later.
    overlap_seconds: Annotated[int, Field(ge=1)] = 3600
    page_size: Annotated[int, Field(ge=1, le=100)] = 100  # of a list and of a batch read
    search_page_size: Annotated[int, Field(ge=1, le=200)] = 200
    search_cap: Annotated[int, Field(ge=2)] = 10_000  # a search shows no record past this one
    searches_per_second: Annotated[float, Field(gt=0)] = 4  # of the whole portal, all its apps together
    # More property names than this (all together) are not asked for in an address or a search, but in batch reads.
    properties_bytes: Annotated[int, Field(ge=100)] = 2_500
    associations_page_size: Annotated[int, Field(ge=1, le=1000)] = 1000  # records whose partners are asked for at once
    currency: Annotated[str, Field(pattern=r"^([A-Z]{3})?$")] = ""  # of amounts that name none, as in a portal with one
    has_usage: bool = True  # whether the token may ask how many of the day's requests are left


class RocketlaneSource(HttpSource):
    """One Rocketlane account, read with an API key."""

    vendor: Literal["rocketlane"]
    api_key: SecretStr = SecretStr("")
    page_size: Annotated[int, Field(ge=1, le=100)] = 100
    # Requests at a time, where a read has several (a project's phases, an invoice's lines): 60 a minute are allowed.
    concurrency: Annotated[int, Field(ge=1, le=8)] = 1
    crm: str = "salesforce"  # the instance whose account and opportunity ids its projects carry
    has_phases: bool = True  # one request per project and pull
    expired_page_token_status: int = 400  # how a page token older than 15 minutes is refused; not documented
    settled_invoices: frozenset[str] = frozenset({"PAID", "VOID"})  # statuses that no longer change without a stamp


class ZendeskSource(HttpSource):
    """One Zendesk account, read as an administrator by an API token, or by an OAuth token."""

    vendor: Literal["zendesk"]
    fields: Path = Path("config/fields/zendesk.yaml")
    email: str = ""  # of the administrator whose API token it is
    api_token: SecretStr = SecretStr("")
    oauth_token: SecretStr = SecretStr("")  # in place of the two
    lag_seconds: Annotated[int, Field(ge=60)] = 300  # the export refuses a start within the last minute
    page_size: Annotated[int, Field(ge=1, le=100)] = 100  # of lists
    export_page_size: Annotated[int, Field(ge=1, le=1000)] = 1000  # of the export, which allows ten pages a minute
    rating_days: Annotated[int, Field(ge=0)] = 30  # how long after it was asked for a rating may still change
    crm: str = "salesforce"  # the instance whose account ids its organizations carry


Source = Annotated[
    SalesforceSource | HubspotSource | KantataSource | RocketlaneSource | CertiniaSource | ZendeskSource | TableSource,
    Field(discriminator="vendor"),
]


class PagerDuty(BaseModel):
    """PagerDuty Events v2; off without a routing key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = "https://events.pagerduty.com/v2/enqueue"
    routing_key: SecretStr = SecretStr("")


class Settings(BaseSettings):
    """Everything that differs between one installation and the next."""

    model_config = SettingsConfigDict(
        env_prefix="BATON_", env_nested_delimiter="__", env_ignore_empty=True, extra="forbid", frozen=True
    )

    environment: str = "local"  # part of every alert's fingerprint
    home: Path = ROOT / "var"  # all state that has no URL of its own
    lake_url: str = ""  # a folder or object-store URL; default: home/lake
    warehouse_url: SecretStr = SecretStr("")  # postgresql+psycopg://…; default: DuckDB files in home/warehouse
    duckdb_storage_version: str = "v1.2.0"  # the oldest DuckDB that can open the serving file
    now: datetime | None = None  # a fixed clock, for the demo and for reproductions
    engine: Literal["duckdb", "spark"] = "duckdb"  # conforms and measures; spark: requirements-spark.lock and Java 17
    spark_url: str = "local[*]"  # a Spark master, or a Spark Connect server (sc://host:port)
    spark_conf: dict[str, str] = {}  # any Spark setting by its full name
    memory_limit: ByteSize = ByteSize(3_000_000_000)  # of all DuckDB, before it spills to disk
    slack_webhook_url: SecretStr = SecretStr("")
    pagerduty: PagerDuty = PagerDuty()
    sources: dict[str, Source] = {}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, the environment over the file."""
        return init_settings, env_settings, YamlConfigSettingsSource(settings_cls, config_path())

    @property
    def lake(self) -> str:
        """The lake's folder or URL."""
        return self.lake_url or str(self.home / "lake")

    def clock(self) -> datetime:
        """Now: the injected instant, else the machine's."""
        return self.now or datetime.now(UTC)


def config_path() -> Path:
    """The settings file: `BATON_CONFIG`, else `config/baton.yaml`."""
    return Path(os.environ.get("BATON_CONFIG", ROOT / "config" / "baton.yaml"))


@cache
def settings() -> Settings:
    """The settings of this process, read once.

    Raises:
        ConfigError: a key is unknown or missing or a value is of the wrong kind; the message names the key.
    """
    path = config_path()
    if not path.is_file():  # no source would be configured, and nothing would fail
        raise ConfigError(f"{path} does not exist: correct BATON_CONFIG, or unset it for config/baton.yaml.")
    try:
        return Settings()
    except ValidationError as error:
        raise ConfigError(explain(path.name, error)) from None
    except (OSError, yaml.YAMLError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read: {type(error).__name__}. It must be YAML; see README.md.") from None
