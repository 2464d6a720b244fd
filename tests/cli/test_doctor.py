"""The doctor finds each thing that would stop a first ingest, names it alone, and says what to do."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from typer.testing import Result

from config.policy import ROOT
from sandbox.serve import Sandbox

from .conftest import WRONG

SECRET = "BATON_SOURCES__SALESFORCE__CLIENT_SECRET"
TOKEN = "BATON_SOURCES__KANTATA__TOKEN"
Baton = Callable[..., Result]


def wrong(result: Result) -> list[str]:
    """The findings that are not good; the exit code says whether there are any."""
    found = [line.removeprefix(" !!  ") for line in result.stdout.splitlines() if line.startswith(" !!")]
    assert result.exit_code == (1 if found else 0), result.output
    return found


def silent_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def config(tmp_path: Path, **changes: object) -> str:
    """A copy of baton.yaml with other keys, as `BATON_CONFIG` would name it."""
    file = tmp_path / "other.yaml"
    shipped = yaml.safe_load((ROOT / "config" / "baton.yaml").read_text())
    file.write_text(yaml.safe_dump(shipped | changes))
    return str(file)


def test_all_is_well(baton: Baton):
    result = baton("doctor")
    assert wrong(result) == []
    for subject in (
        "baton.yaml",
        "policy.yaml",
        "exchange rates",
        "routing.yaml",
        "warehouse",
        "lake",
        "salesforce: login",
    ):
        assert f" ok  {subject}: " in result.stdout


@pytest.mark.parametrize(("setting", "source"), [(SECRET, "salesforce"), (TOKEN, "kantata")])
def test_a_wrong_secret(baton: Baton, setting: str, source: str):
    (found,) = wrong(baton("doctor", **{setting: WRONG}))
    assert found.startswith(f"{source}: ")
    assert setting in found


@pytest.mark.parametrize(("setting", "source"), [(SECRET, "salesforce"), (TOKEN, "kantata")])
def test_a_secret_that_is_not_set(baton: Baton, setting: str, source: str):
    (found,) = wrong(baton("doctor", **{setting: ""}))
    assert found.startswith(f"{source}: {setting} is not set")


def test_a_host_that_does_not_answer(baton: Baton):
    url = f"http://127.0.0.1:{silent_port()}/api/v1"
    (found,) = wrong(baton("doctor", BATON_SOURCES__KANTATA__URL=url))
    assert "check BATON_SOURCES__KANTATA__URL" in found


def test_a_field_that_the_vendor_does_not_show(baton: Baton, sandbox: Sandbox):
    sandbox.set_faults("missing_field:object=Opportunity,field=Type")
    (found,) = wrong(baton("doctor"))
    assert found.startswith("salesforce: opportunity: ")
    assert "Opportunity.Type" in found
    assert "config/fields/salesforce.yaml" in found


def test_a_custom_field_that_is_not_there(baton: Baton, tmp_path: Path):
    fields = yaml.safe_load((ROOT / "config" / "fields" / "kantata.yaml").read_text())
    entity = next(one for one in fields["entities"].values() if one.get("custom_fields"))
    next(iter(entity["custom_fields"].values()))["name"] = "No such field"
    map_file = tmp_path / "kantata.yaml"
    map_file.write_text(yaml.safe_dump(fields, sort_keys=False))
    found = wrong(baton("doctor", BATON_SOURCES__KANTATA__FIELDS=str(map_file)))
    assert len(found) == 1
    assert "No such field" in found[0]


def test_a_warehouse_that_is_no_warehouse(baton: Baton):
    (found,) = wrong(baton("doctor", BATON_WAREHOUSE_URL=f"mysql://baton:{WRONG}@db/warehouse"))
    assert found.startswith("warehouse: BATON_WAREHOUSE_URL must start with postgresql")


def test_a_warehouse_that_does_not_answer(baton: Baton):
    url = f"postgresql+psycopg://baton:{WRONG}@127.0.0.1:{silent_port()}/warehouse"
    (found,) = wrong(baton("doctor", BATON_WAREHOUSE_URL=url))
    assert found.startswith("warehouse: ")
    assert "check BATON_WAREHOUSE_URL" in found


def test_a_warehouse_that_answers(baton: Baton, database_url: str):
    result = baton("doctor", BATON_WAREHOUSE_URL=database_url)
    assert wrong(result) == []
    assert "warehouse: PostgreSQL " in result.stdout


def test_a_folder_that_cannot_be_made(baton: Baton, tmp_path: Path):
    (tmp_path / "file").write_text("")
    (found,) = wrong(baton("doctor", BATON_HOME=str(tmp_path / "file" / "home")))
    assert found.startswith("warehouse: ")
    assert "BATON_HOME" in found


def test_a_file_that_cannot_be_written(baton: Baton, tmp_path: Path):
    (tmp_path / "home" / "warehouse" / "ops.sqlite").mkdir(parents=True)
    (found,) = wrong(baton("doctor"))
    assert found.startswith("warehouse: ")
    assert "write access" in found


def test_a_lake_in_a_bucket(baton: Baton, s3_lake: str):
    result = baton("doctor", BATON_LAKE_URL=s3_lake)
    assert wrong(result) == []
    assert f"lake: {s3_lake} can be listed and written" in result.stdout


def test_a_lake_that_refuses_the_credentials(baton: Baton, s3_lake: str):
    (found,) = wrong(baton("doctor", BATON_LAKE_URL=s3_lake, AWS_SECRET_ACCESS_KEY=WRONG))
    assert found.startswith("lake: ")
    assert "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY" in found


def test_a_lake_that_is_nowhere_and_a_warehouse_that_does_not_answer(baton: Baton, s3_lake: str):
    url = f"postgresql+psycopg://baton:{WRONG}@127.0.0.1:{silent_port()}/warehouse"
    found = wrong(baton("doctor", BATON_LAKE_URL="s3://nowhere/lake", BATON_WAREHOUSE_URL=url))
    assert [subject.split(":")[0] for subject in found] == ["warehouse", "lake"]
    assert "create it, or correct BATON_LAKE_URL" in found[1]


def test_another_settings_file_with_an_unknown_key(baton: Baton, tmp_path: Path):
    (found,) = wrong(baton("doctor", BATON_CONFIG=config(tmp_path, sauces={})))
    assert found.startswith("other.yaml: ")
    assert "sauces is not a known key" in found


def test_a_settings_file_that_is_not_there(baton: Baton, tmp_path: Path):
    (found,) = wrong(baton("doctor", BATON_CONFIG=str(tmp_path / "nowhere.yaml")))
    assert "nowhere.yaml does not exist" in found


@pytest.mark.parametrize("name", ["policy", "routing"])
def test_an_unknown_key_in_the_rules(baton: Baton, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str):
    module = {"policy": "config.policy.policy", "routing": "tasks.alerts.routing.routing"}[name]
    from config.policy import policy
    from tasks.alerts.routing import routing

    read = {"policy": policy, "routing": routing}[name]
    file = tmp_path / f"{name}.yaml"
    file.write_text((ROOT / "config" / f"{name}.yaml").read_text() + "\n" + ("extra: 1\n" if name == "policy" else ""))
    if name == "routing":
        file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text()) | {"extra": 1}))
    monkeypatch.setattr(module, lambda: read(file))
    (found,) = wrong(baton("doctor"))
    assert found.startswith(f"{name}.yaml: ")
    assert "extra is not a known key" in found


def test_exchange_rates_that_are_not_there(baton: Baton, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from config.policy import policy

    rules = policy()
    reporting = rules.reporting.model_copy(update={"fx_rates": tmp_path / "none.csv"})
    monkeypatch.setattr("config.policy.policy", lambda: rules.model_copy(update={"reporting": reporting}))
    (found,) = wrong(baton("doctor"))
    assert found.startswith("exchange rates: policy.yaml reporting.fx_rates")
    assert "none.csv does not exist" in found
