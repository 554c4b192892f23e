"""structures.yaml: the structures and associations that use the house, and its schemes."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from fablab.catalogue import DATA_STATUSES, Catalogue, Document, References, Source
from fablab.catalogue_agreeing import WRONG, agreeing, under
from fablab.catalogue_items import Item, setting
from fablab.catalogue_parts import Part
from fablab.catalogue_records import Many, Maybe, Optional, Record, Statuses, read_whole, status_of
from fablab.catalogue_shapes import Choice, Code, Flag, Pattern, Ref, Text, Whole
from fablab.catalogue_stores import Table
from fablab.people.models import Scheme, Structure

NAME = "structures.yaml"

STRUCTURE_TYPES = (
    "municipal_service",
    "resident",
    "association",
    "institution",
    "outside_association",
    "private_body",
    "individual",
    "governance",
)
FIELDS = (
    *("youth", "digital", "integration", "information", "sport", "entrepreneurship", "creation", "urban_cultures"),
    *("governance", "education", "social_life", "rights", "citizenship", "culture", "dance", "music", "theatre"),
    *("wellbeing", "games", "family", "mutual_aid", "languages_cultures", "environment", "seniors"),
)

_STRUCTURE = Record(
    code=Code("structure"),
    name=Text(),
    type=Choice(*STRUCTURE_TYPES),
    field=Choice(*FIELDS),
    data_status=Choice(*DATA_STATUSES),
    resident=Optional(Flag(), False),
    refers=Optional(Flag(), False),
    sensitive=Optional(Flag(), False),
    masked_name=Optional(Text()),
    contact=Text(120),
    convention=Choice("signed", "to_sign", "expired", "not_applicable"),
    insurance_required=Optional(Flag(), True),
    insurance_days=Optional(Maybe(Whole(-3660, 3660))),
    access_badges=Whole(0, 100),
)

SHAPE = Record(
    version=Choice(1),
    data_status=Statuses(),
    school_year=Pattern(r"20\d\d-20\d\d", 'a school year like "2026-2027"'),
    structures=Many(_STRUCTURE),
    associations=Many(_STRUCTURE),
    schemes=Many(
        Record(
            code=Code("scheme"),
            name=Text(),
            kind=Choice(
                "pathway", "training", "sponsorship", "integration", "urban_policy", "funding", "youth", "volunteering"
            ),
            data_status=Choice(*DATA_STATUSES),
            note=Text(500),
            excluded_pathways=Optional(Many(Ref("pathway"))),
        )
    ),
)


def read(document: Document, references: References) -> None:
    """Read the file."""
    written = document.data
    read_whole(SHAPE, document, references)
    for name in ("structures", "associations"):
        listed = written.get(name) if isinstance(written, dict) else None
        for index, structure in enumerate(listed if isinstance(listed, list) else []):
            if isinstance(structure, dict):
                _check_papers(document, (name, index), structure)


def _check_papers(document: Document, here: tuple[str, int], structure: dict[str, Any]) -> None:
    """As written, since a key left out and one that is null do not say the same."""
    if structure.get("sensitive") is True and structure.get("masked_name") is None:
        document.fault((*here, "masked_name"), "the name to show instead, since sensitive is true", "nothing")
    required = structure.get("insurance_required", True)
    if required is True and "insurance_days" not in structure:
        document.fault((*here, "insurance_days"), "days left, or null when the certificate is missing", "nothing")
    if required is False and structure.get("insurance_days") is not None:
        document.fault((*here, "insurance_days"), "nothing, since insurance_required is false")


def check(catalogue: Catalogue) -> None:
    """The place (house.yaml) says how many regular organisations there are at least."""
    document = catalogue.documents[NAME]
    house = catalogue.documents.get("house.yaml")
    with agreeing():
        least = under(house.data if house else WRONG, "place", "regular_organisations")
        count = len(under(document.data, "structures")) + len(under(document.data, "associations"))
        if least > count:
            document.fault(("associations",), f"at least {least} regular organisations", f"{count} with the structures")


def items(catalogue: Catalogue, today: date) -> list[Item]:
    """Organisations and schemes."""
    data = catalogue.data(NAME)
    found = [setting("structures.school_year", data["school_year"], status_of(data, "school_year"))]
    return [*found, *_structures(data, today), *_schemes(data)]


def _structures(data: dict[str, Any], today: date) -> Iterator[Item]:
    for structure in [*data["structures"], *data["associations"]]:
        values = {name: value for name, value in structure.items() if name not in ("code", "insurance_days")}
        days = structure["insurance_days"]
        until = None if days is None else today + timedelta(days=days)
        yield Item("structure", structure["code"], values, once={"insurance_until": until})


def _schemes(data: dict[str, Any]) -> Iterator[Item]:
    for scheme in data["schemes"]:
        yield Item("scheme", scheme["code"], {name: value for name, value in scheme.items() if name != "code"})


STRUCTURES = Table(
    "structure",
    Structure,
    {
        "name": "name",
        "type": "kind",
        "field": "domain",
        "data_status": "data_status",
        "resident": "resident",
        "refers": "prescriber",
        "sensitive": "sensitive",
        "masked_name": "masked_label",
        "contact": "contact_role",
        "convention": "agreement",
        "insurance_required": "insurance_required",
        "access_badges": "access_badges",
    },
)
SCHEMES = Table(
    "scheme",
    Scheme,
    {
        "name": "name",
        "kind": "nature",
        "data_status": "data_status",
        "note": "note",
        "excluded_pathways": "excluded_pathways",
    },
)

SHIPPED = Path(__file__).parent / "data" / NAME
PART = Part(Source(NAME, SHIPPED, SHAPE, read, check), items, (STRUCTURES, SCHEMES))
