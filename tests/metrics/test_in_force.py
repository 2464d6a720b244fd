from datetime import date

import narwhals as nw

from tasks.metrics.in_force import in_force


def test_the_last_change_on_or_before_the_day_is_in_force(rows, collected):
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
        "role_id", nw.col("effective_date").alias("day"), nw.col("bill_rate_minor").alias("number")
    )
    asked = frames["fx_rate"].select(nw.col("currency").alias("role_id"), nw.col("month").alias("day"))
    found = {(row["role_id"], row["day"]): row["number"] for row in collected(in_force(changes, asked, ["role_id"]))}
    assert found == {
        ("a", date(2025, 12, 31)): 0,
        ("a", date(2026, 1, 1)): 1,
        ("a", date(2026, 1, 31)): 1,
        ("a", date(2026, 2, 1)): 2,
        ("b", date(2026, 1, 14)): 0,
        ("b", date(2026, 3, 1)): 7,
        ("c", date(2026, 3, 1)): 0,
    }
