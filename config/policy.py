"""The rules the numbers follow: `policy.yaml`, read once and checked."""

from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from config.problems import read
from config.section import Section as _Section
from config.tiers import Tiers, Touchpoints

ROOT = Path(__file__).resolve().parent.parent
Pct = Annotated[float, Field(ge=0, le=1000)]
Days = Annotated[int, Field(ge=0, le=3660)]
Window = Annotated[int, Field(ge=1, le=365)]  # of whole days
PLAIN_WORD = "^[^\\sA-Z.,;:!?/_()*#-]+$"  # as texts are compared: small letters, no spaces, no punctuation

PlainWord = Annotated[str, Field(pattern=PLAIN_WORD)]
Words = tuple[PlainWord, ...]


class Reporting(_Section):
    """Where and in what the company reports."""

    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    timezone: str
    fiscal_year_start_month: Annotated[int, Field(ge=1, le=12)]
    fx_rates: Path
    holidays: Path

    @property
    def zone(self) -> ZoneInfo:
        """The reporting time zone."""
        return ZoneInfo(self.timezone)


class Revenue(_Section):
    """Recurring revenue: grace and alert levels."""

    renewal_grace_days: Days
    nrr_target_pct: Pct
    nrr_drop_points: Pct


class Leakage(_Section):
    """Scope creep and late billing: ages and alert levels."""

    wip_days: Days
    billing_days: Days
    creep_tolerance_pct: Pct
    creep_minimum_amount: Annotated[int, Field(ge=0)]
    creep_critical_amount: Annotated[int, Field(ge=0)]
    capture_target_pct: Pct


class Schedule(_Section):
    """Earned value: bands and earning rules."""

    amber_spi_t: float
    red_spi_t: float
    amber_slip_working_days: Days
    red_slip_working_days: Days
    red_cpi: float
    red_tcpi: float
    first_seen_limit_working_days: Days
    success_rating: Annotated[int, Field(ge=1, le=5)]
    stalled_days: Window
    blocked_states: tuple[PlainWord, ...]
    short_task_working_days: Days


class Handoff(_Section):
    """The handoff's rules: which deals it is asked of, and its windows."""

    applies_from: date
    deal_types: Annotated[tuple[str, ...], Field(min_length=1)]
    placeholders: Words
    go_live_milestones: Words
    sales_roles: Words
    implementation_roles: Words
    customer_success_roles: Words
    held_outcomes: Words
    sales_responsibility_days: Window
    silent_days: Window
    burn_in_days: Window
    quiet_days: Window
    usage_stale_days: Window
    survey_days: Window
    survey_alert_days: Window


class Support(_Section):
    """Which words of a ticket system mean which kind of request, and which team."""

    reactive_types: Words
    proactive_types: Words
    strategic_types: Words
    support_teams: Words
    success_teams: Words
    escalation_days: Window
    escalation_reply_hours: Annotated[int, Field(ge=1, le=8784)]

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        kinds = (*self.reactive_types, *self.proactive_types, *self.strategic_types)
        for words in (kinds, (*self.support_teams, *self.success_teams)):
            if twice := sorted(word for word, count in Counter(words).items() if count > 1):
                raise ValueError(f"{', '.join(twice)} stands in two lists: keep one meaning")
        return self


class Quality(_Section):
    """When data are too few, too old or vanish too fast."""

    volume_drop_warn_pct: Pct
    volume_drop_stop_pct: Pct
    freshness_warn_hours: Annotated[int, Field(gt=0)]
    freshness_stop_hours: Annotated[int, Field(gt=0)]
    mass_delete_stop_pct: Pct


class AlertPolicy(_Section):
    """How alerts open and close."""

    hysteresis_pct: Pct


class Policy(_Section):
    """Every rule of the numbers, frozen."""

    reporting: Reporting
    revenue: Revenue
    leakage: Leakage
    schedule: Schedule
    handoff: Handoff
    tiers: Tiers
    touchpoints: Touchpoints
    support: Support
    quality: Quality
    alerts: AlertPolicy


@cache
def policy(path: Path = ROOT / "config" / "policy.yaml") -> Policy:
    """The policy in `path`.

    Raises:
        ConfigError: a key is unknown or missing, or a value is out of range; the message names the key.
    """
    return read(path, Policy)
