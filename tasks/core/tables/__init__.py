"""The conformed tables: what Baton means by an account, a project, an hour; one definition each."""

from tasks.core.tables.adoption import SURVEY, TRAINING, USAGE_DAY
from tasks.core.tables.calendars import FINALISED_MRR, FX_RATE, WORK_CALENDAR
from tasks.core.tables.closing import CHECKLIST_ITEM, CLOSEOUT, DEBRIEF, DELIVERABLE, PROMISE, SUCCESS_PLAN
from tasks.core.tables.contact import MEETING, MEETING_ATTENDEE, MESSAGE, MESSAGE_PARTY, OWNERSHIP
from tasks.core.tables.customers import ACCOUNT, OPPORTUNITY, SUBSCRIPTION
from tasks.core.tables.handoff import COMMISSION, FEED, HANDOFF_FORM, KICKOFF
from tasks.core.tables.money import BILLING_MILESTONE, INVOICE_LINE, RATE
from tasks.core.tables.support import ESCALATION_ROUTE, TICKET
from tasks.core.tables.work import CHANGE_ORDER, PLAN_TASK, PROJECT, TASK, TASK_PROGRESS, TIME_ENTRY

# In dependency order: a table stands after those it refers to.
CORE = (
    ACCOUNT,
    OPPORTUNITY,
    SUBSCRIPTION,
    HANDOFF_FORM,
    KICKOFF,
    DEBRIEF,
    CLOSEOUT,
    DELIVERABLE,
    CHECKLIST_ITEM,
    PROMISE,
    SUCCESS_PLAN,
    COMMISSION,
    TICKET,
    ESCALATION_ROUTE,
    OWNERSHIP,
    MEETING,
    MEETING_ATTENDEE,
    MESSAGE,
    MESSAGE_PARTY,
    FEED,
    PROJECT,
    USAGE_DAY,
    TRAINING,
    SURVEY,
    TASK,
    TASK_PROGRESS,
    PLAN_TASK,
    CHANGE_ORDER,
    TIME_ENTRY,
    BILLING_MILESTONE,
    INVOICE_LINE,
    RATE,
    FX_RATE,
    WORK_CALENDAR,
    FINALISED_MRR,
)
