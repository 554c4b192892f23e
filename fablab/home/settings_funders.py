"""Words for funders: what reports print for each situation, gender and scheme, and which exits each counts as positive.

Codes never change; only their words do. An exit is positive, not positive, or not applicable: then it is out of both
figures of the rate.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab import house
from fablab.home.settings_facts import Fact, Group
from fablab.i18n import _, in_french, lazy
from fablab.people.forms import SITUATION_LABELS
from fablab.people.forms_file import DISTRICT_LABELS, GENDER_LABELS
from fablab.people.models import Scheme
from pathways import queries_frames
from pathways.models import ExitSituation

PREFIX = "funders"
#: an exit for a funder: as the house counts it, or one of three
EXITS: dict[str, bool | None] = {"yes": True, "no": False, "not_applicable": None}
_KINDS = {
    "situation": (lazy("Situation à l’entrée"), SITUATION_LABELS),
    "gender": (lazy("Genre"), GENDER_LABELS),
    "priority_district": (lazy("Quartier prioritaire"), DISTRICT_LABELS),
}


def _word(kind: str, code: str, label: Any) -> Fact:
    meaning = lazy("Imprimé dans les bilans pour le code «\u00a0%(code)s\u00a0».", code=code)
    return Fact(f"{PREFIX}.{kind}.{code}", label, meaning, most=60, default=lambda: str(label))


WORDS = Group(
    "financeurs",
    lazy("Mots des financeurs"),
    lazy("Ce que les bilans impriment"),
    tuple((title, tuple(_word(kind, *one) for one in labels)) for kind, (title, labels) in _KINDS.items()),
)


def schemes(session: Session) -> list[Scheme]:
    """The schemes that ask for a report, in order of code."""
    return list(queries_frames.schemes(session))


def group_of(session: Session, scheme: Scheme) -> Group:
    """The facts of one scheme: its printed name, its agreement, and each exit."""
    name, key = scheme.name, f"{PREFIX}.{scheme.code}"
    named = (
        Fact(f"{key}.name", lazy("Nom imprimé"), lazy("En tête de ses bilans."), most=120, default=lambda: name),
        Fact(
            f"{key}.agreement",
            lazy("Numéro de convention"),
            lazy("Sous le nom, dans ses bilans."),
            most=60,
            default=lambda: _("aucun"),
        ),
    )
    ordered = select(ExitSituation).order_by(ExitSituation.position, ExitSituation.code)
    exits = tuple(_exit(key, one) for one in session.scalars(ordered))
    sections = ((lazy("Le dispositif"), named), (lazy("Sorties positives"), exits))
    return Group(scheme.code, name, lazy("Ce que ce financeur compte"), sections)


def _exit(key: str, one: ExitSituation) -> Fact:
    words = {True: lazy("oui"), False: lazy("non"), None: lazy("sans objet")}[one.positive]
    choices = (
        ("", lazy("Comme la maison\u00a0: %(word)s", word=words)),
        ("yes", lazy("Oui")),
        ("no", lazy("Non")),
        ("not_applicable", lazy("Sans objet\u00a0: hors du calcul")),
    )
    meaning = lazy("Sortie positive pour ce financeur\u00a0?")
    return Fact(f"{key}.exit.{one.code}", in_french(one.label), meaning, kind="choice", choices=choices)


def word(session: Session, kind: str, code: str) -> str:
    """What reports print for a code of situation, gender or priority district."""
    said = house.settings(session).get(f"{PREFIX}.{kind}.{code}")
    return str(said or dict(_KINDS[kind][1])[code])


def positives(session: Session, scheme_code: str) -> dict[str, bool | None]:
    """Which exits a funder counts as positive, by code; None: not applicable, out of both figures."""
    said = house.settings(session)
    found: dict[str, bool | None] = {}
    for code, positive in session.execute(select(ExitSituation.code, ExitSituation.positive)):
        chosen = said.get(f"{PREFIX}.{scheme_code}.exit.{code}")
        found[code] = EXITS[chosen] if chosen else positive
    return found
