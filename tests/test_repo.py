"""The repository keeps its own rules."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
DEPLOYMENTS = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
PYTHON = [ROOT / name for name in subprocess.check_output(["git", "ls-files", "*.py"], cwd=ROOT, text=True).split()]


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda d: d["name"])
def test_a_deployment_loads_and_its_parameters_fit(deployment, monkeypatch):
    from prefect.flows import load_flow_from_entrypoint

    monkeypatch.chdir(ROOT)
    flow = load_flow_from_entrypoint(deployment["entrypoint"], use_placeholder_flow=False)
    parameters = deployment.get("parameters", {})
    if set(flow.parameters.required or ()) <= set(parameters):
        flow.validate_parameters(parameters)
    assert set(parameters) <= set(flow.parameters.properties)
    assert flow.description
    for name in flow.parameters.properties:
        assert f"{name}:" in flow.description, f"{flow.name} does not document its parameter {name}"


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda d: d["name"])
def test_a_deployment_has_only_known_keys_and_its_schedules_have_slugs(deployment):
    from prefect.cli.deploy._models import DeploymentConfig

    assert set(deployment) <= set(DeploymentConfig.model_fields)
    assert all(schedule.get("slug") for schedule in deployment.get("schedules", []))
    assert deployment["concurrency_limit"]["collision_strategy"] == "ENQUEUE"
    assert "alert" in deployment["tags"]


def test_every_flow_file_is_named_like_its_flow_and_shadows_nothing():
    for path in (ROOT / "flows").glob("*.py"):
        if path.stem == "__init__":
            continue
        assert f"\ndef {path.stem}(" in path.read_text()
        assert path.stem not in sys.stdlib_module_names
        assert not (ROOT / path.stem).exists()


def test_plain_folders_never_import_prefect():
    plain = [path for path in PYTHON if ROOT / "tasks" in path.parent.parents]
    assert plain
    assert [str(path) for path in plain if "prefect" in imports(path)] == []


def test_metrics_import_no_clock_no_environment_no_checks():
    forbidden = {"prefect", "great_expectations", "os", "time", "random", "requests", "sqlalchemy"}
    metrics = [path for path in PYTHON if path.parent == ROOT / "tasks" / "metrics"]
    assert metrics
    assert {str(path): imports(path) & forbidden for path in metrics if imports(path) & forbidden} == {}


def test_only_the_money_module_rounds():
    rounding = re.compile(r"(?<![\w])round\(|\.round\(")
    metrics = [path for path in PYTHON if path.parent == ROOT / "tasks" / "metrics" and path.name != "money.py"]
    assert [str(path) for path in metrics if rounding.search(path.read_text())] == []


def test_every_metric_has_a_suite_a_test_and_a_dictionary_entry():
    from tasks.metrics.catalogue import METRICS

    dictionary = (ROOT / "docs" / "data-dictionary.md").read_text()
    for metric in METRICS:
        assert (ROOT / "expectations" / f"{metric.table}.py").exists(), metric.table
        assert (ROOT / "tests" / "metrics" / f"test_{metric.table}.py").exists(), metric.table
        assert f"## mart.{metric.table}\n" in dictionary
        assert metric.definition.strip(), f"{metric.table}: compute has no docstring"


def test_the_data_dictionary_is_current():
    from cli.dictionary import text

    assert (ROOT / "docs" / "data-dictionary.md").read_text() == text()


def test_the_readme_names_only_commands_that_exist():
    readme = (ROOT / "README.md").read_text()
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"^make ([a-z]+)", readme, re.M)) <= targets
    from typer.main import get_command

    from cli.main import app

    commands = get_command(app).commands
    for name in re.findall(r"^baton ([a-z]+)", readme, re.M):
        assert name in commands, name


def test_the_locks_carry_hashes_and_no_addresses():
    for lock in ROOT.glob("requirements*.lock"):
        text = lock.read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text
