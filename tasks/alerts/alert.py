"""What an alert is, which kinds there are, and what makes two of them the same."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Plane = Literal["operations", "business"]
Severity = Literal["critical", "error", "warning", "info"]  # PagerDuty's words
SEVERITIES: tuple[Severity, ...] = ("critical", "error", "warning", "info")  # worst first


@dataclass(frozen=True)
class Kind:
    """A kind of alert; each has a runbook of its name."""

    name: str
    plane: Plane
    severity: Severity  # unless the alert itself says worse or better
    impact: str  # what is wrong for readers meanwhile

    @property
    def runbook(self) -> str:
        """Where it says what to do."""
        return f"docs/runbooks/{self.name}.md"


KINDS: tuple[Kind, ...] = (
    Kind("run_failed", "operations", "critical", "The numbers stay those of the last good publish and grow old."),
    Kind("publish_withheld", "operations", "error", "A blocking check failed: the last good publish is still served."),
    Kind("source_failed", "operations", "error", "Numbers built on this source stand still; the others go on."),
    Kind("entity_failed", "operations", "error", "Numbers built on this entity stand still; the others go on."),
    Kind("quarantine_rows", "operations", "warning", "The rows are left out, or stand at their last clean version."),
    Kind("stale_source", "operations", "warning", "Numbers built on this source describe an older day."),
    Kind("scope_creep", "business", "warning", "Work beyond the agreed scope is not being invoiced."),
    Kind("capture_rate", "business", "warning", "Out-of-scope work of a past month was not turned into revenue."),
    Kind("schedule", "business", "warning", "The project will end late, or cannot be done within its budget."),
    Kind("nrr", "business", "warning", "Existing customers are worth less than a year ago, or fall fast."),
    Kind("quiet_account", "business", "warning", "A customer does not use what it pays for, and may leave."),
    Kind("survey_missing", "business", "warning", "Nobody asked the customer at the moment of completion."),
    Kind("rate_missing", "business", "warning", "Hours without a rate are counted but not valued: leakage is too low."),
    Kind("escalation_at_closeout", "business", "warning", "Success inherits an escalation that nobody solved."),
    Kind("escalation_path", "business", "warning", "Small customers with a problem reach nobody, or too late."),
    Kind("closeout_unsigned", "business", "warning", "Nobody can show that the customer accepted what was delivered."),
)


@dataclass(frozen=True)
class Alert:
    """One thing that is wrong now. No personal text: ids, counts, amounts and rule names only."""

    kind: str
    asset: str  # the flow, source or mart that it is about
    title: str  # what broke, in plain words
    severity: Severity
    metric: str = ""  # the column or rule
    entity: str = ""  # the project, segment, entity …
    facts: Mapping[str, str] = field(default_factory=dict)  # evidence: observed, expected, at most five sample keys
    as_of: date | None = None

    @property
    def plane(self) -> Plane:
        """Whose business it is."""
        return kind_of(self.kind).plane


def kind_of(name: str) -> Kind:
    """The kind of that name."""
    return next(kind for kind in KINDS if kind.name == name)


def fingerprint(environment: str, alert: Alert) -> str:
    """The same for the same cause, run after run: no run, time, count or severity is in it."""
    parts = (environment, alert.plane, alert.kind, alert.asset, alert.metric, alert.entity)
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def is_worse(one: Severity, other: Severity) -> bool:
    """Whether `one` is more severe than `other`."""
    return SEVERITIES.index(one) < SEVERITIES.index(other)
