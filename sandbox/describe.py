"""What Salesforce's describe says of an object: its fields and their types."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FIELDS = Path(__file__).resolve().parent.parent / "config" / "fields"
FIELD_MAPS = (FIELDS / "salesforce.yaml", FIELDS / "certinia.yaml")
PACKAGE = "pse__"  # objects of a package that an org has or has not
SYSTEM: dict[str, str] = {
    "Id": "id",
    "IsDeleted": "boolean",
    "CreatedDate": "datetime",
    "LastModifiedDate": "datetime",
    "SystemModstamp": "datetime",
}
MAPPED: Mapping[str, str] = {
    "text": "string",
    "integer": "double",
    "number": "double",
    "boolean": "boolean",
    "date": "date",
    "instant": "datetime",
}
DATE = re.compile(r"\d{4}-\d\d-\d\d$")
DATETIME = re.compile(r"\d{4}-\d\d-\d\dT")
ID = re.compile(r"[0-9A-Za-z]{15}(?:[A-Z0-5]{3})?$")
SOAP: Mapping[str, str] = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "double": "xsd:double",
    "currency": "xsd:double",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
}


@cache
def mapped() -> dict[str, dict[str, str]]:
    """The fields the shipped field maps name, by object: an org that Baton can read has them."""
    objects: dict[str, dict[str, str]] = {}
    for entity in (one for file in FIELD_MAPS for one in yaml.safe_load(file.read_text())["entities"].values()):
        fields = objects.setdefault(entity["object"], {})
        fields |= {field["field"]: MAPPED[field["kind"]] for field in entity["fields"].values()}
    return objects


def types(kind: str, records: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Field name to Salesforce type: the system fields, the mapped ones and whatever the records carry."""
    samples: dict[str, Any] = {}
    for record in records:
        for name, value in record.items():
            if samples.get(name) is None:
                samples[name] = value
    found = dict(SYSTEM) | {name: _type(name, value) for name, value in samples.items()}
    found |= {name: _refined(name, type_, samples.get(name)) for name, type_ in mapped().get(kind, {}).items()}
    return {name: type_ for name, type_ in (found | SYSTEM).items() if name != "attributes"}


def _refined(name: str, type_: str, sample: Any) -> str:
    if type_ == "string" and (name.endswith("Id") or _type(name, sample) == "reference"):
        return "reference"
    return "currency" if type_ == "double" and ("Price" in name or "Amount" in name) else type_


def _type(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "double"
    if isinstance(value, str):
        if DATETIME.match(value):
            return "datetime"
        if DATE.match(value):
            return "date"
        if ID.match(value) and (name.endswith("Id") or any(sign.isdigit() for sign in value[:4])):
            return "reference"
    return "string"


def described(kind: str, fields: Mapping[str, str], data_path: str) -> dict[str, Any]:
    """The body of /sobjects/{kind}/describe."""
    return _object(kind, data_path) | {
        "fields": [_field(name, type_) for name, type_ in fields.items()],
        "childRelationships": [],
        "recordTypeInfos": [],
        "supportedScopes": [{"label": "All", "name": "everything"}],
    }


def listed(kinds: Iterable[str], data_path: str) -> dict[str, Any]:
    """The body of /sobjects/."""
    return {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": [_object(kind, data_path) for kind in kinds]}


def _object(kind: str, data_path: str) -> dict[str, Any]:
    path = f"{data_path}/sobjects/{kind}"
    return {
        "name": kind,
        "label": kind.removesuffix("__c").replace("__", " "),
        "custom": kind.endswith("__c"),
        "queryable": True,
        "retrieveable": True,
        "replicateable": True,
        "searchable": True,
        "createable": True,
        "updateable": True,
        "deletable": True,
        "undeletable": True,
        "deprecatedAndHidden": False,
        "urls": {"sobject": path, "describe": f"{path}/describe", "rowTemplate": f"{path}/{{ID}}"},
    }


def _field(name: str, type_: str) -> dict[str, Any]:
    is_number = type_ in ("double", "currency")
    return {
        "name": name,
        "label": name.removesuffix("__c").replace("_", " "),
        "type": type_,
        "soapType": SOAP.get(type_, "xsd:string"),
        "length": 18 if type_ in ("id", "reference") else 255,
        "precision": 18 if is_number else 0,
        "scale": 2 if is_number else 0,
        "nillable": name not in SYSTEM,
        "calculated": False,
        "calculatedFormula": None,
        "compoundFieldName": None,
        "custom": name.endswith("__c"),
        "filterable": True,
        "sortable": True,
        "groupable": not is_number,
        "referenceTo": [],
        "relationshipName": None,
        "picklistValues": [],
        "encrypted": False,
        "deprecatedAndHidden": False,
        "restrictedPicklist": False,
        "unique": False,
        "externalId": False,
        "idLookup": name == "Id",
        "updateable": name not in SYSTEM,
    }
