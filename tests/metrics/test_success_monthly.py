from datetime import date

import narwhals as nw
import pandas as pd

from config.policy import policy
from tasks.metrics.success_monthly import SUCCESS_MONTHLY

JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)


def months(*projects: tuple[date, str]) -> dict[date, tuple]:
    frame = pd.DataFrame(projects, columns=["month", "state"]).convert_dtypes(dtype_backend="pyarrow")
    found = SUCCESS_MONTHLY({"success_project": nw.from_native(frame).lazy()}, policy(), as_of=JULY).collect()
    return {row["month"]: tuple(row.values())[1:] for row in found.iter_rows(named=True)}


def test_the_rate_is_of_those_judged():
    found = months((JUNE, "success"), (JUNE, "failed"), (JUNE, "failed"), (JUNE, "failed"), (JUNE, "unknown"))
    assert found == {JUNE: (5, 4, 1, 25.0)}


def test_a_month_of_which_nothing_is_known_has_no_rate():
    ((closed, judged, successes, rate),) = months((JULY, "unknown")).values()
    assert (closed, judged, successes) == (1, 0, 0)
    assert pd.isna(rate)
