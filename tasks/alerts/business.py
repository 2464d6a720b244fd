"""Business alerts: every rule over what was published, and only over the newest day."""

from collections.abc import Sequence
from datetime import date, datetime

from config.policy import Policy
from config.settings import Settings
from tasks.alerts.alert import Alert, fingerprint
from tasks.alerts.closeout_rule import CLOSEOUT_UNSIGNED
from tasks.alerts.creep_rules import CAPTURE_RATE, RATE_MISSING, SCOPE_CREEP
from tasks.alerts.escalation_rules import ESCALATION_AT_CLOSEOUT, ESCALATION_PATH
from tasks.alerts.ledger import Settled, open_alerts, settle
from tasks.alerts.nrr_rule import NRR
from tasks.alerts.quiet_rule import QUIET_ACCOUNT
from tasks.alerts.rule import Day, Rule
from tasks.alerts.schedule_rule import SCHEDULE
from tasks.alerts.survey_rule import SURVEY_MISSING
from tasks.warehouse.connect import Warehouse
from tasks.warehouse.serving import has_mart, rows

RULES: tuple[Rule, ...] = (
    SCOPE_CREEP,
    CAPTURE_RATE,
    RATE_MISSING,
    SCHEDULE,
    NRR,
    CLOSEOUT_UNSIGNED,
    ESCALATION_AT_CLOSEOUT,
    ESCALATION_PATH,
    QUIET_ACCOUNT,
    SURVEY_MISSING,
)


def evaluate(
    where: Warehouse, settings: Settings, policy: Policy, as_of: date, now: datetime, rules: Sequence[Rule] = RULES
) -> Settled:
    """Judge the day's published marts and settle what was found; sending is `deliver`'s.

    A pure function of what is published and open: judging twice gives the same states. An older day than the newest
    published says nothing about today and is left alone; so is a rule whose mart was never published.

    Raises:
        WarehouseError: the warehouse is down, or nothing was published yet.
    """
    newest = rows(where, "SELECT as_of, currency FROM mart.mart_build ORDER BY as_of DESC LIMIT 1")
    if not newest or newest[0]["as_of"] != as_of:
        return Settled()
    was = open_alerts(where, plane="business")
    day = Day(as_of, policy, newest[0]["currency"], lambda alert: was.get(fingerprint(settings.environment, alert)))
    found: list[Alert] = []
    judged: list[tuple[str, str | None]] = []
    for rule in rules:
        if has_mart(where, rule.table):
            columns = ", ".join(rule.columns)
            published = rows(where, f"SELECT {columns} FROM mart.{rule.table} WHERE as_of = :day", day=as_of)
            found += rule.evaluate(published, day)
            judged.append((rule.kind, None))
    return settle(where, settings, found, judged, f"as of {as_of.isoformat()}", now)
