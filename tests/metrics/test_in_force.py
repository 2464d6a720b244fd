from datetime import date

import narwhals as nw

from tasks.metrics.in_force import during, periods


def test_the_last_change_on_or_before_the_day_holds(rows, collected):
    frames = rows(
        rate=[
            {
                "rate_id": "1",
                "role_id": "a",
                "effective_date": date(2026, 1, 1),
                "bill_rate_minor": 1,
                "currency": "USD",
            },
            {
                "rate_id": "2",
                "role_id": "a",
                "effective_date": date(2026, 2, 1),
                "bill_rate_minor": 2,
                "currency": "USD",
            },
            {
                "rate_id": "2 too",
                "role_id": "a",
                "effective_date": date(2026, 2, 1),
                "bill_rate_minor": 3,
                "currency": "USD",
            },
            {
                "rate_id": "3",
                "role_id": "b",
                "effective_date": date(2026, 1, 15),
                "bill_rate_minor": 7,
                "currency": "USD",
            },
        ],
        fx_rate=[
            {"fx_rate_id": str(i), "currency": role, "month": day, "minor_rate_e8": 1}
            for i, (role, day) in enumerate(
                [
                    ("a", date(2025, 12, 31)),
                    ("a", date(2026, 1, 1)),
                    ("a", date(2026, 1, 31)),
                    ("a", date(2026, 2, 1)),
                    ("b", date(2026, 1, 14)),
                    ("b", date(2026, 3, 1)),
                    ("c", date(2026, 3, 1)),
                ]
            )
        ],
    )
    changes = frames["rate"].select(
        "rate_id", "role_id", nw.col("effective_date").alias("day"), nw.col("bill_rate_minor").alias("number")
    )
    asked = frames["fx_rate"].select("fx_rate_id", nw.col("currency").alias("role_id"), nw.col("month").alias("day"))
    held = periods(changes, ["role_id"], ["number"], ["day", "rate_id"])
    found = {
        (row["role_id"], row["day"].isoformat()): row["number"]
        for row in collected(during(asked, held, ["role_id"], "day"))
    }
    assert found == {
        ("a", "2025-12-31"): None,
        ("a", "2026-01-01"): 1,
        ("a", "2026-01-31"): 1,
        ("a", "2026-02-01"): 3,
        ("b", "2026-01-14"): None,
        ("b", "2026-03-01"): 7,
        ("c", "2026-03-01"): None,
    }
    first = periods(changes, ["role_id"], ["number"], ["day", "rate_id"], before={"number": "number"})
    assert {row["number"] for row in collected(during(asked, first, ["role_id"], "day"))} == {1, 3, 7, None}
