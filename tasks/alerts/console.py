"""The console: a log line per alert, with its fingerprint."""

import logging

from tasks.alerts.channels import Outcome
from tasks.alerts.message import Message, headline, lines

LEVELS = {"critical": logging.ERROR, "error": logging.ERROR, "warning": logging.WARNING, "info": logging.INFO}
log = logging.getLogger("tasks.alerts.console")


def tell(said: Message) -> Outcome:
    """Log the message."""
    level = logging.INFO if said["action"] == "resolve" else LEVELS[said["severity"]]
    log.log(level, "%s | %s | %s", headline(said), " | ".join(lines(said)), said["fingerprint"][:12])
    return Outcome(True)
