from datetime import UTC, datetime

import pytest

from tasks.sources.body import parsed, seconds_to_wait

NOW = datetime(2026, 9, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b'{"a": 5000.0}', 5000.0),
        (b'{"a": 1.5E7}', 15000000.0),
        (b'{"a": 123456789012.345678}', "123456789012.345678"),  # 18 digits: a double keeps 15
        (b'{"a": 0.00000000000000001}', 1e-17),
        (b'{"a": 1, "note": "call 12345678901234567890"}', 1),
    ],
)
def test_no_digit_is_lost(text, expected):
    assert parsed(text)["a"] == expected


@pytest.mark.parametrize("text", [b"", b'{"a": [1, 2', b"<html>later</html>", b"\xff\xfe"])
def test_what_is_not_json_is_a_value_error(text):
    with pytest.raises(ValueError):
        parsed(text)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("0.5", 0.5), ("-3", 0.0), ("Tue, 01 Sep 2026 05:01:30 GMT", 90.0), ("", None), ("soon", None)],
)
def test_retry_after_is_seconds_or_a_date(header, seconds):
    assert seconds_to_wait({"Retry-After": header}, NOW) == seconds
