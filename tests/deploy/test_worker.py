"""The image's CMD for real, in front of an API server that only notes what it is asked: a run becomes our job."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import kubernetes_validate
import pytest
import yaml
from prefect.settings import PREFECT_API_URL
from prefect.testing.utilities import prefect_test_harness

from deploy.recipe import ROOT, words
from tests.deploy.test_kubernetes import FOLDER, KUBERNETES, container, one
from tests.ports import any_port

PASSWORD = "baton:of-the-prefect-server"
WATCH = 1.0  # seconds that an answer to a watch is held back


class Cluster(BaseHTTPRequestHandler):
    """No pods, no jobs but those that are posted."""

    jobs: list[dict]

    def do_GET(self) -> None:
        if "watch=true" in self.path:
            time.sleep(WATCH)
        resources = [{"name": "jobs", "kind": "Job", "namespaced": True, "verbs": ["list", "watch"]}]
        self._answer(
            {
                "/api": {"versions": ["v1"]},
                "/apis": {"groups": [{"name": "batch", "versions": [{"groupVersion": "batch/v1", "version": "v1"}]}]},
                "/apis/batch/v1": {"groupVersion": "batch/v1", "resources": resources},
            }.get(self.path, {"metadata": {"resourceVersion": "1"}, "items": []})
        )

    def do_POST(self) -> None:
        job = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.jobs.append({"path": self.path, **job})
        named = {**job["metadata"], "name": job["metadata"]["generateName"] + "x", "uid": "1"}
        self._answer({**job, "metadata": named}, 201)

    def _answer(self, body: dict, status: int = 200) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[Path, list[dict]]]:
    """A kubeconfig, and the jobs that were posted."""
    jobs: list[dict] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Noting", (Cluster,), {"jobs": jobs}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    config = {
        "apiVersion": "v1", "kind": "Config", "current-context": "here",
        "clusters": [{"name": "here", "cluster": {"server": f"http://127.0.0.1:{server.server_port}"}}],
        "users": [{"name": "here", "user": {"token": "none"}}],
        "contexts": [{"name": "here", "context": {"cluster": "here", "user": "here"}}],
    }  # fmt: skip
    file = tmp_path / "kubeconfig"
    file.write_text(yaml.safe_dump(config))
    yield file, jobs
    server.shutdown()
    server.server_close()


def command(instruction: str, port: int) -> list[str]:
    """One of the Dockerfile's, with this Python and another port."""
    program, *rest = (word.replace("8080", str(port)) for word in words(instruction))
    return [str(Path(sys.executable).with_name(program)), *rest]


def until(is_so: Callable[[], object], seconds: float, log: Path) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, log.read_text()[-3000:]
        time.sleep(1)


@contextmanager
def working(environment: dict[str, str], port: int, log: Path) -> Iterator[None]:
    """The CMD, with the variables that the manifest gives it."""
    given = {entry["name"]: entry.get("value", PASSWORD) for entry in container(pod())["env"]}
    own = environment | given | {"PREFECT_WORKER_WEBSERVER_PORT": str(port)}
    with log.open("w") as file:
        worker = subprocess.Popen(command("CMD", port), env=own, cwd=ROOT, stdout=file, stderr=file)
    try:
        yield
    finally:
        worker.terminate()
        try:
            worker.wait(timeout=30)  # a worker told to go while it starts may not hear it
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()


def pod() -> dict:
    return dict(one("Deployment")["spec"]["template"]["spec"])


def test_a_run_becomes_a_job_without_a_password(cluster, tmp_path):
    kubeconfig, jobs = cluster
    port = any_port()
    log = tmp_path / "worker.log"
    template = ["--base-job-template", str(FOLDER / "job-template.json")]
    with prefect_test_harness(server_startup_timeout=180):
        environment = os.environ | {
            "PREFECT_API_URL": PREFECT_API_URL.value(), "PREFECT_HOME": str(tmp_path / "prefect"),
            "KUBECONFIG": str(kubeconfig), "BATON_ROOT": "/opt/baton",
        }  # fmt: skip

        def prefect(*arguments: str) -> None:
            asked = [str(Path(sys.executable).with_name("prefect")), *arguments]
            done = subprocess.run(asked, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr

        def is_healthy() -> bool:
            return subprocess.run(command("HEALTHCHECK", port), capture_output=True, check=False).returncode == 0

        prefect("work-pool", "create", "baton", "--type", "kubernetes", *template)
        prefect("--no-prompt", "deploy", "--name", "close-month")
        assert not is_healthy()
        with working(environment, port, log):
            until(is_healthy, 120, log)
            prefect("deployment", "run", "close-month/close-month", "--param", 'month="2026-09-01"')
            until(lambda: jobs, 120, log)
    (job,) = jobs
    assert job.pop("path") == "/apis/batch/v1/namespaces/baton/jobs"
    made = job["spec"]["template"]["spec"]
    given = {entry["name"]: entry for entry in container(made)["env"]}
    secret = {"secretKeyRef": {"name": "baton", "key": "PREFECT_API_AUTH_STRING"}}
    assert given["PREFECT_API_AUTH_STRING"]["valueFrom"] == secret
    assert PASSWORD not in json.dumps(job)
    for misplaced in ("completions", "parallelism"):
        assert made.pop(misplaced) == 1
    kubernetes_validate.validate(job, KUBERNETES, strict=True)
