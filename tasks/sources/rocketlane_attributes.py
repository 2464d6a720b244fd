"""Which attributes Rocketlane's records have, from its contract: what a list shows, and what it must be asked for."""

from collections.abc import Mapping
from typing import Final

# Attributes that a list leaves out unless `includeFields` names them; from Rocketlane's contract.
ON_REQUEST: Final[Mapping[str, frozenset[str]]] = {
    "projects": frozenset(
        (
            "annualizedRecurringRevenue",
            "projectFee",
            "allocatedHours",
            "allocatedMinutes",
            "budgetedHours",
            "percentageBudgetedHoursConsumed",
            "percentageBudgetConsumed",
            "billableHours",
            "billableMinutes",
            "nonBillableHours",
            "nonBillableMinutes",
            "trackedHours",
            "trackedMinutes",
            "progressPercentage",
            "startDateActual",
            "dueDateActual",
            "currentPhase",
            "autoAllocation",
            "sources",
            "inferredProgress",
            "plannedDuration",
            "projectAgeInDays",
            "customersInvited",
            "customersJoined",
            "externalReferenceId",
            "metrics",
            "remainingMinutes",
            "remainingHours",
        )
    ),
    "tasks": frozenset(
        (
            "startDateActual",
            "dueDateActual",
            "type",
            "phase",
            "assignees",
            "followers",
            "dependencies",
            "billable",
            "csatEnabled",
            "priority",
            "timeEntryCategory",
            "financialsBudget",
            "taskPrivateNote",
            "parent",
            "externalReferenceId",
        )
    ),
    "time-entries": frozenset(
        (
            "notes",
            "sourceType",
            "deleted",
            "status",
            "submittedBy",
            "submittedAt",
            "approvedBy",
            "approvedAt",
            "rejectedBy",
            "rejectedAt",
            "costRate",
            "billRate",
        )
    ),
}
# Attributes that a list shows anyway.
SHOWN: Final[Mapping[str, frozenset[str]]] = {
    "projects": frozenset(
        (
            "projectId",
            "projectName",
            "startDate",
            "dueDate",
            "createdAt",
            "updatedAt",
            "owner",
            "teamMembers",
            "status",
            "fields",
            "customer",
            "partnerCompanies",
            "archived",
            "visibility",
            "currency",
            "financials",
        )
    ),
    "tasks": frozenset(
        (
            "taskId",
            "taskName",
            "startDate",
            "dueDate",
            "archived",
            "effortInMinutes",
            "progress",
            "atRisk",
            "createdAt",
            "updatedAt",
            "project",
            "status",
            "fields",
            "private",
        )
    ),
    "time-entries": frozenset(
        (
            "timeEntryId",
            "date",
            "minutes",
            "activityName",
            "project",
            "task",
            "projectPhase",
            "createdAt",
            "updatedAt",
            "billable",
            "user",
            "category",
            "fields",
        )
    ),
    "phases": frozenset(
        (
            "phaseId",
            "phaseName",
            "project",
            "startDate",
            "dueDate",
            "startDateActual",
            "dueDateActual",
            "createdAt",
            "updatedAt",
            "status",
            "private",
        )
    ),
    "invoices": frozenset(
        (
            "invoiceId",
            "invoiceNumber",
            "dateOfIssue",
            "dueDate",
            "createdAt",
            "updatedAt",
            "currency",
            "status",
            "amount",
            "tax",
            "subTotal",
            "amountOutstanding",
            "amountPaid",
            "amountWrittenOff",
            "company",
            "projects",
            "project_id",  # landed: the one project it names
        )
    ),
}
