"""The Kubernetes variant: the same prefect.yaml in a pool of type kubernetes, and manifests that a cluster would take.

No cluster is started here: manifests are held against Kubernetes' own schemas, strictly.
"""

import asyncio
import copy
import json
import re
import tomllib
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import kubernetes_validate
import pytest
import yaml
from prefect_kubernetes.settings import KubernetesSettings
from prefect_kubernetes.worker import KubernetesWorker, KubernetesWorkerJobConfiguration

from config.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy" / "kubernetes"
KUBERNETES = "1.37"
TEMPLATE = json.loads((FOLDER / "job-template.json").read_text())
WORKER = list(yaml.safe_load_all((FOLDER / "worker.yaml").read_text()))
DEPLOYMENTS = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]


def one(kind: str, name: str = "baton-worker") -> dict:
    (found,) = [document for document in WORKER if (document["kind"], document["metadata"]["name"]) == (kind, name)]
    return found


def job(deployment: dict) -> dict:
    """The job that the worker would make for a run of the deployment."""
    template, variables = copy.deepcopy(TEMPLATE), deployment["work_pool"]["job_variables"]
    client = SimpleNamespace()  # never asked: nothing of ours is stored on the server
    made = KubernetesWorkerJobConfiguration.from_template_and_values(template, variables, client=client)
    configuration = asyncio.run(made)
    run = SimpleNamespace(id=uuid4(), name=deployment["name"], flow_id=uuid4(), deployment_id=uuid4())
    configuration.prepare_for_flow_run(run)
    return configuration.job_manifest


def container(pod: dict) -> dict:
    (found,) = pod["containers"]
    return found


@pytest.mark.parametrize("document", WORKER, ids=lambda one: f"{one['kind']}-{one['metadata']['name']}")
def test_a_manifest_is_what_kubernetes_takes(document):
    kubernetes_validate.validate(document, KUBERNETES, strict=True)


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda one: one["name"])
def test_a_run_becomes_a_job_that_kubernetes_takes(deployment):
    made = job(deployment)
    pod = made["spec"]["template"]["spec"]
    assert container(pod)["args"] == ["prefect", "flow-run", "execute"]
    given = {entry["name"]: entry.get("value") for entry in container(pod)["env"]}
    assert given.items() >= deployment["work_pool"]["job_variables"]["env"].items()
    for misplaced in ("completions", "parallelism"):  # Prefect insists on them here; Kubernetes ignores them
        assert pod.pop(misplaced) == 1
    kubernetes_validate.validate(made, KUBERNETES, strict=True)


def test_the_template_knows_no_variable_and_no_setting_that_prefect_does_not():
    theirs = KubernetesWorker.get_default_base_job_template()
    added = set(TEMPLATE["variables"]["properties"]) - set(theirs["variables"]["properties"])
    assert added == {"scratch_limit"}
    assert set(TEMPLATE["job_configuration"]) <= set(KubernetesWorkerJobConfiguration.model_fields)
    used = set(re.findall(r"{{ (\w+) }}", json.dumps(TEMPLATE["job_configuration"])))
    assert used == set(TEMPLATE["variables"]["properties"])
    for deployment in DEPLOYMENTS:
        assert set(deployment["work_pool"].get("job_variables", {})) <= used


def test_neither_pod_may_more_than_it_needs():
    worker, run = one("Deployment")["spec"]["template"]["spec"], job(DEPLOYMENTS[0])["spec"]["template"]["spec"]
    for pod in (worker, run):
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert f"{pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}" in (
            (ROOT / "Dockerfile").read_text()
        )
        assert container(pod)["securityContext"]["readOnlyRootFilesystem"] is True
        assert container(pod)["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert {volume["name"] for volume in pod["volumes"] if "emptyDir" not in volume} == set()
    assert run["automountServiceAccountToken"] is False
    assert {document["metadata"]["name"] for document in WORKER if document["kind"] == "ServiceAccount"} == {
        worker["serviceAccountName"],
        run["serviceAccountName"],
    }
    assert all("secrets" not in rule["resources"] for rule in one("Role")["rules"])


def test_both_pods_run_one_image_of_this_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    worker = container(one("Deployment")["spec"]["template"]["spec"])
    assert worker["image"] == container(job(DEPLOYMENTS[0])["spec"]["template"]["spec"])["image"] == f"baton:{version}"
    assert "command" not in worker and "args" not in worker  # the image's own CMD


def test_the_names_in_the_environment_are_names_of_settings(monkeypatch):
    """A misspelt one would be ignored in silence by Prefect, and stop Baton."""
    worker = container(one("Deployment")["spec"]["template"]["spec"])
    for name, value in one("ConfigMap", "baton")["data"].items():
        monkeypatch.setenv(name, value)
    for entry in worker["env"]:
        monkeypatch.setenv(entry["name"], entry.get("value", "from-the-secret"))
    assert Settings().lake == "s3://example-bucket/lake"
    assert Settings().environment == "production"
    kubernetes = KubernetesSettings()
    assert kubernetes.observer.namespaces == {"baton"}
    assert kubernetes.worker.api_auth_string_secret_name == "baton"
    assert kubernetes.worker.api_auth_string_secret_key == "PREFECT_API_AUTH_STRING"
