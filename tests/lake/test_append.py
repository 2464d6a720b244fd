from datetime import UTC, datetime, timedelta

import pytest
from deltalake import DeltaTable

from tasks.errors import LakeError
from tasks.lake import append as module
from tasks.lake.append import append
from tasks.lake.deletions import live_children, tombstones
from tasks.lake.places import entities, instances
from tasks.lake.read import cursor, live, versions
from tasks.lake.shape import Column, Shape
from tasks.lake.typed import payload_texts, rows

MORNING = datetime(2026, 9, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)
COLUMNS = (Column("project_id", "project", "text"), Column("hours", "hours", "integer"))
TASK = Shape("task", COLUMNS, stamp_path="updated")


def batch(*records, at=MORNING, shape=TASK):
    return rows(shape, payload_texts(records), at=at, run_id=f"run-{at:%d}")


def known(lake, at):
    table = versions(lake, "psa", "task", at).to_table().sort_by([("id", "ascending"), ("_extracted_at", "ascending")])
    return [(row["id"], row["hours"], row["_deleted"]) for row in table.to_pylist()]


@pytest.fixture(params=["folder", "s3"])
def lake(request, tmp_path):
    return str(tmp_path / "lake") if request.param == "folder" else request.getfixturevalue("s3_lake")


def test_a_version_is_appended_once_and_every_change_is_kept(lake):
    first = append(lake, "psa", "task", batch({"id": "1", "hours": 5}, {"id": "2", "hours": 7}), hi=MORNING)
    later = batch({"id": "1", "hours": 6}, {"id": "2", "hours": 7}, at=MORNING + DAY)
    second = append(lake, "psa", "task", later, hi=MORNING + DAY)
    assert (first.appended, first.unchanged) == (2, 0)
    assert (second.appended, second.unchanged) == (1, 1)
    assert known(lake, MORNING) == [("1", 5, False), ("2", 7, False)]
    assert known(lake, MORNING + DAY) == [("1", 5, False), ("1", 6, False), ("2", 7, False)]
    assert known(lake, MORNING - DAY) == []


def test_a_change_back_is_a_new_version(lake):
    for day, hours in enumerate((5, 6, 5)):
        append(lake, "psa", "task", batch({"id": "1", "hours": hours}, at=MORNING + day * DAY), hi=MORNING + day * DAY)
    assert [hours for _, hours, _ in known(lake, MORNING + 9 * DAY)] == [5, 6, 5]


def test_a_mere_restamp_is_unchanged(lake):
    append(lake, "psa", "task", batch({"id": "1", "hours": 5, "updated_at": "2026-08-01T00:00:00Z"}), hi=MORNING)
    again = batch({"id": "1", "hours": 5, "updated_at": "2026-08-02T00:00:00Z"}, at=MORNING + DAY)
    assert append(lake, "psa", "task", again, hi=MORNING + DAY).unchanged == 1


def test_cursor_and_data_land_in_one_commit(lake):
    assert cursor(lake, "psa", "task") is None
    append(lake, "psa", "task", batch({"id": "1", "hours": 5}), hi=MORNING, details={"run_id": "r9"})
    table = DeltaTable(f"{lake}/psa/task")
    assert table.version() == 1  # 0 made the empty table
    assert table.history(1)[0]["run_id"] == "r9"
    assert cursor(lake, "psa", "task") == MORNING


def test_the_cursor_moves_without_rows_and_never_back(lake):
    append(lake, "psa", "task", batch({"id": "1", "hours": 5}), hi=MORNING)
    append(lake, "psa", "task", batch(at=MORNING + DAY), hi=MORNING + DAY)
    assert cursor(lake, "psa", "task") == MORNING + DAY
    append(lake, "psa", "task", batch({"id": "2", "hours": 1}, at=MORNING + DAY), hi=MORNING - DAY)
    assert cursor(lake, "psa", "task") == MORNING + DAY
    assert live(lake, "psa", "task") == {"1", "2"}


def test_the_same_again_commits_nothing(lake):
    append(lake, "psa", "task", batch({"id": "1", "hours": 5}), hi=MORNING)
    before = DeltaTable(f"{lake}/psa/task").version()
    append(lake, "psa", "task", batch({"id": "1", "hours": 5}), hi=MORNING)
    assert DeltaTable(f"{lake}/psa/task").version() == before


def test_the_cursor_survives_compaction_and_checkpoints(lake):
    append(lake, "psa", "task", batch({"id": "1", "hours": 5}), hi=MORNING)
    append(lake, "psa", "task", batch({"id": "1", "hours": 6}, at=MORNING + DAY), hi=MORNING + DAY)
    table = DeltaTable(f"{lake}/psa/task")
    table.optimize.compact()
    table.create_checkpoint()
    assert cursor(lake, "psa", "task") == MORNING + DAY


