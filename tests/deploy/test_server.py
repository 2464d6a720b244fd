"""The Prefect server's settings, as deploy/prefect-server.env gives them."""

from datetime import timedelta
from pathlib import Path

from prefect.settings.legacy import _get_settings_fields
from prefect.settings.models.root import Settings

ROOT = Path(__file__).resolve().parents[2]
LINES = (ROOT / "deploy" / "prefect-server.env").read_text().splitlines()
GIVEN = dict(line.split("=", 1) for line in LINES if not line.startswith("#"))


def test_every_name_is_a_setting_of_prefect():
    """A misspelt one would be ignored in silence."""
    assert set(GIVEN) - {"DO_NOT_TRACK"} <= set(_get_settings_fields(Settings))


def test_prefect_reads_them_as_meant(monkeypatch):
    assert Settings().server.services.db_vacuum.enabled_vacuum_types == {"events"}  # left alone, runs grow for ever
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)
    server = Settings().server
    assert server.services.db_vacuum.enabled_vacuum_types == {"events", "flow_runs", "orphans"}
    assert server.services.db_vacuum.retention_period == timedelta(days=90)
    assert server.events.retention_period == timedelta(days=7)
    assert server.api.host == "127.0.0.1"
    assert not server.analytics_enabled
