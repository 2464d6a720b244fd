"""A run started by hand says in one message what to put right, and nothing else; the exit code is 1."""

import shutil
from collections.abc import Callable
from pathlib import Path

from config.policy import ROOT

from .conftest import WRONG, Ended

Shell = Callable[..., Ended]


def message(done: Ended) -> str:
    """The one line on stderr."""
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("baton: ")
    return lines[0]


def test_a_night_with_wrong_credentials(shell: Shell):
    said = message(
        shell(
            "run", "nightly", BATON_SOURCES__SALESFORCE__CLIENT_SECRET=WRONG, BATON_SOURCES__KANTATA__TOKEN=WRONG
        )
    )  # fmt: skip
    assert "BATON_SOURCES__SALESFORCE__CLIENT_SECRET" in said
    assert "BATON_SOURCES__KANTATA__TOKEN" in said


def test_a_pull_from_a_host_that_refuses(shell: Shell, sandbox):
    sandbox.set_faults("denied_scope:vendor=salesforce")
    assert "BATON_SOURCES__SALESFORCE__CLIENT_ID" in message(shell("run", "ingest", "salesforce"))


def test_a_pull_without_a_mapped_field(shell: Shell, sandbox):
    sandbox.set_faults("missing_field:object=Opportunity,field=Type")
    said = message(shell("run", "ingest", "salesforce", "--entity", "opportunity"))
    assert "Opportunity.Type" in said
    assert "config/fields/salesforce.yaml" in said


def test_a_source_that_is_not_configured(shell: Shell):
    assert "No source nosuch is configured" in message(shell("run", "ingest", "nosuch"))


def test_an_unknown_key_stops_a_run_before_it_starts(shell: Shell, tmp_path: Path):
    code = tmp_path / "code"
    for folder in ("cli", "config", "flows", "tasks", "sandbox", "expectations"):
        shutil.copytree(ROOT / folder, code / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("policy", "routing", "baton"):
        file = code / "config" / f"{name}.yaml"
        was = file.read_text()
        file.write_text(f"surprise: 1\n{was}")
        said = message(shell("run", "nightly", root=code))
        assert f"{name}.yaml: surprise is not a known key" in said
        file.write_text(was)
    assert not (tmp_path / "home" / "lake").exists()


def test_a_settings_file_that_is_not_there(shell: Shell, tmp_path: Path):
    said = message(shell("run", "ingest", "salesforce", BATON_CONFIG=str(tmp_path / "nowhere.yaml")))
    assert "nowhere.yaml does not exist" in said


def test_a_warehouse_that_does_not_answer(shell: Shell):
    said = message(
        shell("run", "ingest", "salesforce", BATON_WAREHOUSE_URL=f"postgresql://baton:{WRONG}@127.0.0.1:9/warehouse")
    )
    assert "check BATON_WAREHOUSE_URL" in said


def test_a_lake_that_refuses_the_credentials(shell: Shell, s3_lake: str):
    for command in (("ingest", "kantata"), ("publish",)):
        said = message(shell("run", *command, BATON_LAKE_URL=s3_lake, AWS_SECRET_ACCESS_KEY=WRONG))
        assert said.count("refuses these credentials: check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY") == 1


def test_a_good_pull_says_so(shell: Shell):
    done = shell("run", "ingest", "salesforce")
    assert (done.returncode, done.stderr) == (0, "")
    assert "changed rows" in done.stdout
