"""Which vendor field feeds which column: the YAML field maps, read and checked."""

import re
from functools import cache
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from config.problems import explain
from config.settings import ROOT
from tasks.errors import ConfigError
from tasks.lake.shape import Column, Kind

Name = Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$")]
Path_ = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*$")]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Mapped(_Section):
    """One column's attribute in the vendor's record and its kind; both vendors' words for it are understood."""

    path: Path_ = Field(validation_alias=AliasChoices("path", "field"))
    kind: Kind
    values: dict[str, str] = {}  # what each value of a picklist means; one that is not listed means nothing (null)


class Custom(_Section):
    """One custom field, known by the name people gave it; its values come as their own entity."""

    name: str
    kind: Kind


class Entity(_Section):
    """One kind of record: where it is read, what moves its cursor and which columns it feeds."""

    name: str = ""
    resource: str = Field("", validation_alias=AliasChoices("resource", "object"))
    part_of: str = ""  # rides along with the pull of this entity
    cursor: str = ""  # the vendor's stamp that windows are cut by; none: read whole every time
    deleted: str = ""  # the attribute that marks a deleted record
    params: dict[str, str] = {}
    optional: bool = False  # a source that never had it runs on without
    fields: dict[Name, Mapped]
    custom_fields: dict[Name, Custom] = {}

    @field_validator("fields")
    @classmethod
    def _free_names(cls, value: dict[str, Mapped]) -> dict[str, Mapped]:
        if taken := sorted({"id", "payload"} & set(value)):
            raise ValueError(f"column {taken[0]} is Baton's own: choose another name")
        return value

    @model_validator(mode="after")
    def _read_or_part(self) -> Self:
        if bool(self.resource) == bool(self.part_of):
            raise ValueError("an entity has either a resource (or object) or part_of: set exactly one")
        return self

    @property
    def columns(self) -> tuple[Column, ...]:
        """The mapped columns in the map's order."""
        return tuple(Column(name, mapped.path, mapped.kind) for name, mapped in self.fields.items())


class FieldMap(_Section):
    """Every entity of one source, in the map's order."""

    file: str = ""
    entities: dict[Name, Entity]

    @model_validator(mode="after")
    def _parents_exist(self) -> Self:
        for name, entity in self.entities.items():
            if entity.part_of and not getattr(self.entities.get(entity.part_of), "resource", ""):
                raise ValueError(f"entities.{name}.part_of names {entity.part_of}, which is not an entity that is read")
        return self

    def __getitem__(self, name: str) -> Entity:
        """The entity of this name.

        Raises:
            ConfigError: the map has none.
        """
        if name not in self.entities:
            raise ConfigError(f"{self.file} maps no entity {name}: it has {', '.join(self.entities)}.")
        return self.entities[name]

    def parts(self, name: str) -> tuple[Entity, ...]:
        """The entities that come with this one."""
        return tuple(entity for entity in self.entities.values() if entity.part_of == name)


@cache
def field_map(path: Path) -> FieldMap:
    """The field map in `path`; a relative path starts at the project's root.

    Raises:
        ConfigError: the file cannot be read, or a key is unknown, missing or wrong; the message names file and key.
    """
    file = path if path.is_absolute() else ROOT / path
    try:
        content = yaml.safe_load(file.read_text())
        for name, entity in content["entities"].items():
            entity["name"] = name
        return FieldMap.model_validate({**content, "file": str(path)})
    except ValidationError as error:
        raise ConfigError(explain(str(path), error)) from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({type(error).__name__}): correct `fields` of the source.") from None
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        where = re.sub(r"\s+", " ", str(getattr(error, "problem_mark", ""))).strip()
        raise ConfigError(f"{path} is no field map {where}: it needs `entities:` with a map under each name.") from None
