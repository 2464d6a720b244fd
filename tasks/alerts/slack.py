"""Slack by incoming webhook: one message per kind, within Slack's limits, with a plain text beside the blocks."""

from collections.abc import Sequence
from typing import Any

import orjson

from config.settings import Settings
from tasks.alerts.channels import Http, Outcome, post
from tasks.alerts.message import Message, headline, lines

MAX_LISTED = 20  # of at most 50 blocks
MAX_SECTION = 1_000  # of at most 3,000 characters
MAX_BLOCKS_BYTES = 12_000  # Slack refuses blocks somewhat above 13,000 characters, which it does not document


def tell(settings: Settings, http: Http, said: Sequence[Message]) -> Outcome:
    """Post alerts of one kind and action as one message."""
    url = settings.slack_webhook_url.get_secret_value()
    return post(http, "Slack", "BATON_SLACK_WEBHOOK_URL", url, payload(said))


def payload(said: Sequence[Message]) -> dict[str, Any]:
    """The message: in full for one alert, a list with `+N more` for several."""
    first = said[0]
    if len(said) == 1:
        blocks = [_section(f"*{_safe(headline(first))}*"), _section("\n".join(_safe(line) for line in lines(first)))]
        return {"text": headline(first), "blocks": blocks}
    text = f"{len(said)} alerts: {first['kind']}" + (" resolved" if first["action"] == "resolve" else "")
    blocks = [_section(f"*{text}*\n{_safe(first['impact'])}")]
    for message in said[:MAX_LISTED]:
        block = _section(_safe(headline(message)))
        if len(orjson.dumps([*blocks, block])) > MAX_BLOCKS_BYTES - 2 * MAX_SECTION:
            break
        blocks.append(block)
    if len(said) > len(blocks) - 1:
        blocks.append(_section(f"+{len(said) - len(blocks) + 1} more: `baton alerts list --kind {first['kind']}`"))
    blocks.append(_section(f"Owner: {_safe(first['owner'])}. Runbook: {first['runbook']}"))
    return {"text": text, "blocks": blocks}


def _section(text: str) -> dict[str, Any]:
    cut = text if len(text) <= MAX_SECTION else text[: MAX_SECTION - 1] + "…"
    return {"type": "section", "text": {"type": "mrkdwn", "text": cut}}


def _safe(text: str) -> str:
    """Slack's three control characters, escaped: an id cannot mention a channel."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
