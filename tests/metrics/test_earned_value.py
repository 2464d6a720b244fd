"""Published examples of earned value, in hundredths of the published unit so that nothing is rounded away."""

from fractions import Fraction

import narwhals as nw
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.metrics.earned_value import scaled, with_forecasts, with_indices


def row(**values):
    """The indices and forecasts of one row, through pandas."""
    table = pa.table({name: pa.array([value], pa.int64()) for name, value in values.items()})
    frame = nw.from_native(table.to_pandas(types_mapper=pd.ArrowDtype)).lazy()
    return with_forecasts(with_indices(frame)).collect("pyarrow").to_native().to_pylist()[0]


def test_toy_project_of_the_pra_package():
    # Source: the tests of the R package PRA (paulgovan/PRA): BAC 100,000, planned 40 %, done 35 %, spent 36,000.
    found = row(bac=100_000_00, pv=40_000_00, ev=35_000_00, ac=36_000_00)
    assert (found["sv"], found["cv"], found["spi_ratio"]) == (-5_000_00, -1_000_00, 0.875)
    assert found["cpi_ratio"] == pytest.approx(0.9722222, abs=5e-8)


def test_book_example_of_the_pra_package():
    # Source: the book of the R package PRA, chapter on earned value; spent 45,000 + 110,000 + 135,000.
    found = row(bac=500_000_00, pv=250_000_00, ev=200_000_00, ac=290_000_00)
    assert (found["sv"], found["cv"], found["spi_ratio"]) == (-50_000_00, -90_000_00, 0.8)
    assert found["cpi_ratio"] == pytest.approx(0.69, abs=0.005)
    assert (found["eac"], found["eac_at_plan"], found["eac_combined"]) == (725_000_00, 590_000_00, 833_750_00)
    assert (found["etc"], found["vac"]) == (435_000_00, -225_000_00)
    assert found["tcpi_ratio"] == pytest.approx(1.4285714285714286)


def test_case_study_of_3700k():
    # Source: the public "EVM Case Study" of five tasks (budget, planned, done); a negative CV is over budget.
    tasks = [(600, 1, 1), (1200, 1, 1), (400, 1, Fraction(1, 2)), (1200, Fraction(2, 3), Fraction(1, 3)), (300, 0, 0)]
    planned, earned = (int(sum(budget * share[i] for budget, *share in tasks) * 100) for i in (0, 1))
    found = row(bac=3700_00, pv=planned, ev=earned, ac=2700_00)
    assert (planned, earned, found["sv"], found["cv"], found["spi_ratio"]) == (3000_00, 2400_00, -600_00, -300_00, 0.8)
    assert found["cpi_ratio"] == pytest.approx(0.8889, abs=5e-5)
    assert (found["eac"], found["eac_at_plan"]) == (4162_50, 4000_00)


def test_four_hundred_breads():
    # Source: the "400 breads" example (projectmanagementquestpond).
    found = row(bac=800, pv=240, ev=160, ac=300)
    assert (found["sv"], found["cv"]) == (-80, -140)
    published = {"spi_ratio": 0.667, "cpi_ratio": 0.533, "tcpi_ratio": 1.28}
    assert {name: found[name] for name in published} == pytest.approx(published, abs=5e-4)


def test_single_late_task_in_hours():
    # Source: Nemotron-CC-Math, EVM part IV: 100 h planned, 110 spent, 10 to go at 100 an hour; EV 9,166.67.
    found = row(bac=10_000_00, pv=10_000_00, ev=916_667, ac=11_000_00)
    assert found["eac"] == pytest.approx(12_000_00, abs=1)
    assert found["vac"] == pytest.approx(-2_000_00, abs=1)


def test_month_3_of_12():
    # Source: isub.dev wiki: BAC 100,000 over 12 months, month 3, 20 % done, 35,000 spent.
    found = row(bac=100_000, pv=100_000 * 3 // 12, ev=20_000, ac=35_000)
    assert (found["pv"], found["sv"], found["cv"]) == (25_000, -5_000, -15_000)


@pytest.mark.parametrize(
    ("values", "nothing"),
    [
        ({"bac": 100, "pv": 0, "ev": 10, "ac": 10}, {"spi_ratio", "sv_pct", "eac_combined"}),
        ({"bac": 100, "pv": 10, "ev": 10, "ac": 0}, {"cpi_ratio", "eac", "eac_combined", "etc", "vac"}),
        ({"bac": 100, "pv": 10, "ev": 0, "ac": 10}, {"eac", "eac_combined", "etc", "vac"}),
        ({"bac": 100, "pv": 60, "ev": 50, "ac": 100}, {"tcpi_ratio"}),
        (
            {"bac": 0, "pv": 0, "ev": 0, "ac": 0},
            {"spi_ratio", "sv_pct", "cpi_ratio", "tcpi_ratio", "eac", "eac_combined", "etc", "vac"},
        ),
        (
            {"bac": 100, "pv": 10, "ev": None, "ac": 10},
            {
                "ev",
                "sv",
                "cv",
                "spi_ratio",
                "sv_pct",
                "cpi_ratio",
                "tcpi_ratio",
                "eac",
                "eac_at_plan",
                "eac_combined",
                "etc",
                "vac",
            },
        ),
    ],
)
def test_what_has_no_denominator_is_null_and_the_rest_is_not(values, nothing):
    assert {name for name, value in row(**values).items() if value is None} == nothing


def test_a_spent_budget_is_said_and_an_overspent_one_has_a_negative_tcpi():
    assert row(bac=100, pv=60, ev=50, ac=100)["is_budget_spent"] is True
    assert row(bac=100, pv=60, ev=50, ac=150)["tcpi_ratio"] == (100 - 50) / (100 - 150) == -1.0
    assert row(bac=100, pv=60, ev=50, ac=99)["is_budget_spent"] is False


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**12), st.integers(0, 10**11), st.integers(1, 10**11))
def test_scaled_is_exact_where_the_product_overflows(amount, numerator, denominator):
    exact = round(Fraction(amount * numerator, denominator))  # half-even
    if exact > 2**62:
        return
    table = pa.table({"a": [amount], "n": [numerator], "d": [denominator]})
    frame = nw.from_native(table.to_pandas(types_mapper=pd.ArrowDtype)).lazy()
    assert scaled(frame, "x", "a", "n", "d").collect("pyarrow").to_native()["x"].to_pylist() == [exact]
