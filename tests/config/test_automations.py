"""The automations are what Prefect accepts, address whoever is set up, and share their keys with our own alerts."""

import asyncio
from types import SimpleNamespace
from uuid import uuid4

import pytest
import yaml
from pydantic import SecretStr

from config import automations
from config.settings import PagerDuty, Settings
from sandbox.sinks import pagerduty_problems, slack_problem
from tasks.alerts.alert import fingerprint
from tasks.alerts.run_health import alert
from tasks.errors import ConfigError

KEY = "0123456789abcdef0123456789abcdef"
EVERYBODY = Settings(
    environment="test",
    slack_webhook_url=SecretStr("https://slack.test/SECRET"),
    pagerduty=PagerDuty(url="https://pagerduty.test/v2/enqueue", routing_key=SecretStr(KEY)),
)
IDS = {name: uuid4() for name in ("slack", "page", "all-clear")}


def subjects(send: str) -> dict[str, str]:
    """The subject of the notification that each automation sends there."""
    found = automations.desired(EVERYBODY, IDS)
    return {
        automation.name: action.subject
        for automation in found
        for action in automation.actions
        if getattr(action, "block_document_id", None) == IDS[send]
    }


def test_prefect_accepts_every_automation_and_each_has_its_own_name() -> None:
    found = automations.desired(EVERYBODY, IDS)
    names = [automation.name for automation in found]
    assert len(set(names)) == len(names) == len(yaml.safe_load(automations.FILE.read_text()))
    assert all(automation.description for automation in found)


def test_dead_man_waits_26_hours() -> None:
    switch = next(one for one in automations.desired(EVERYBODY, IDS) if one.name == "baton-nightly-missing")
    assert switch.trigger.posture.value == "Proactive"
    assert switch.trigger.within.total_seconds() == 26 * 3600


def test_failed_crashed_and_timed_out_are_all_heard() -> None:
    expected = {event for one in automations.desired(EVERYBODY, IDS) for event in one.trigger.expect}
    assert {f"prefect.flow-run.{state}" for state in ("Failed", "Crashed", "TimedOut", "Late")} <= expected


def test_what_is_not_set_up_is_left_out() -> None:
    found = automations.desired(EVERYBODY, {"slack": IDS["slack"]})
    assert "baton-run-recovered" not in {one.name for one in found}
    assert next(len(one.actions) for one in found if one.name == "baton-run-crashed") == 1


def test_a_page_of_prefect_and_our_own_are_one_incident() -> None:
    from prefect.server.utilities.user_templates import render_user_template_sync, validate_user_template

    for subject in (subjects("page")["baton-run-crashed"], subjects("all-clear")["baton-run-recovered"]):
        validate_user_template(subject)
        for flow in automations.deployed_flows():
            event = SimpleNamespace(resource_in_role={"flow": SimpleNamespace(name=flow)})
            mine = fingerprint("test", alert("run_failed", flow, "it failed", None))
            assert render_user_template_sync(subject, {"event": event}) == mine
    assert "nightly" in automations.deployed_flows()


def test_a_dead_mans_page_is_taken_back_by_its_own_key() -> None:
    assert (
        subjects("page")["baton-nightly-missing"]
        == subjects("all-clear")["baton-nightly-back"]
        == "baton|test|nightly-missing"
    )


def test_the_blocks_send_what_slack_and_pagerduty_accept_and_hide_secrets() -> None:
    made = automations.blocks(EVERYBODY)
    assert set(made) == set(IDS)
    said = {name: block._build_request_args("what", "the subject") for name, block in made.items()}
    assert said["slack"]["url"] == "https://slack.test/SECRET"
    assert slack_problem(said["slack"]["json"]) == ""
    for name in ("page", "all-clear"):
        assert pagerduty_problems(said[name]["json"], KEY) == []
        assert said[name]["json"]["dedup_key"] == "the subject"
    assert "SECRET" not in str([block.model_dump_json() for block in made.values()])


def test_applying_twice_creates_once() -> None:
    server: dict[str, SimpleNamespace] = {}

    class Client:
        async def read_automations_by_name(self, name):
            return [server[name]] if name in server else []

        async def create_automation(self, automation):
            server[automation.name] = SimpleNamespace(id=uuid4())

        async def update_automation(self, automation_id, automation):
            assert server[automation.name].id == automation_id

    wanted = automations.desired(EVERYBODY, IDS)
    assert set(asyncio.run(automations.upsert(Client(), wanted)).values()) == {"created"}
    assert set(asyncio.run(automations.upsert(Client(), wanted)).values()) == {"updated"}


def test_automations_that_notify_nobody_are_refused() -> None:
    with pytest.raises(ConfigError, match="BATON_SLACK_WEBHOOK_URL"):
        asyncio.run(automations.apply_all(Settings()))
