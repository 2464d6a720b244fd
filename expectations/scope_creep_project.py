"""Scope creep by project: the classes make up the gross value, the headlines their classes."""

from expectations.rules import OUR_FAULT, between, holds
from expectations.suite import MartSuite

CREEP = "l1_minor + l2_minor + l3_minor + l4_minor"
LATENCY = "l5_minor + l6_minor + l8_minor"
COVERED = "billed_minor + wip_minor + at_risk_minor + covered_minor + contractual_minor + not_yet_due_minor"

# Of projects and of months alike.
IDENTITIES = (
    holds("classes sum to the gross value", f"{CREEP} + l5_minor + l7_minor + {COVERED} = gross_minor", OUR_FAULT),
    holds("creep is L1 to L4", f"{CREEP} = unbilled_scope_creep_minor", OUR_FAULT),
    holds("billing latency is L5, L6 and L8", f"{LATENCY} = billing_latency_minor", OUR_FAULT),
    holds("leakage is L1 to L8", f"{CREEP} + {LATENCY} + l7_minor = leakage_minor", OUR_FAULT),
    between("creep_pct", 0, 100, severity="warning"),  # a reversal without its entry may leave them
    between("capture_pct", 0, 100, severity="warning"),
)

SUITE = MartSuite("scope_creep_project", IDENTITIES)
