"""What a person at a terminal sees of a run: one message, not Prefect's log; `PREFECT_LOGGING_LEVEL=INFO` shows all."""

import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from config.policy import ROOT
from tasks.errors import BatonError

SETTINGS: Mapping[str, str] = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "tasks",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
}
TERMINAL: Mapping[str, str] = {  # of this process only: the server and the worker that `baton up` starts log it all
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
}
CONSOLE_ALERTS = "tasks.alerts.console"


def quiet() -> None:
    """Set Prefect up before it is imported; what is given in the environment stays.

    The runs' whole logs go to the Prefect server as ever; only the terminal is kept short.
    """
    home = Path(os.environ.get("BATON_HOME") or ROOT / "var").resolve() / "prefect"
    for name, value in {**SETTINGS, "PREFECT_HOME": str(home)}.items():
        os.environ.setdefault(name, value)
    Path(os.environ["PREFECT_HOME"]).mkdir(parents=True, exist_ok=True)
    if "PREFECT_LOGGING_LEVEL" in os.environ:
        return
    for name, value in TERMINAL.items():
        os.environ.setdefault(name, value)
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.ERROR)
    handler.setFormatter(logging.Formatter("baton: %(message)s"))
    handler.addFilter(_is_news)
    logging.getLogger("tasks").addHandler(handler)


def _is_news(record: logging.LogRecord) -> bool:
    """Whether the run's own last message will not say it too; open alerts are listed by `baton alerts`."""
    given = record.args if isinstance(record.args, tuple) else ()
    return record.name != CONSOLE_ALERTS and not any(isinstance(one, BatonError) for one in given)
