"""Make the Prefect server's automations match `automations.yaml`; safe to run again: `python -m config.automations`."""

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from prefect.blocks.notifications import CustomWebhookNotificationBlock
from prefect.client.orchestration import PrefectClient, get_client
from prefect.events.schemas.automations import AutomationCore
from prefect.types import SecretDict

from config.settings import ROOT, Settings, settings
from tasks.alerts.alert import Alert, fingerprint
from tasks.errors import BatonError, ConfigError

FILE = Path(__file__).with_suffix(".yaml")


def blocks(given: Settings) -> dict[str, CustomWebhookNotificationBlock]:
    """The notification blocks that the settings allow for: slack, page and all-clear; secrets stay in their secrets.

    Custom webhooks, since Prefect's own PagerDuty block sends no dedup_key and never resolves.
    """
    found = {}
    slack, key = given.slack_webhook_url.get_secret_value(), given.pagerduty.routing_key.get_secret_value()
    if slack:
        found["slack"] = _webhook({"text": "*{{subject}}*\n{{body}}"}, url=slack)
    if key:
        event = {"routing_key": "{{routing_key}}", "dedup_key": "{{subject}}"}
        payload = {"summary": "{{body}}", "source": f"baton/{given.environment}", "severity": "critical"}
        secrets = {"url": given.pagerduty.url, "routing_key": key}
        found["page"] = _webhook({**event, "event_action": "trigger", "payload": payload}, **secrets)
        found["all-clear"] = _webhook({**event, "event_action": "resolve"}, **secrets)
    return found


def _webhook(message: Mapping[str, Any], **secrets: str) -> CustomWebhookNotificationBlock:
    return CustomWebhookNotificationBlock(
        name="baton", url="{{url}}", json_data=dict(message), secrets=SecretDict(secrets), timeout=10
    )


def desired(given: Settings, block_ids: Mapping[str, UUID]) -> list[AutomationCore]:
    """The automations of the file, without notifications that have no block, and without those left with no action."""
    found = []
    for spec in yaml.safe_load(FILE.read_text()):
        actions = [_action(action, given, block_ids) for action in spec["actions"] if _is_ready(action, block_ids)]
        if actions:
            found.append(AutomationCore.model_validate({**spec, "actions": actions, "tags": ["baton"]}))
    return found


def _is_ready(action: Mapping[str, Any], block_ids: Mapping[str, UUID]) -> bool:
    return "send" not in action or action["send"] in block_ids


def _action(action: Mapping[str, Any], given: Settings, block_ids: Mapping[str, UUID]) -> dict[str, Any]:
    if "send" not in action:
        return dict(action)
    subject = action["subject"] if "subject" in action else _key(action["key"], given)
    block = str(block_ids[action["send"]])
    return {"type": "send-notification", "block_document_id": block, "subject": subject, "body": action["body"]}


def _key(name: str, given: Settings) -> str:
    """The dedup_key of a page: a name of this environment, or a template that picks the flow's own fingerprint."""
    if name != "run":
        return f"baton|{given.environment}|{name}"
    marks = {
        flow: fingerprint(given.environment, Alert("run_failed", flow, "", "critical")) for flow in deployed_flows()
    }
    flow = "event.resource_in_role['flow'].name"
    return f"{{{{ {json.dumps(marks)}.get({flow}, 'baton|{given.environment}|' ~ {flow}) }}}}"


def deployed_flows() -> Sequence[str]:
    """The flows that prefect.yaml deploys."""
    declared = yaml.safe_load((ROOT / "prefect.yaml").read_text())
    return sorted({deployment["entrypoint"].rsplit(":", 1)[1] for deployment in declared["deployments"]})


async def upsert(client: PrefectClient, automations: Sequence[AutomationCore]) -> dict[str, str]:
    """Create each automation, or update the one of its name; what happened to each.

    Prefect's own `automation create` would add a second one, and with it a second alert.
    """
    done = {}
    for automation in automations:
        existing = await client.read_automations_by_name(automation.name)
        if existing:
            await client.update_automation(existing[0].id, automation)
        else:
            await client.create_automation(automation)
        done[automation.name] = "updated" if existing else "created"
    return done


async def apply_all(given: Settings) -> dict[str, str]:
    """Save the blocks, then the automations, on the server that PREFECT_API_URL names.

    Raises:
        ConfigError: neither Slack nor PagerDuty is set up, so that nobody would hear anything.
    """
    wanted = blocks(given)
    if not wanted:
        raise ConfigError("Automations notify nobody: set BATON_SLACK_WEBHOOK_URL or BATON_PAGERDUTY__ROUTING_KEY.")
    async with get_client() as client:
        saved = {
            name: await block.asave(f"baton-{name}", overwrite=True, client=client) for name, block in wanted.items()
        }
        return await upsert(client, desired(given, saved))


def apply() -> dict[str, str]:
    """`apply_all` with the settings of this process."""
    return asyncio.run(apply_all(settings()))


def main() -> int:
    """Apply them and say what happened to each; what a person must put right is one line on stderr."""
    try:
        outcomes = apply()
    except BatonError as error:
        print(f"automations: {error}", file=sys.stderr)
        return 1
    for name, outcome in outcomes.items():
        print(f"{name}: {outcome}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
