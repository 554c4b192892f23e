"""Words and dates in the reader's language; the only module that knows Flask-Babel."""

from contextlib import AbstractContextManager
from datetime import date, datetime, time
from typing import Any

from flask import Flask, has_request_context, request, session
from flask_babel import Babel, force_locale, get_locale
from flask_babel import format_date as babel_format_date
from flask_babel import format_decimal as babel_format_decimal
from flask_babel import gettext as _gettext
from flask_babel import lazy_gettext as _lazy_gettext
from flask_babel import ngettext as _ngettext
from flask_login import current_user

from fablab import clock

LANGUAGES = {"fr": "Français", "en": "English"}
HARD_SPACE = "\u00a0"


def init_app(app: Flask) -> None:
    """Give the app its two languages: French is written in the code, English in translations/."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "fr")
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", str(app.config["TRANSLATIONS"]))
    Babel(app, locale_selector=choose_language)


def choose_language() -> str:
    """The reader's choice, else what the account says, else what the browser asks, else French."""
    if not has_request_context():
        return "fr"
    chosen = session.get("language") or getattr(current_user, "language", None)
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(list(LANGUAGES), default="fr") or "fr"


def language() -> str:
    """The language now spoken: "fr" or "en"."""
    locale = get_locale()
    return str(locale.language) if locale else "fr"


def speaking(code: str) -> AbstractContextManager[Any]:
    """Say what follows in another language: for a letter to somebody else."""
    context: AbstractContextManager[Any] = force_locale(code)
    return context


def _(text: str, **values: object) -> str:
    """The text in the reader's language, with %(named)s values."""
    return str(_gettext(text, **values))


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """One form or the other by number, in the reader's language; %(num)s is given."""
    return str(_ngettext(one, many, num, **values))


def lazy(text: str, **values: object) -> Any:
    """Like _, but said when printed: for form labels and module constants."""
    return _lazy_gettext(text, **values)


def say_day(day: date | datetime) -> str:
    """«mardi 24 novembre» or «Tuesday 24 November»; a datetime is read in local time."""
    if isinstance(day, datetime):
        day = clock.local_day(day)
    said = str(babel_format_date(day, "EEEE d MMMM"))
    return said.replace(" 1 ", " 1er ") if language() == "fr" else said


def say_short_day(day: date) -> str:
    """«mar. 24 nov.» for grids."""
    return str(babel_format_date(day, "EEE d MMM"))


def say_date(day: date | datetime) -> str:
    """«24 novembre 2026»: where the year matters."""
    if isinstance(day, datetime):
        day = clock.local_day(day)
    said = str(babel_format_date(day, "d MMMM yyyy"))
    return "1er" + said[1:] if said.startswith("1 ") and language() == "fr" else said


def say_lately(day: date | datetime, now: datetime) -> str:
    """«24 novembre», with its year once that is eleven months ago or more."""
    if isinstance(day, datetime):
        day = clock.local_day(day)
    if (clock.local_day(now) - day).days >= 335:
        return say_date(day)
    said = str(babel_format_date(day, "d MMMM"))
    return "1er" + said[1:] if said.startswith("1 ") and language() == "fr" else said


def say_inside(name: str) -> str:
    """The name of a thing inside a sentence: «la grande laser»; a name without an article stays as it is."""
    article = name.replace("’", " ").split(" ", 1)[0]
    return name[:1].lower() + name[1:] if article in ("La", "Le", "Les", "L") else name


def say_hour(moment: datetime | time) -> str:
    """«14 h», «14 h 30» with hard spaces; "14:00" in English. A datetime is read in local time."""
    hour = clock.to_local(moment).time() if isinstance(moment, datetime) else moment
    if language() != "fr":
        return f"{hour:%H:%M}"
    minutes = f"{HARD_SPACE}{hour:%M}" if hour.minute else ""
    return f"{hour.hour}{HARD_SPACE}h{minutes}"


def say_when(moment: datetime) -> str:
    """«mardi 24 novembre à 14 h»."""
    return _("%(day)s à %(hour)s", day=say_day(moment), hour=say_hour(moment))


def say_length(minutes: int) -> str:
    """«30 min», «1 h», «1 h 30»."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{HARD_SPACE}min"
    return f"{hours}{HARD_SPACE}h" + (f"{HARD_SPACE}{rest:02d}" if rest else "")


def say_number(number: float) -> str:
    """«1 234,5» or "1,234.5"."""
    return str(babel_format_decimal(number))


def say_capital(text: str) -> str:
    """The text with a first capital and the rest untouched: «Mardi 24 novembre», "Tuesday 24 November"."""
    return text[:1].upper() + text[1:]
