"""Every metric, in dependency order. Add one: its module, its suite, its test, one line here."""

from tasks.metrics.account_tier import ACCOUNT_TIER
from tasks.metrics.actual_cost import ACTUAL_COST
from tasks.metrics.allowance import TIME_ALLOWANCE
from tasks.metrics.burn_in_deal import BURN_IN_DEAL
from tasks.metrics.checklist_deal import CHECKLIST_DEAL
from tasks.metrics.client_project import CLIENT_PROJECT
from tasks.metrics.closeout_deal import CLOSEOUT_DEAL
from tasks.metrics.closeout_held import CLOSEOUT_HELD
from tasks.metrics.closeout_survey_project import CLOSEOUT_SURVEY_PROJECT
from tasks.metrics.closing_monthly import CLOSING_MONTHLY
from tasks.metrics.commission_deal import COMMISSION_DEAL
from tasks.metrics.customer_contact import CUSTOMER_CONTACT
from tasks.metrics.customer_ticket import CUSTOMER_TICKET
from tasks.metrics.customer_use import CUSTOMER_USE
from tasks.metrics.debrief_deal import DEBRIEF_DEAL
from tasks.metrics.delivery_deal import DELIVERY_DEAL
from tasks.metrics.earned_schedule import EARNED_SCHEDULE
from tasks.metrics.escalation_account import ESCALATION_ACCOUNT
from tasks.metrics.escalation_project import ESCALATION_PROJECT
from tasks.metrics.escalation_ticket import ESCALATION_TICKET
from tasks.metrics.form_version import FORM_VERSION
from tasks.metrics.go_live import GO_LIVE
from tasks.metrics.handoff_deal import HANDOFF_DEAL
from tasks.metrics.handoff_form_deal import HANDOFF_FORM_DEAL
from tasks.metrics.handoff_monthly import HANDOFF_MONTHLY
from tasks.metrics.invoiced_time import TIME_INVOICED
from tasks.metrics.kickoff_deal import KICKOFF_DEAL
from tasks.metrics.live_account import LIVE_ACCOUNT
from tasks.metrics.milestone_slip import MILESTONE_SLIP
from tasks.metrics.mrr_account import MRR_ACCOUNT
from tasks.metrics.mrr_balance import MRR_BALANCE
from tasks.metrics.mrr_bridge import MRR_BRIDGE
from tasks.metrics.mrr_change import MRR_CHANGE, ULTIMATE_CHANGE
from tasks.metrics.mrr_line import MRR_LINE
from tasks.metrics.mrr_month import MRR_MONTH, MRR_RATE
from tasks.metrics.mrr_movement import MRR_MOVEMENT
from tasks.metrics.nrr_account import NRR_ACCOUNT
from tasks.metrics.nrr_monthly import NRR_MONTHLY
from tasks.metrics.plan_period import PLAN_PERIOD
from tasks.metrics.plan_version import PLAN_VERSION
from tasks.metrics.planned_value_curve import PLANNED_VALUE_CURVE
from tasks.metrics.planned_work import PLANNED_WORK
from tasks.metrics.posted_line import POSTED_LINE
from tasks.metrics.project_dates import PROJECT_DATES
from tasks.metrics.project_value import PROJECT_VALUE
from tasks.metrics.promise_deal import PROMISE_DEAL
from tasks.metrics.promise_item import PROMISE_ITEM
from tasks.metrics.quiet_account import QUIET_ACCOUNT
from tasks.metrics.quiet_product import QUIET_PRODUCT
from tasks.metrics.rate_of_day import CONTRACT_RATE, LIST_RATE
from tasks.metrics.request_monthly import REQUEST_MONTHLY
from tasks.metrics.request_ticket import REQUEST_TICKET
from tasks.metrics.reversals import REVERSAL
from tasks.metrics.schedule_curve import SCHEDULE_CURVE
from tasks.metrics.schedule_portfolio import SCHEDULE_PORTFOLIO
from tasks.metrics.schedule_project import SCHEDULE_PROJECT
from tasks.metrics.schedule_task import SCHEDULE_TASK
from tasks.metrics.scope import TIME_SCOPE
from tasks.metrics.scope_creep_entry import SCOPE_CREEP_ENTRY
from tasks.metrics.scope_creep_monthly import SCOPE_CREEP_MONTHLY
from tasks.metrics.scope_creep_project import SCOPE_CREEP_PROJECT
from tasks.metrics.stall_project import STALL_PROJECT
from tasks.metrics.stall_task import STALL_TASK
from tasks.metrics.success_monthly import SUCCESS_MONTHLY
from tasks.metrics.success_plan_deal import SUCCESS_PLAN_DEAL
from tasks.metrics.success_project import SUCCESS_PROJECT
from tasks.metrics.survey_answer import SURVEY_ANSWER
from tasks.metrics.survey_monthly import SURVEY_MONTHLY
from tasks.metrics.team_member import TEAM_MEMBER
from tasks.metrics.touch import TOUCH
from tasks.metrics.training_readiness_project import TRAINING_READINESS_PROJECT
from tasks.metrics.uninvoiced import UNINVOICED

