"""Validation errors as one message a person can act on, without the value (it may be a secret)."""

from pydantic import ValidationError

REMEDY = {
    "extra_forbidden": "is not a known key: remove it or correct its spelling",
    "missing": "is missing: set it",
}


def explain(where: str, error: ValidationError) -> str:
    """`where`, then each wrong key, what kind of value it had and what to do; values are never printed."""
    lines = []
    for problem in error.errors(include_input=True, include_url=False):
        key = ".".join(str(part) for part in problem["loc"])
        remedy = REMEDY.get(problem["type"], f"{problem['msg']} (got a {type(problem['input']).__name__})")
        lines.append(f"{key} {remedy}")
    return f"{where}: " + "; ".join(lines) + "."
