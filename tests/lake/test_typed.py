from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tasks.errors import ContractError
from tasks.lake.shape import Column, Shape
from tasks.lake.typed import payload_texts, rows

AT = datetime(2026, 9, 1, 5, tzinfo=UTC)
SHAPE = Shape(
    "deal",
    (
        Column("name", "Name", "text"),
        Column("seats", "Seats", "integer"),
        Column("amount", "Amount", "number"),
        Column("is_won", "IsWon", "boolean"),
        Column("close_date", "CloseDate", "date"),
        Column("created_at", "Created", "instant"),
        Column("nested", "Owner.Code", "text"),
    ),
    id_path="Id",
    stamp_path="Stamp",
    deleted_path="IsDeleted",
)


def row(**record):
    return rows(SHAPE, payload_texts([{"Id": "1", **record}]), at=AT, run_id="r1").to_pylist()[0]


def test_values_take_the_kind_of_their_column():
    found = row(
        Name="Acme", Seats=120.0, Amount=1234.5, IsWon=True, CloseDate="2026-02-28",
        Created="2026-03-01T10:11:12.000+0000", Owner={"Code": "E7"}, Stamp="2026-03-02T00:00:00-08:00",
    )  # fmt: skip
    assert found["name"] == "Acme"
    assert found["seats"] == 120
    assert found["amount"] == Decimal("1234.500000")
    assert found["is_won"] is True
    assert found["close_date"] == date(2026, 2, 28)
    assert found["created_at"] == datetime(2026, 3, 1, 10, 11, 12, tzinfo=UTC)
    assert found["nested"] == "E7"
    assert found["_updated_at"] == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert (found["_extracted_at"], found["_run_id"], found["_deleted"]) == (AT, "r1", False)
    assert found["_unreadable"] is None


def test_null_missing_and_empty_are_null_and_not_unreadable():
    found = row(Name=None, Seats="", CloseDate=None)
    assert [found[name] for name in ("name", "seats", "amount", "close_date", "nested", "_unreadable")] == [None] * 6


@pytest.mark.parametrize(
    ("given", "column"),
    [
        ({"Seats": "many"}, "seats"),
        ({"Seats": 1.5}, "seats"),
        ({"Amount": "12,5"}, "amount"),
        ({"Amount": "1e400"}, "amount"),
        ({"IsWon": "maybe"}, "is_won"),
        ({"CloseDate": "2026-02-30"}, "close_date"),
        ({"CloseDate": "28/02/2026"}, "close_date"),
        ({"Created": "2026-03-01T10:11:12"}, "created_at"),
    ],
)
def test_what_cannot_be_read_is_null_and_named(given, column):
    found = row(**given)
    assert found[column] is None
    assert found["_unreadable"] == column


def test_several_unreadable_columns_are_all_named():
    assert row(Seats="x", CloseDate="y")["_unreadable"] == "seats,close_date"


def test_decimals_come_from_their_text():
    # 0.1 + 0.2 in doubles is 0.30000000000000004; each text below must stay what it is.
    texts = {"0.1": "0.1", "1.5E7": "15000000", "-0.005": "-0.005", "123456789012.345678": "123456789012.345678"}
    for given, expected in texts.items():
        assert row(Amount=given)["amount"] == Decimal(expected)


def test_the_payload_is_kept_as_received():
    assert row(Name="ä", Extra=[1, {"b": None}])["payload"] == '{"Extra":[1,{"b":null}],"Id":"1","Name":"ä"}'


def test_the_hash_ignores_stamps_and_key_order_and_sees_content_and_deletion():
    first = row(Name="A", SystemModstamp="1", LastModifiedDate="1", updated_at="1", attributes={"url": "v65"})
    again = row(attributes={"url": "v66"}, updated_at="2", LastModifiedDate="2", SystemModstamp="2", Name="A")
    assert first["_hash"] == again["_hash"]
    assert len({first["_hash"], row(Name="B")["_hash"], row(Name="A", IsDeleted=True)["_hash"]}) == 3


def test_the_hash_of_a_record_is_what_lakes_already_written_hold():
    """Another hash would append every record once more after an upgrade."""
    found = row(Name="Ä \u0001/", Seats=120.0, Amount=1e22, Extra=[1, {"b": None}], Stamp="2026-03-02T00:00:00Z",
                LastModifiedDate="1")  # fmt: skip
    assert found["_hash"] == "99d2788ad32c57fdd33210ae437d7840"
    assert row(Name="A", IsDeleted=True)["_hash"] == "6d46a08cee4fd4e15ad2888ee0349840"


INTEGERS = {"007": 7, "-0": 0, " 12 ": 12, "+5": 5, "1e3": 1000, "999999999999999999": 10**18 - 1,
            "9223372036854775807": 2**63 - 1, "9223372036854775808": None}  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), INTEGERS.items())
def test_an_integer_may_be_written_in_several_ways(given, expected):
    assert row(Seats=given)["seats"] == expected


@pytest.mark.parametrize(
    ("mark", "is_deleted"),
    [(True, True), ("2026-01-01T00:00:00Z", True), (False, False), (None, False), ("", False)],
)
def test_a_true_mark_or_a_deletion_date_means_deleted(mark, is_deleted):
    assert row(IsDeleted=mark)["_deleted"] is is_deleted


def test_a_record_without_an_id_stops_the_window():
    with pytest.raises(ContractError, match="1 records of deal came without an id"):
        rows(SHAPE, [b'{"Name":"x"}', b'{"Id":"2"}'], at=AT, run_id="r1")


def test_no_records_give_an_empty_table_of_the_right_columns():
    empty = rows(SHAPE, [], at=AT, run_id="r1")
    assert empty.num_rows == 0
    assert empty.schema.names[:3] == ["id", "name", "seats"]