def test_a_second_writer_is_refused(lake, monkeypatch):
    append(lake, "psa", "task", batch({"id": "1", "hours": 5}), hi=MORNING)
    compared = module._new_versions

    def meanwhile(*arguments):
        monkeypatch.setattr(module, "_new_versions", compared)
        append(lake, "psa", "task", batch({"id": "1", "hours": 9}, at=MORNING + DAY), hi=MORNING + DAY)
        return compared(*arguments)

    monkeypatch.setattr(module, "_new_versions", meanwhile)
    with pytest.raises(LakeError, match=r"Another pull of psa\.task is running"):
        append(lake, "psa", "task", batch({"id": "1", "hours": 8}, at=MORNING + DAY), hi=MORNING + DAY)
    assert [hours for _, hours, _ in known(lake, MORNING + DAY)] == [5, 9]


def test_what_was_known_in_the_past_cannot_be_changed(lake):
    append(lake, "psa", "task", batch({"id": "1", "hours": 5}, at=MORNING + DAY), hi=MORNING + DAY)
    with pytest.raises(LakeError, match="the clock went back"):
        append(lake, "psa", "task", batch({"id": "1", "hours": 4}, at=MORNING), hi=MORNING)


def test_a_new_column_joins_and_a_changed_kind_is_refused(lake):
    append(lake, "psa", "task", batch({"id": "1", "hours": 5}), hi=MORNING)
    wider = Shape("task", (*TASK.columns, Column("title", "title", "text")))
    append(lake, "psa", "task", batch({"id": "1", "hours": 5, "title": "A"}, at=MORNING + DAY, shape=wider), hi=MORNING)
    newest = versions(lake, "psa", "task", MORNING + DAY).to_table().sort_by("_extracted_at").to_pylist()
    assert [row["title"] for row in newest] == [None, "A"]
    other = Shape("task", (Column("project_id", "project", "text"), Column("hours", "hours", "date")))
    with pytest.raises(LakeError, match="changed its kind"):
        append(lake, "psa", "task", batch({"id": "3"}, at=MORNING + DAY, shape=other), hi=MORNING)


def test_a_gone_record_is_its_last_state_marked_deleted_and_may_come_back(lake):
    append(lake, "psa", "task", batch({"id": "1", "project": "p", "hours": 5}), hi=MORNING)
    later = MORNING + DAY
    graves = tombstones(lake, "psa", TASK, {"1", "unknown"}, at=later, run_id="r2")
    assert [(row["id"], row["hours"], row["_deleted"]) for row in graves.to_pylist()] == [("1", 5, True)]
    assert append(lake, "psa", "task", graves, hi=later).deleted == 1
    assert live(lake, "psa", "task") == frozenset()
    assert tombstones(lake, "psa", TASK, {"1"}, at=later, run_id="r3").num_rows == 0
    back = batch({"id": "1", "project": "p", "hours": 5}, at=later + DAY)
    assert append(lake, "psa", "task", back, hi=later + DAY).appended == 1
    assert live(lake, "psa", "task") == {"1"}


def test_live_ids_by_stamp_and_by_parent(lake):
    records = [
        {"id": "1", "project": "p", "updated": "2026-08-01T00:00:00Z"},
        {"id": "2", "project": "q", "updated": "2026-08-09T00:00:00Z"},
        {"id": "3", "project": "p"},
    ]
    append(lake, "psa", "task", batch(*records), hi=MORNING)
    assert live(lake, "psa", "task", stamped_before=datetime(2026, 8, 5, tzinfo=UTC)) == {"1"}
    assert live_children(lake, "psa", TASK, "project_id", {"p"}) == {"1", "3"}


def test_the_lake_tells_what_it_holds(lake):
    assert instances(lake) == ()
    append(lake, "psa", "task", batch({"id": "1"}), hi=MORNING)
    append(lake, "crm", "task", batch({"id": "1"}), hi=MORNING)
    assert instances(lake) == ("crm", "psa")
    assert entities(lake, "psa") == ("task",)
    with pytest.raises(LakeError, match=r"holds no psa\.project: pull it first"):
        versions(lake, "psa", "project", MORNING)


def test_the_lake_may_be_a_url(tmp_path):
    lake = f"file://{tmp_path}/lake"
    append(lake, "psa", "task", batch({"id": "1", "hours": 5}), hi=MORNING)
    assert cursor(lake, "psa", "task") == MORNING
    assert (instances(lake), entities(lake, "psa")) == (("psa",), ("task",))
    assert (tmp_path / "lake" / "psa" / "task" / "_delta_log").is_dir()
