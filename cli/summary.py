"""What a night found, on one screen: the headlines, what they rest on, the alerts, and where to look next."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from config.policy import ROOT
from config.settings import Settings
from tasks.warehouse.connect import Warehouse, warehouse
from tasks.warehouse.serving import rows

LEAKS = {
    "l1": "work on changes not yet approved",
    "l2": "work outside the agreed scope",
    "l3": "work past the fee, cap or allowance",
    "l4": "goodwill",
    "l5": "billable time left unbilled too long",
    "l6": "accepted changes not invoiced",
    "l7": "write-downs on invoices",
    "l8": "accepted milestones not invoiced",
}
MOVES = ("new", "expansion", "reactivation", "contraction", "churn", "fx", "merge_transfer", "prior_period_adjustment")
Row = Mapping[str, Any]


def summary(console: Console, settings: Settings, last: date) -> None:
    """Print the last night's numbers and how they came about."""
    where = warehouse(settings)
    build = rows(where, "SELECT * FROM mart.mart_build WHERE as_of = :day", day=last)
    if not build:
        console.print("[red]Nothing was published for the last day; see the messages above.[/]")
        return
    currency = build[0]["currency"]
    console.print()
    console.rule(f"[bold]As of {last}[/], amounts in {currency}")
    _revenue(console, where, last)
    _creep(console, where, last)
    _schedule(console, where, last)
    _basis(console, where, build[0])
    _alerts(console, where)
    _next(console, where)


def _revenue(console: Console, where: Warehouse, last: date) -> None:
    found = rows(
        where,
        "SELECT n.nrr_pct, n.grr_pct, n.cohort_count, b.* "
        "FROM mart.nrr_monthly n "
        "JOIN mart.mrr_bridge b ON b.as_of = n.as_of AND b.month = n.month AND b.segment = n.segment "
        "WHERE n.as_of = :day AND n.month = (SELECT max(month) FROM mart.nrr_monthly WHERE as_of = :day) "
        "ORDER BY CASE WHEN n.segment = 'all' THEN 0 ELSE 1 END, n.segment",
        day=last,
    )
    if not found:
        return
    console.print(f"[bold]Net revenue retention[/], twelve months to the end of {found[0]['month']:%B %Y}")
    table = _table()
    for name in ("segment", "accounts", "NRR", "GRR", "MRR"):
        table.add_column(name, justify="left" if name == "segment" else "right", no_wrap=True)
    for row in found:
        percents = [f"{row[name]:.1f} %" if row[name] is not None else "–" for name in ("nrr_pct", "grr_pct")]
        table.add_row(row["segment"], str(row["cohort_count"]), *percents, _money(row["closing_amount"]))
    console.print(table)
    moves = {name: found[0][f"{name}_amount"] for name in MOVES}
    listed = ", ".join(f"{name.replace('_', ' ')} {amount:+,.2f}" for name, amount in moves.items() if amount)
    console.print(
        f"   MRR {found[0]['opening_amount']:,.2f}, {listed or 'no movement'}: {found[0]['closing_amount']:,.2f}"
    )


def _creep(console: Console, where: Warehouse, last: date) -> None:
    sums = ", ".join(f"sum({name}_amount) AS {name}" for name in LEAKS)
    total = rows(
        where,
        f"SELECT {sums}, sum(unbilled_scope_creep_amount) AS creep, sum(leakage_amount) AS leakage, "
        "sum(captured_amount) AS captured, "
        "sum(out_of_scope_amount) AS outside FROM mart.scope_creep_project WHERE as_of = :day",
        day=last,
    )[0]
    worst = rows(
        where,
        "SELECT c.project_id, c.contract_type, c.unbilled_scope_creep_amount AS creep, c.creep_pct "
        "FROM mart.scope_creep_project c "
        "WHERE c.as_of = :day ORDER BY c.unbilled_scope_creep_amount DESC, c.project_id LIMIT 3",
        day=last,
    )
    console.print(
        f"[bold]Leakage[/] {_money(total['leakage'])}, of it unbilled scope creep {_money(total['creep'])} (L1 to L4)"
    )
    table = _table()
    table.add_column("class")
    table.add_column("what")
    table.add_column("lost", justify="right")
    for name, meaning in LEAKS.items():
        table.add_row(name.upper(), meaning, _money(total[name]))
    console.print(table)
    if total["outside"]:
        console.print(
            f"   {100 * total['captured'] / total['outside']:.1f} % of the work outside scope was captured: "
            "billed, or covered by a fixed-price change"
        )
    for row in worst:
        console.print(
            f"   {row['project_id']} ({row['contract_type']}): {_money(row['creep'])} creep, "
            f"{row['creep_pct']:.1f} % of its value"
        )


