"""Which of the five elements each version of a handoff form holds."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.wording import plain, says

ELEMENTS = ("goals", "stakeholders", "timeline", "success_metrics", "concerns")
VALID = tuple(f"is_{element}_valid" for element in ELEMENTS)
NO_CONCERNS = ("none", "nothing", "no", "noconcerns")  # an answer when someone stands for it


def form_version(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Judge the five elements of each version of a form recorded by the day, and mark the newest of its deal.

    Goals: goals and expected outcomes both say something. Stakeholders: a sponsor or an administrator with a role.
    Timeline: a target date. Success metrics: a measure and a target. Concerns: said, or their absence has an author. A
    text of punctuation or of one of the policy's placeholders says nothing; a withdrawn form has no valid element.
    """
    forms = frames["handoff_form"].filter(nw.col("recorded_date") <= nw.lit(as_of))
    texts = ("goals", "expected_outcomes", "sponsor_role", "administrator_role", "success_measure", "success_target")
    forms = forms.with_columns(
        *(plain(name).alias(f"_{name}") for name in (*texts, "concerns")), *(_given(f"{name}_id") for name in PEOPLE)
    )
    words = policy.handoff.placeholders
    said = {name: says(f"_{name}", words) for name in (*texts, "concerns")}
    is_none = nw.col("_concerns").is_in(NO_CONCERNS)
    valid = {
        "goals": said["goals"] & said["expected_outcomes"],
        "stakeholders": (nw.col("_sponsor_id") & said["sponsor_role"])
        | (nw.col("_administrator_id") & said["administrator_role"]),
        "timeline": ~nw.col("go_live_target_date").is_null(),
        "success_metrics": said["success_measure"] & said["success_target"],
        "concerns": (is_none & nw.col("_concerns_author_id")) | (~is_none & said["concerns"]),
    }
    forms = forms.with_columns(
        (found & ~nw.col("is_withdrawn")).alias(f"is_{name}_valid") for name, found in valid.items()
    )
    order = ("recorded_date", "version_number", "form_version_id")
    replaced = nw.col("recorded_date").shift(-1).over("opportunity_id", order_by=order)
    forms = forms.with_columns(replaced.alias("replaced_date"))
    return forms.with_columns(nw.col("replaced_date").is_null().alias("is_newest"))


PEOPLE = ("sponsor", "administrator", "concerns_author")


def _given(column: str) -> nw.Expr:
    return (~nw.col(column).is_null()).alias(f"_{column}")


FORM_VERSION = Metric(
    table="form_version",
    grain=("form_version_id",),
    inputs=("handoff_form",),
    columns={
        "form_version_id": "the version",
        "opportunity_id": "the deal",
        "version_number": "which version of the form it is",
        "recorded_date": "the day it was recorded",
        "replaced_date": "the day the deal's next version was recorded; null for the newest",
        "is_withdrawn": "with this version the form was deleted",
        **dict.fromkeys(VALID, "the element holds what it must"),
        "signed_date": "the day sales signed it",
        "is_newest": "the deal's newest version",
    },
    compute=form_version,
    is_step=True,
)
