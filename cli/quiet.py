"""What a person at a terminal sees of a run: one message, not Prefect's log; `PREFECT_LOGGING_LEVEL=INFO` shows all."""

import logging
import os
import sys

from config.policy import ROOT

SETTINGS = {
    "PREFECT_HOME": str(ROOT / "var" / "prefect"),
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "tasks",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
}
ALERTS = "tasks.alerts.console"  # `baton alerts` lists them; here they would say the run's own message twice


def quiet() -> None:
    """Set Prefect up before it is imported; what is given in the environment stays.

    The runs' whole logs go to the Prefect server as ever; only the terminal is kept short.
    """
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    os.makedirs(os.environ["PREFECT_HOME"], exist_ok=True)
    if "PREFECT_LOGGING_LEVEL" in os.environ:
        return
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.ERROR)
    handler.setFormatter(logging.Formatter("baton: %(message)s"))
    handler.addFilter(lambda record: record.name != ALERTS)
    logging.getLogger("tasks").addHandler(handler)