def _schedule(console: Console, where: Warehouse, last: date) -> None:
    bands = rows(
        where,
        "SELECT band, count(*) AS projects FROM mart.schedule_project WHERE as_of = :day AND is_open "
        "GROUP BY band ORDER BY band",
        day=last,
    )
    late = rows(
        where,
        "SELECT project_id, spi_t_ratio, cpi_ratio, finish_slip_working_days, band FROM mart.schedule_project "
        "WHERE as_of = :day AND is_open AND band = 'red' ORDER BY spi_t_ratio, project_id LIMIT 3",
        day=last,
    )
    listed = ", ".join(f"{row['projects']} {row['band']}" for row in bands)
    console.print(f"Open projects: {listed or 'none'}", style="bold")
    for row in late:
        console.print(
            f"   {row['project_id']}: SPI(t) {_ratio(row['spi_t_ratio'])}, CPI {_ratio(row['cpi_ratio'])}"
            f"{_slip(row['finish_slip_working_days'])}"
        )


def _basis(console: Console, where: Warehouse, build: Row) -> None:
    counted = rows(
        where,
        "SELECT sum(rows_read) AS read, sum(rows_clean) AS clean, sum(rows_quarantined) AS held FROM ops.conservation "
        "WHERE run_id = :run AND counted = 'keys'",
        run=build["run_id"],
    )[0]
    checks = rows(
        where,
        "SELECT is_ok, count(*) AS n FROM ops.check_result WHERE run_id = :run GROUP BY is_ok",
        run=build["run_id"],
    )
    passed = sum(row["n"] for row in checks if row["is_ok"])
    told = sum(row["n"] for row in checks if not row["is_ok"])
    sources = ", ".join(
        f"{name} as of {at[:16].replace('T', ' ')}" for name, at in json.loads(build["data_as_of"]).items()
    )
    console.print(
        f"[bold]Rests on[/] {counted['read']:,} records = {counted['clean']:,} clean + {counted['held']:,} "
        "quarantined; "
        f"{passed} checks passed, {told} warned; {sources}"
    )


def _alerts(console: Console, where: Warehouse) -> None:
    found = rows(
        where,
        "SELECT kind, severity, count(*) AS n, min(title) AS example FROM ops.alert_state WHERE status = 'open' "
        "GROUP BY kind, severity ORDER BY kind, severity",
    )
    console.print("[bold]Alerts[/]")
    table = _table("alert", "severity", "open", "for example")
    for row in found:
        table.add_row(row["kind"], row["severity"], str(row["n"]), row["example"])
    console.print(table if found else "No alert is open.")


def _next(console: Console, where: Warehouse) -> None:
    place = where.serve.relative_to(ROOT) if where.serve.is_relative_to(ROOT) else where.serve
    home = place.parent.parent
    console.print(
        Panel(
            f"the warehouse   {place if where.dialect == 'duckdb' else 'PostgreSQL, schemas mart and ops'}\n"
            f"what is wrong   BATON_HOME={home} .venv/bin/baton alerts\n"
            f"what was held   BATON_HOME={home} .venv/bin/baton quarantine\n"
            "what it means   docs/data-dictionary.md, docs/metrics.md\n"
            "the same again  make demo (no number changes)\n"
            "the Prefect UI  make up        your own systems: README.md",
            title="Where to look next", title_align="left",
        )
    )  # fmt: skip


def _table(*columns: str) -> Table:
    return Table(*columns, box=SIMPLE_HEAD, pad_edge=False)


def _money(amount: Any) -> str:
    return "–" if amount is None else f"{amount:,.0f}"


def _slip(working_days: int | None) -> str:
    if not working_days:
        return ""
    return f", finishes {abs(working_days)} working days {'late' if working_days > 0 else 'early'}"


def _ratio(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
