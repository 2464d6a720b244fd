"""Files of settings, read and checked; what is wrong is one message, without the value (it may be a secret)."""

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from tasks.errors import ConfigError

Model = TypeVar("Model", bound=BaseModel)

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


def read(path: Path, model: type[Model]) -> Model:
    """The YAML file as a checked model.

    Raises:
        ConfigError: the file cannot be read, or a key is unknown, missing or of the wrong kind; the message names it.
    """
    try:
        return model.model_validate(yaml.safe_load(path.read_text()))
    except ValidationError as error:
        raise ConfigError(explain(path.name, error)) from None
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError(
            f"{path.name} cannot be read: {type(error).__name__}. Restore it from the repository."
        ) from None