STEPS_AND_METRICS = (
    MRR_LINE,
    MRR_MONTH,
    MRR_RATE,
    MRR_CHANGE,
    MRR_BALANCE,
    MRR_ACCOUNT,
    MRR_MOVEMENT,
    MRR_BRIDGE,
    ULTIMATE_CHANGE,
    NRR_ACCOUNT,
    NRR_MONTHLY,
    CLIENT_PROJECT,
    REVERSAL,
    LIST_RATE,
    CONTRACT_RATE,
    PLAN_PERIOD,
    TIME_SCOPE,
    TIME_ALLOWANCE,
    POSTED_LINE,
    TIME_INVOICED,
    UNINVOICED,
    SCOPE_CREEP_ENTRY,
    SCOPE_CREEP_PROJECT,
    SCOPE_CREEP_MONTHLY,
    PLAN_VERSION,
    PLANNED_WORK,
    PLANNED_VALUE_CURVE,
    ACTUAL_COST,
    SCHEDULE_TASK,
    PROJECT_VALUE,
    PROJECT_DATES,
    EARNED_SCHEDULE,
    SCHEDULE_PROJECT,
    SCHEDULE_PORTFOLIO,
    SCHEDULE_CURVE,
    MILESTONE_SLIP,
    STALL_TASK,
    STALL_PROJECT,
    HANDOFF_DEAL,
    FORM_VERSION,
    HANDOFF_FORM_DEAL,
    KICKOFF_DEAL,
    HANDOFF_MONTHLY,
    GO_LIVE,
    DELIVERY_DEAL,
    SUCCESS_PLAN_DEAL,
    COMMISSION_DEAL,
    ACCOUNT_TIER,
    CUSTOMER_TICKET,
    REQUEST_TICKET,
    REQUEST_MONTHLY,
    DEBRIEF_DEAL,
    CLOSEOUT_HELD,
    CLOSEOUT_DEAL,
    CHECKLIST_DEAL,
    PROMISE_ITEM,
    PROMISE_DEAL,
    CLOSING_MONTHLY,
    ESCALATION_TICKET,
    ESCALATION_ACCOUNT,
    ESCALATION_PROJECT,
    SUCCESS_PROJECT,
    SUCCESS_MONTHLY,
    TEAM_MEMBER,
    CUSTOMER_CONTACT,
    TOUCH,
    BURN_IN_DEAL,
    LIVE_ACCOUNT,
    CUSTOMER_USE,
    QUIET_PRODUCT,
    TRAINING_READINESS_PROJECT,
    QUIET_ACCOUNT,
    CLOSEOUT_SURVEY_PROJECT,
    SURVEY_ANSWER,
    SURVEY_MONTHLY,
)
METRICS = tuple(metric for metric in STEPS_AND_METRICS if not metric.is_step)
MARTS = tuple(metric.table for metric in METRICS)
