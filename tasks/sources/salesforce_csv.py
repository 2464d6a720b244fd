"""A page of Bulk results: CSV in, payload texts out, as the REST API would have given the same rows.

A text in CSV has no type, so the org's describe gives it: `5000.0`, `true` and `…000Z` become the number, the boolean
and the `…000+0000` of a REST page, and an empty text its null (Salesforce stores no empty text). Records that have not
changed then keep their hash, whichever way they come. What REST adds to a row (`attributes`) is in no hash.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any, Final

import pyarrow as pa
from pyarrow import csv

from tasks.lake.typed import payload_text
from tasks.sources.body import exact
from tasks.sources.judgement import Answer

END: Final = "null"  # what Sforce-Locator says, in letters, on the last page


def _integer(text: str) -> int:
    return int(float(text))  # Bulk writes 3.0 where REST writes 3


def _instant(text: str) -> str:
    return f"{text[:-1]}+0000" if text.endswith("Z") else text


READ: Final[Mapping[str, Callable[[str], Any]]] = {
    "boolean": lambda text: text.lower() == "true",
    "int": _integer,
    "long": _integer,
    "double": exact,
    "currency": exact,
    "percent": exact,
    "datetime": _instant,
}


def page(names: Sequence[str], answer: Answer) -> tuple[pa.Table, str]:
    """The rows of a page as text columns, and the locator of the next page, empty after the last one.

    Raises:
        ValueError: the body is cut: it is no CSV of these columns, or has other rows than its header counts.
    """
    body = answer.body.replace(b"\0", b"")
    if body.count(b'"') % 2:
        raise ValueError("a value has no end")
    table = _table(names, body) if body.strip() else pa.table({name: pa.array([], pa.string()) for name in names})
    counted = answer.headers.get("Sforce-NumberOfRecords", "")
    if counted and int(counted) != len(table):
        raise ValueError(f"{len(table)} rows came of {counted}")
    locator = answer.headers.get("Sforce-Locator", END)
    return table, "" if locator == END else locator


def _table(names: Sequence[str], body: bytes) -> pa.Table:
    table = csv.read_csv(
        BytesIO(body),
        csv.ReadOptions(column_names=list(names), block_size=max(len(body), 1), use_threads=False),
        csv.ParseOptions(newlines_in_values=True),
        csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True),
    )
    first = [str(value).lower() for value in table.slice(0, 1).to_pylist()[0].values()] if len(table) else []
    # Every page repeats the header, though one description says that only the first has it.
    return table.slice(1) if first == [name.lower() for name in names] else table


def payloads(table: pa.Table, types: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """Id and payload text of each row; `types` is the type of each field in the org's describe."""
    columns = [_values(table[name].to_pylist(), READ.get(types[name])) for name in table.column_names]
    for row in zip(*columns, strict=True):
        record = dict(zip(table.column_names, row, strict=True))
        yield record["Id"], payload_text(record)


def _values(texts: list[str | None], read: Callable[[str], Any] | None) -> Sequence[Any]:
    return [None if text is None else read(text) for text in texts] if read else texts
