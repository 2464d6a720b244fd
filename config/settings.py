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


class _Source(Paced):
    url: str
    fields: Path  # the field map: which vendor field feeds which column
    timeout_seconds: Annotated[float, Field(gt=0)] = 60  # one request
    deadline_seconds: Annotated[float, Field(gt=0)] = 1800  # one entity window, retries included
    retry_seconds: Annotated[float, Field(gt=0)] = 1  # before the first retry of a request; doubles with each


class SalesforceSource(_Source):
    """One Salesforce org, read through the client-credentials flow."""

    vendor: Literal["salesforce"]
    api_version: str = "65.0"
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    page_size: Annotated[int, Field(ge=200, le=2000)] = 2000
    # Queries at a time. An org allows 25 that run for 20 s or longer (a trial org 5), and a user ten open cursors.
    concurrency: Annotated[int, Field(ge=1, le=8)] = 4


class KantataSource(_Source):
    """One Kantata account, read with a long-lived token."""

    vendor: Literal["kantata"]
    token: SecretStr = SecretStr("")
    page_size: Annotated[int, Field(ge=1, le=200)] = 200
    # Pages at a time. Kantata publishes no limit: its 429 pauses them all; set 1 where it comes often.
    concurrency: Annotated[int, Field(ge=1, le=8)] = 4
    crm: str = "salesforce"  # the instance whose account and opportunity ids its projects carry
    has_events: bool = True  # the subscribed-events add-on is bought


Source = Annotated[SalesforceSource | KantataSource | TableSource, Field(discriminator="vendor")]


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
