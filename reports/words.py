"""What figures are called on a page: periods, splits, answers, values."""

from collections.abc import Callable, Mapping
from typing import Any

from fablab.i18n import HARD_SPACE, _, lazy, say_date, say_length, say_number, say_thousands
from fablab.people.forms import SITUATION_LABELS
from fablab.people.forms_file import DISTRICT_LABELS, GENDER_LABELS
from reports.values_indicators import Indicator
from reports.values_periods import Period
from reports.values_public import BANDS, UNKNOWN

#: what stands in place of a number that is hidden
HIDDEN = "•"
PERIODS: Mapping[str, Any] = {
    "school_year": lazy("Année scolaire"),
    "civil_year": lazy("Année civile"),
    "term": lazy("Trimestre"),
    "month": lazy("Mois"),
    "free": lazy("Du … au …"),
}
#: question -> how the filter and the table of it are called
QUESTIONS: Mapping[str, Any] = {
    "gender": lazy("Genre"),
    "band": lazy("Âge au dernier jour"),
    "district": lazy("Quartier prioritaire"),
    "situation": lazy("Situation à l’entrée"),
    "sender": lazy("Envoyés par"),
}
SENDERS: Mapping[str, Any] = {
    "municipal_service": lazy("Un service municipal"),
    "resident": lazy("Une structure résidente"),
    "institution": lazy("Une institution"),
    "association": lazy("Une association"),
    "outside_association": lazy("Une association d’ailleurs"),
    "private_body": lazy("Une entreprise"),
    "individual": lazy("Un particulier"),
    "governance": lazy("Une instance"),
}


def answers_to(question: str) -> dict[str, str]:
    """Every answer to a question and how it is said, in the order shown; the unknown comes last."""
    said: dict[str, dict[str, Any]] = {
        "gender": dict(GENDER_LABELS),
        "band": {**{code: _band(youngest, oldest) for code, youngest, oldest in BANDS}, "other": lazy("Autre âge")},
        "district": dict(DISTRICT_LABELS),
        "situation": dict(SITUATION_LABELS),
        "sender": dict(SENDERS),
    }
    return {code: str(words) for code, words in said[question].items() if code != UNKNOWN} | {
        UNKNOWN: _("Personne, ou on ne sait pas") if question == "sender" else _("On ne sait pas")
    }


def _band(youngest: int, oldest: int) -> str:
    return _("%(youngest)s à %(oldest)s ans", youngest=youngest, oldest=oldest)


def say_period(period: Period) -> str:
    """«du 1er septembre 2026 au 31 août 2027»."""
    return _("du %(first)s au %(last)s", first=say_date(period.first), last=say_date(period.last))


_SAID: Mapping[str, Callable[[float], str]] = {
    "count": lambda value: say_thousands(int(value)),
    "hours": lambda value: say_length(int(value) // 60),
    "rate": lambda value: f"{say_number(round(100 * value, 1))}{HARD_SPACE}%",
}


def say_value(indicator: Indicator, value: float | None) -> str:
    """A value with its unit; «–» where there is nothing to share."""
    return "–" if value is None else _SAID[indicator.unit](value)


def say_share(part: int, whole: int) -> str:
    """«12 %» of a whole; «–» of nothing."""
    return f"{round(100 * part / whole)}{HARD_SPACE}%" if whole else "–"
