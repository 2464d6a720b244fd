"""A lake that cannot be used says so in one message with the remedy; commits of one moment exclude each other."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tasks.errors import ConfigError, LakeAccessError, LakeError
from tasks.lake import append as module
from tasks.lake.access import reaching
from tasks.lake.append import append
from tasks.lake.places import entities, instances, is_held, opened
from tasks.lake.probe import probe
from tasks.lake.read import live
from tests.lake.test_append import DAY, MORNING, batch

WRONG = "a-secret-that-is-wrong"
ROUNDS = 20


def test_a_lake_in_a_bucket_is_probed_and_left_as_it_was(s3, s3_lake):
    append(s3_lake, "psa", "task", batch({"id": "1"}), hi=MORNING)
    bucket = s3_lake.split("/")[2]
    before = s3.keys(bucket)
    assert probe(s3_lake) == f"{s3_lake} can be listed and written"
    assert s3.keys(bucket) == before


def test_a_folder_is_probed_and_left_as_it_was(tmp_path):
    assert probe(str(tmp_path / "lake")).endswith("can be listed and written")
    assert list((tmp_path / "lake").iterdir()) == []


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(LakeAccessError, match="give this user write access"):
        probe(str(tmp_path / "file" / "lake"))


@pytest.mark.parametrize("look", [probe, instances, lambda lake: entities(lake, "psa"),
                                  lambda lake: is_held(lake, "psa", "task"), lambda lake: opened(lake, "psa", "task"),
                                  lambda lake: live(lake, "psa", "task"),
                                  lambda lake: append(lake, "psa", "task", batch({"id": "1"}), hi=MORNING)],
                         ids=["probe", "instances", "entities", "is_held", "opened", "live", "append"])  # fmt: skip
def test_wrong_credentials_and_a_missing_bucket(s3_lake, monkeypatch, look):
    with pytest.raises(LakeAccessError, match=r"bucket nowhere does not exist: create it, or correct BATON_LAKE_URL\."):
        look("s3://nowhere/lake")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", WRONG)
    with pytest.raises(LakeAccessError, match=r"refuses these credentials: check AWS_ACCESS_KEY_ID") as caught:
        look(s3_lake)
    assert WRONG not in str(caught.value)
    assert caught.value.__suppress_context__


def test_credentials_that_may_only_read(s3, s3_lake, monkeypatch):
    append(s3_lake, "psa", "task", batch({"id": "1"}), hi=MORNING)
    for name, value in s3.reader.items():
        monkeypatch.setenv(name, value)
    assert live(s3_lake, "psa", "task") == {"1"}
    for refused in (probe, lambda lake: append(lake, "psa", "task", batch({"id": "2"}), hi=MORNING)):
        with pytest.raises(LakeAccessError, match="refuses these credentials"):
            refused(s3_lake)


def test_a_store_that_does_not_answer(s3_lake, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(LakeAccessError, match="does not answer: check BATON_LAKE_URL, AWS_ENDPOINT_URL"):
        probe(s3_lake)


def test_a_store_without_encryption_must_be_allowed(s3_lake, monkeypatch):
    monkeypatch.delenv("AWS_ALLOW_HTTP")
    with pytest.raises(LakeAccessError, match="set AWS_ALLOW_HTTP=true"):
        probe(s3_lake)


def test_no_credentials_at_all(s3_lake, monkeypatch):
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", "http://127.0.0.1:9")  # where a virtual machine would find some
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(LakeAccessError, match="was asked without credentials: set AWS_ACCESS_KEY_ID"):
        probe(s3_lake)


def test_a_damaged_table_is_no_matter_of_access(tmp_path):
    lake = str(tmp_path)
    append(lake, "psa", "task", batch({"id": "1"}), hi=MORNING)
    (tmp_path / "psa" / "task" / "_delta_log" / "00000000000000000001.json").write_text("{")
    with pytest.raises(LakeError, match="whether files of its _delta_log are damaged") as caught:
        live(lake, "psa", "task")
    assert not isinstance(caught.value, LakeAccessError)


def test_another_region():
    said = "Received redirect without LOCATION, this normally indicates an incorrectly configured region"
    with pytest.raises(LakeAccessError, match="correct AWS_REGION"), reaching("s3://bucket/lake"):
        raise OSError(said)  # as the client words it; no server here has two regions


@pytest.mark.parametrize("url", ["ftp://host/lake", "s3://", "https://bucket.example.com/lake"])
def test_a_url_of_no_store(url):
    with pytest.raises(ConfigError, match="BATON_LAKE_URL must be a folder or start with s3://bucket"):
        probe(url)


def test_of_commits_at_the_same_moment_one_lands(s3, s3_lake, monkeypatch):
    append(s3_lake, "psa", "task", batch({"id": "0"}), hi=MORNING)
    commit, together = module._commit, threading.Barrier(4)

    def at_once(*arguments):
        together.wait()
        commit(*arguments)

    def write(day, writer):
        at = MORNING + day * DAY
        try:
            return append(s3_lake, "psa", "task", batch({"id": f"{day}-{writer}"}, at=at), hi=at).appended
        except LakeError as error:
            assert "Another pull of psa.task is running" in str(error)
            return 0

    monkeypatch.setattr(module, "_commit", at_once)
    before, day = s3.refused_commits(), 0
    with ThreadPoolExecutor(4) as pool:
        # A loser that looked before it wrote was not refused by the server: go on until one was.
        while s3.refused_commits() == before and day < ROUNDS:
            day += 1
            assert sum(pool.map(write, [day] * 4, range(4))) == 1
    assert s3.refused_commits() > before
    assert len(live(s3_lake, "psa", "task")) == 1 + day
