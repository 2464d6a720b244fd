"""The Dockerfile as data: its two stages, what they run and set, and the commands of the image."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from dockerfile_parse import DockerfileParser

ROOT: Final = Path(__file__).resolve().parents[1]
STEPS: Final[list[dict[str, Any]]] = DockerfileParser(str(ROOT / "Dockerfile")).structure
_, SECOND = (place for place, step in enumerate(STEPS) if step["instruction"] == "FROM")
BUILD, IMAGE = STEPS[:SECOND], STEPS[SECOND:]


def of(instruction: str, steps: Sequence[dict[str, Any]] = STEPS) -> list[str]:
    """What stands behind each instruction of a kind."""
    return [step["value"] for step in steps if step["instruction"] == instruction]


def variables(steps: Sequence[dict[str, Any]]) -> dict[str, str]:
    """What the ENV lines set."""
    return dict(word.split("=", 1) for line in of("ENV", steps) for word in line.split())


def words(instruction: str) -> list[str]:
    """The command of CMD or HEALTHCHECK, which are written as lists."""
    (text,) = of(instruction)
    return list(json.loads(text[text.index("[") :]))
