"""Where the sandbox's servers are, and how to get in."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sandbox import tables
from sandbox.clock import Clock
from sandbox.faults import Fault, Faults
from sandbox.sinks import Sinks

CLIENT_ID = "3MVG9sandbox.consumer.key"
CLIENT_SECRET = "sandbox-consumer-secret"
TOKEN = "sandbox-kantata-token"
PORTAL_TOKEN = "sandbox-hubspot-token"
API_KEY = "sandbox-rocketlane-key"
DESK_EMAIL, DESK_TOKEN = "baton@example.com", "sandbox-zendesk-token"
SLACK_TOKEN = "sandbox-webhook"
ROUTING_KEY = "5a4db0c5a4db0c5a4db0c5a4db0c5a4d"


@dataclass(frozen=True)
class Sandbox:
    """The running servers: where they are, how to get in, their clock, faults and what they received."""

    salesforce_url: str
    kantata_url: str
    rocketlane_url: str
    zendesk_url: str
    hubspot_url: str
    slack_url: str
    pagerduty_url: str
    control_url: str
    clock: Clock
    faults: Faults
    sinks: Sinks
    folder: Path  # where the company's own tables are
    client_id: str = CLIENT_ID
    client_secret: str = CLIENT_SECRET
    token: str = TOKEN
    portal_token: str = PORTAL_TOKEN
    api_key: str = API_KEY
    desk_email: str = DESK_EMAIL
    desk_token: str = DESK_TOKEN
    routing_key: str = ROUTING_KEY
    certificates: dict[str, bytes] = field(default_factory=dict)  # Salesforce: a user's public key (PEM), for JWTs

    def set_clock(self, now: datetime) -> None:
        """Show the state of another instant."""
        self.clock.set(now)

    def set_faults(self, *faults: Fault | str) -> None:
        """Switch exactly these on, from zero; `name` or `name:key=value,…` will do."""
        self.faults.replace(faults)

    def incidents(self) -> list[dict[str, Any]]:
        """PagerDuty's incidents, in the order they were opened."""
        return self.sinks.shown()

    def messages(self) -> list[dict[str, Any]]:
        """The payloads posted to Slack, each with `received_at`."""
        return list(self.sinks.messages)

    def environment(self) -> dict[str, str]:
        """The variables that point Baton at these servers."""
        return {
            "BATON_SOURCES__SALESFORCE__URL": self.salesforce_url,
            "BATON_SOURCES__SALESFORCE__CLIENT_ID": self.client_id,
            "BATON_SOURCES__SALESFORCE__CLIENT_SECRET": self.client_secret,
            "BATON_SOURCES__KANTATA__URL": self.kantata_url,
            "BATON_SOURCES__KANTATA__TOKEN": self.token,
            "BATON_SLACK_WEBHOOK_URL": self.slack_url,
            "BATON_PAGERDUTY__URL": self.pagerduty_url,
            "BATON_PAGERDUTY__ROUTING_KEY": self.routing_key,
            **tables.settings(self.clock, self.folder),
        }

    def hubspot_environment(self) -> dict[str, str]:
        """The variables that give Baton the portal as one more source."""
        return {
            "BATON_SOURCES__HUBSPOT__VENDOR": "hubspot",
            "BATON_SOURCES__HUBSPOT__URL": self.hubspot_url,
            "BATON_SOURCES__HUBSPOT__TOKEN": self.portal_token,
        }

    def certinia_environment(self) -> dict[str, str]:
        """The variables that add Certinia, in the same org, as one more source."""
        prefix = "BATON_SOURCES__CERTINIA__"
        return {
            f"{prefix}VENDOR": "certinia",
            f"{prefix}URL": self.salesforce_url,
            f"{prefix}CLIENT_ID": self.client_id,
            f"{prefix}CLIENT_SECRET": self.client_secret,
        }

    def rocketlane_environment(self) -> dict[str, str]:
        """The variables that add the Rocketlane account as one more source."""
        prefix = "BATON_SOURCES__ROCKETLANE__"
        return {
            f"{prefix}VENDOR": "rocketlane",
            f"{prefix}URL": self.rocketlane_url,
            f"{prefix}FIELDS": "config/fields/rocketlane.yaml",
            f"{prefix}API_KEY": self.api_key,
        }

    def zendesk_environment(self) -> dict[str, str]:
        """The variables that add the Zendesk account as one more source."""
        prefix = "BATON_SOURCES__ZENDESK__"
        return {
            f"{prefix}VENDOR": "zendesk",
            f"{prefix}URL": self.zendesk_url,
            f"{prefix}EMAIL": self.desk_email,
            f"{prefix}API_TOKEN": self.desk_token,
        }
