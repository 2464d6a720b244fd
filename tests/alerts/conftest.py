"""An installation with Slack and PagerDuty set up, and a double of both as strict as the real ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from pydantic import SecretStr

from config.settings import PagerDuty, Settings
from sandbox.clock import Clock
from sandbox.sinks import Sinks, pagerduty_problems, settle, slack_problem
from sandbox.world import World
from tasks.warehouse.connect import Warehouse, warehouse

ROUTING_KEY = "0123456789abcdef0123456789abcdef"
NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)


@dataclass
class Answer:
    status_code: int
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Channels:
    """Slack and PagerDuty behind `post`; `faults` are answered first, an exception is raised."""

    sinks: Sinks
    faults: list[Answer | Exception] = field(default_factory=list)

    def post(self, url: str, *, json: Any, timeout: float) -> Answer:
        assert timeout <= 30
        if self.faults:
            fault = self.faults.pop(0)
            if isinstance(fault, Exception):
                raise fault
            return fault
        if "slack" in url:
            assert slack_problem(json) == ""
            self.sinks.messages.append(json)
            return Answer(200)
        assert pagerduty_problems(json, ROUTING_KEY) == []
        self.sinks.events.append(json)
        settle(self.sinks, json, json["dedup_key"])
        return Answer(202)


@pytest.fixture
def http() -> Channels:
    return Channels(Sinks(Clock(World(), NOW), "token", ROUTING_KEY))


@pytest.fixture
def settings(plain_settings: Settings) -> Settings:
    channels = {
        "slack_webhook_url": SecretStr("https://slack.test/hook/SECRET"),
        "pagerduty": PagerDuty(url="https://pagerduty.test/v2/enqueue", routing_key=SecretStr(ROUTING_KEY)),
    }
    return plain_settings.model_copy(update=channels)


@pytest.fixture
def where(settings: Settings) -> Warehouse:
    return warehouse(settings)


@pytest.fixture
def broken() -> Exception:
    return requests.ConnectionError("https://slack.test/hook/SECRET refused")
