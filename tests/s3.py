"""A real S3 server: moto's, in a process of its own, which checks every signature.

Not in a thread: Delta's client holds Python's lock while it waits, so that a thread would never answer.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import requests

from tests.ports import any_port

REGION = "eu-west-1"
READING = ("s3:ListBucket", "s3:GetObject")


@dataclass(frozen=True)
class Store:
    """Its address, a user who may do everything and one who may only read, and what it was asked."""

    url: str
    log: Path
    user: Mapping[str, str]
    reader: Mapping[str, str]

    def environment(self) -> Mapping[str, str]:
        """What the README says to set."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": REGION,
            **self.user,
        }

    def bucket(self) -> str:
        """A new, empty bucket's name."""
        name = f"bucket-{uuid4().hex[:12]}"
        made = {"Bucket": name, "CreateBucketConfiguration": {"LocationConstraint": REGION}}
        client("s3", self.url, self.user).create_bucket(**made)
        return name

    def keys(self, bucket: str) -> list[str]:
        """The names of the first thousand objects in a bucket."""
        listed = client("s3", self.url, self.user).list_objects_v2(Bucket=bucket)
        return [found["Key"] for found in listed.get("Contents", [])]

    def refused_commits(self) -> int:
        """How many commits lost to another: `PUT …_delta_log/….json` answered with 412."""
        lines = self.log.read_text().splitlines()
        return sum("PUT" in line and "_delta_log" in line and '" 412' in line for line in lines)


def client(service: str, url: str, user: Mapping[str, str]):
    import boto3  # a second, for the tests that need it only

    given = {name.lower(): value for name, value in user.items()}
    return boto3.client(service, endpoint_url=url, region_name=REGION, **given)


@contextmanager
def running() -> Iterator[Store]:
    """Start a server, make its users, and have it check signatures from then on."""
    port = any_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.NamedTemporaryFile("w", prefix="baton_s3_", suffix=".log") as log:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        server = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            _wait(url, server)
            store = Store(url, Path(log.name), _made_user(url, "baton", "*"), _made_user(url, "reader", *READING))
            requests.post(f"{url}/moto-api/reset-auth", data="0", timeout=10).raise_for_status()
            yield store
        finally:
            server.terminate()
            server.wait()


def _made_user(url: str, name: str, *actions: str) -> Mapping[str, str]:
    """A new user who may do these, as environment variables."""
    iam = client("iam", url, {"AWS_ACCESS_KEY_ID": "setup", "AWS_SECRET_ACCESS_KEY": "setup"})
    allowed = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="all", PolicyDocument=policy)
    made = iam.create_access_key(UserName=name)["AccessKey"]
    return {"AWS_ACCESS_KEY_ID": made["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"]}


def _wait(url: str, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < deadline:
        try:
            requests.get(f"{url}/moto-api/data.json", timeout=2).raise_for_status()
            return
        except requests.RequestException:
            time.sleep(0.2)
    raise AssertionError("moto's server did not start")
