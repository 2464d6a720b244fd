"""A record that is gone from its source gets one more version: its last state, marked deleted."""

from collections.abc import Iterable
from datetime import datetime

import pyarrow as pa

from tasks.lake.places import is_held, opened
from tasks.lake.shape import Shape, schema
from tasks.lake.typed import utc_connection


def tombstones(lake: str, instance: str, shape: Shape, ids: Iterable[str], *, at: datetime, run_id: str) -> pa.Table:
    """The newest version of each of the ids, marked deleted; ids unknown or deleted already give nothing.

    Values, payload and `_updated_at` stay those of the last state: the source stamped nothing on the deletion.
    """
    empty = schema(shape.columns).empty_table()
    wanted = pa.table({"id": pa.array(sorted(set(ids)), pa.string())})
    if not wanted.num_rows or not is_held(lake, instance, shape.entity):
        return empty
    with utc_connection() as connection:
        connection.register("held", opened(lake, instance, shape.entity).to_pyarrow_dataset())
        connection.register("wanted", wanted)
        last = connection.execute(
            """
            SELECT newest.* REPLACE (md5('deleted' || newest._hash) AS _hash, true AS _deleted,
                $at::TIMESTAMPTZ AS _extracted_at, $run_id::VARCHAR AS _run_id)
            FROM (SELECT held.* FROM held SEMI JOIN wanted USING (id)
                WINDOW newest_first AS (PARTITION BY id
                    ORDER BY _extracted_at DESC, _updated_at DESC NULLS FIRST, _hash DESC)
                QUALIFY row_number() OVER newest_first = 1
            ) AS newest
            WHERE NOT newest._deleted
            """,
            {"at": at, "run_id": run_id},
        ).to_arrow_table()
    return conformed(last, empty.schema)


def conformed(table: pa.Table, target: pa.Schema) -> pa.Table:
    """The table in the columns of `target`: missing ones null, columns no longer mapped left out."""
    columns = [
        table[field.name].cast(field.type) if field.name in table.column_names else pa.nulls(len(table), field.type)
        for field in target
    ]
    return pa.table(columns, schema=target)


def live_children(lake: str, instance: str, shape: Shape, link: str, parents: Iterable[str]) -> frozenset[str]:
    """The ids of live rows whose `link` column is one of the `parents`."""
    wanted = pa.table({"parent": pa.array(sorted(set(parents)), pa.string())})
    if not wanted.num_rows or not is_held(lake, instance, shape.entity):
        return frozenset()
    with utc_connection() as connection:
        connection.register("held", opened(lake, instance, shape.entity).to_pyarrow_dataset())
        connection.register("wanted", wanted)
        found = connection.execute(f"""
            SELECT id FROM held SEMI JOIN wanted ON held."{link}" = wanted.parent
            GROUP BY id HAVING NOT arg_max(_deleted, _extracted_at)""").fetchall()
    return frozenset(row[0] for row in found)
