"""The image without Docker: the Dockerfile's own steps in a folder, then its CMD and its health check, and one run.

`make rehearse` builds from the locks, starts a Prefect server with `deploy/prefect-server.env`, deploys, starts the
worker as the Dockerfile says (as its user, when run as root) and lets it pull one source of the pretend company.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from dockerfile_parse import DockerfileParser

ROOT = Path(__file__).resolve().parents[1]
STEPS = DockerfileParser(str(ROOT / "Dockerfile")).structure
STAGE = [place for place, step in enumerate(STEPS) if step["instruction"] == "FROM"]
USER = 10001
PORT, HEALTH = "4280", "8180"
PASSWORD = "rehearsal:only"  # the server's, which is on loopback and ends with this program


def main() -> int:
    """Build, serve, run; 0 when the run was completed."""
    parser = argparse.ArgumentParser(prog="python deploy/rehearse.py", description=main.__doc__)
    parser.add_argument("--database", default="", help="of the Prefect server: postgresql+asyncpg://…; SQLite without")
    parser.add_argument("--python", default="python3.11", help="the interpreter that stands for the base image's")
    given = parser.parse_args()
    with TemporaryDirectory(prefix="baton_image_") as folder:
        root = Path(folder)
        environment = built(root, given.python)
        with serving(root, environment, given.database):
            return rehearsed(root, environment)


def built(root: Path, python: str) -> dict[str, str]:
    """The image's file system below `root`, by the first stage's RUN lines; the second stage's environment."""
    (root / "opt" / "baton").mkdir(parents=True)
    for own in ("scratch", "tmp"):  # what the user may write to
        (root / own).mkdir()
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if line.startswith("!"):
            copied(line[1:].rstrip("/"), root / "opt" / "baton")
    links = root / "bin"
    links.mkdir()
    (links / "python").symlink_to(shutil.which(python) or python)
    path = os.environ | {"PATH": f"{links}:{os.environ['PATH']}"}  # with what reaches the package index from here
    for step in STEPS[STAGE[0] : STAGE[1]]:
        if step["instruction"] == "RUN":
            print(f"RUN {step['value']}", flush=True)
            own = path | variables(STEPS[STAGE[0] : STAGE[1]], root)
            subprocess.run(["sh", "-ec", here(step["value"], root)], cwd=root / "opt" / "baton", env=own, check=True)
    if os.geteuid() == 0:
        root.chmod(0o755)
        for own in ("scratch", "tmp"):
            os.chown(root / own, USER, USER)
    return variables(STEPS[STAGE[1] :], root) | {"TMPDIR": str(root / "tmp")}


def copied(name: str, target: Path) -> None:
    """A file or folder of the repository, as COPY puts it into the image."""
    if (ROOT / name).is_dir():
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(ROOT / name, target)


def variables(steps: list[dict], root: Path) -> dict[str, str]:
    """What the ENV lines set."""
    words = " ".join(step["value"] for step in steps if step["instruction"] == "ENV").split()
    return {name: here(value, root) for name, value in (word.split("=", 1) for word in words)}


def here(text: str, root: Path) -> str:
    """A text of the Dockerfile with the image's folders in this one."""
    return text.replace("/opt/", f"{root}/opt/").replace("/scratch", f"{root}/scratch").replace("8080", HEALTH)


def last(instruction: str, root: Path) -> list[str]:
    """The words of an instruction that is written as a list."""
    (text,) = [step["value"] for step in STEPS if step["instruction"] == instruction]
    return list(json.loads(here(text[text.index("[") :], root)))


@contextmanager
def serving(root: Path, environment: dict[str, str], database: str) -> Iterator[None]:
    """A Prefect server with the settings of `prefect-server.env`, and the worker's environment pointed at it."""
    lines = (ROOT / "deploy" / "prefect-server.env").read_text().splitlines()
    settings = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    secrets = {"PREFECT_SERVER_API_AUTH_STRING": PASSWORD}
    if database:
        secrets["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = database
    server = ["prefect", "server", "start", "--port", PORT]
    environment |= {
        "PREFECT_API_URL": f"http://127.0.0.1:{PORT}/api",
        "PREFECT_API_AUTH_STRING": PASSWORD,
        "PREFECT_WORKER_WEBSERVER_PORT": HEALTH,
    }
    with started("server", server, root, environment | settings | secrets):
        said(["prefect", "work-pool", "create", "baton", "--type", "process"], root, environment, tries=60)
        said(["prefect", "--no-prompt", "deploy", "--all"], root, environment)
        yield


def rehearsed(root: Path, environment: dict[str, str]) -> int:
    """Start the CMD beside the pretend company, ask the HEALTHCHECK, run one deployment; its exit code."""
    file = root / "scratch" / "sandbox.env"
    sandbox = ["python", "-m", "sandbox.serve", "--accounts", "20", "--environment-file", str(file)]
    with started("sandbox", sandbox, root, environment):
        while not file.exists() or not file.read_text().endswith("\n"):
            time.sleep(0.5)
        company = dict(line.split("=", 1) for line in file.read_text().splitlines() if "=" in line)
        clock = {"BATON_NOW": "2026-11-23T05:00:00+00:00"}
        with started("worker", last("CMD", root), root, environment | company | clock):
            said(last("HEALTHCHECK", root), root, environment, tries=60)
            print("healthy: the worker answers", flush=True)
            code = said(
                ["prefect", "deployment", "run", "ingest/kantata", "--watch", "--watch-timeout", "600"],
                root,
                environment,
            )
    print("the run was completed", flush=True)
    return code


@contextmanager
def started(name: str, command: list[str], root: Path, environment: dict[str, str]) -> Iterator[None]:
    """A process of the image's user, stopped at the end; what it said is printed when something failed."""
    log = root / "scratch" / f"{name}.log"
    with log.open("w") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file, **placed(root, environment))
    try:
        yield
    except BaseException:
        print(f"--- {name}\n{log.read_text()[-4000:]}", file=sys.stderr)
        raise
    finally:
        process.terminate()
        process.wait()


def said(command: list[str], root: Path, environment: dict[str, str], tries: int = 1) -> int:
    """Run a command of the image, again every two seconds until it succeeds.

    Raises:
        subprocess.CalledProcessError: it failed every time.
    """
    for attempt in range(1, tries + 1):
        done = subprocess.run(command, capture_output=True, text=True, check=False, **placed(root, environment))
        if done.returncode == 0:
            return 0
        if attempt < tries:
            time.sleep(2)
    print(done.stdout[-2000:], done.stderr[-2000:], file=sys.stderr)
    raise subprocess.CalledProcessError(done.returncode, command)


def placed(root: Path, environment: dict[str, str]) -> dict:
    """Where and as whom a command runs: the image's folder, variables and, when it can be had, its user."""
    user = {"user": USER, "group": USER, "extra_groups": []} if os.geteuid() == 0 else {}
    return {"cwd": root / "opt" / "baton", "env": environment, **user}


if __name__ == "__main__":
    sys.exit(main())
