"""docs/deployment.md names only what there is."""

import re
from pathlib import Path

from typer.main import get_command

from cli.main import app

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "deployment.md").read_text()


def test_its_files_exist():
    links = [link for link in re.findall(r"\]\(([^)]+)\)", PAGE) if "://" not in link]
    named = re.findall(r"(?:deploy|config|tests)/[\w./-]+\.\w+", PAGE)
    assert links and named
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_its_commands_and_variables_exist():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"`make ([a-z]+)`", PAGE)) <= targets
    assert set(re.findall(r"^baton ([a-z]+)", PAGE, re.M)) | {"run"} <= set(get_command(app).commands)
    settings = (ROOT / "config" / "settings.py").read_text()
    for name in set(re.findall(r"BATON_([A-Z][A-Z_]*[A-Z])(?:__|\b)", PAGE)) - {"ROOT"}:
        field = name.split("__")[0].lower()
        assert f"    {field}: " in settings, name
