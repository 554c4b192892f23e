"""Words and dates in the reader's language; the only module that knows Flask-Babel."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from babel.dates import format_date as babel_format_date
from babel.numbers import format_currency
from flask import Flask, g, has_app_context, has_request_context, request, session
from flask_babel import Babel, force_locale, get_locale, get_translations
from flask_babel import format_decimal as babel_format_decimal
from flask_babel import lazy_gettext as _lazy_gettext
from flask_login import current_user
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from fablab import clock

LANGUAGES = {"fr": "Français", "en": "English"}
HARD_SPACE = "\u00a0"
#: where programs ask: they say their language in each request, and no cookie speaks for them
PROGRAMS = "/api/"
#: a day further away than this, either way, is said with its year
NEAR_DAYS = 183


def init_app(app: Flask) -> None:
    """Give the app its two languages: French is written in the code, English in translations/."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "fr")
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", str(app.config["TRANSLATIONS"]))
    Babel(app, locale_selector=choose_language)
    # A page says a hundred sentences: its templates speak as the code does, the language found once.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # of jinja's i18n extension
        lambda text: tongue().catalogue.gettext(text),
        lambda one, many, num: tongue().catalogue.ngettext(one, many, num),
        newstyle=True,
    )
    app.jinja_env.globals["_"] = _in_page


@pass_eval_context
def _in_page(page: EvalContext, text: str, **values: object) -> str:
    """``_`` of templates: what Jinja's own says, its values escaped, in one call instead of four."""
    said = tongue().catalogue.gettext(text)
    if not page.autoescape:
        return said % values
    return Markup(said) % values if values else Markup(said % values)


def choose_language() -> str:
    """The reader's choice, else what the account says, else what the browser asks, else French."""
    if not has_request_context():
        return "fr"
    if not request.path.startswith(PROGRAMS):
        chosen = session.get("language") or getattr(current_user, "language", None)
        if chosen in LANGUAGES:
            return str(chosen)
    return request.accept_languages.best_match(list(LANGUAGES), default="fr") or "fr"


class Catalogue(Protocol):
    """Texts of one language by their French."""

    def gettext(self, message: str) -> str:
        """The text in that language, or itself."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """One form or the other by number."""


class French:
    """The texts as written. Nought and one are singular: «0 lettre partie», which gettext says as English does."""

    def gettext(self, message: str) -> str:
        """The text itself."""
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """One form below two, the other from there."""
        return msgid1 if abs(n) < 2 else msgid2


FRENCH = French()


class Tongue(NamedTuple):
    """The language now spoken, and its texts."""

    code: str
    catalogue: Catalogue


def tongue() -> Tongue:
    """The language of this request, or of whom a letter is for; French outside of both."""
    # Kept for the request: a page says hundreds of sentences, and finding the language costs more than saying one.
    try:
        spoken: Tongue | None = g.get("tongue")
    except RuntimeError:  # outside of any application
        return Tongue("fr", FRENCH)
    if spoken is None:
        locale = get_locale()
        code = str(locale.language) if locale else "fr"
        spoken = g.tongue = Tongue(code, FRENCH if code == "fr" else get_translations())
    return spoken


def language() -> str:
    """The language now spoken: "fr" or "en"."""
    return tongue().code


@contextmanager
def speaking(code: str, now: datetime | None = None) -> Iterator[None]:
    """Say what follows in another language: for a letter to somebody else, written at this moment."""
    before, day = g.pop("tongue", None), g.get("said_on")
    try:
        if now is not None:
            said_at(now)
        with force_locale(code):
            yield
    finally:
        g.tongue, g.said_on = before, day


def said_at(now: datetime) -> None:
    """What this request says is read now: a day far from it is said with its year."""
    g.said_on = clock.local_day(now)


def _(text: str, **values: object) -> str:
    """The text in the reader's language, with %(named)s values; words among them marked in their language stay so."""
    said = tongue().catalogue.gettext(text)
    if any(isinstance(value, Markup) for value in values.values()):
        return Markup(said) % values
    return said % values if values else said


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """One form or the other by number, in the reader's language; %(num)s is given."""
    return tongue().catalogue.ngettext(one, many, num) % {"num": num, **values}


def lazy(text: str, **values: object) -> Any:
    """Like _, but said when printed: for form labels and module constants."""
    return _lazy_gettext(text, **values)


def joined(parts: Iterable[str], by: str = ", ") -> str:
    """Words on one line; those marked in their language stay so."""
    said = list(parts)
    return Markup(by).join(said) if any(isinstance(one, Markup) for one in said) else by.join(said)


def in_french(text: str) -> str:
    """Words of the catalogue, which are French in every language: marked so elsewhere, for whoever hears the page."""
    return text if not text or language() == "fr" else Markup('<span lang="fr">{}</span>').format(text)


def as_typed(text: str | None) -> str:
    """Words that somebody typed, for a page: in English no language is claimed for them (decision 37)."""
    if not text or language() == "fr":
        return text or ""
    return Markup('<span lang="">{}</span>').format(text)


def unmarked(text: str) -> str:
    """The words alone, for what is no page."""
    return text.striptags() if isinstance(text, Markup) else text


def naming(text: str, name: str) -> str:
    """A sentence that names a thing of the catalogue, its name marked as French: «I need the badge Permis laser.»"""
    if not name or name not in text or isinstance(text, Markup) or language() == "fr":
        return text
    before, found, after = text.partition(name)
    return Markup("{}{}{}").format(before, in_french(found), after)


def say_day(day: date | datetime) -> str:
    """«mardi 24 novembre» or «Tuesday 24 November», with its year beyond half a year; a datetime is local."""
    local = clock.local_day(day) if isinstance(day, datetime) else day
    said_on: date | None = g.get("said_on") if has_app_context() else None
    far = said_on is not None and abs((local - said_on).days) > NEAR_DAYS
    return f"{_plain_day(local)} {local.year}" if far else _plain_day(local)


def _plain_day(day: date) -> str:
    said = _date(day, "EEEE d MMMM", language())
    return said.replace(" 1 ", " 1er ") if language() == "fr" else said


def say_short_day(day: date) -> str:
    """«mar. 24 nov.» for grids."""
    return _date(day, "EEE d MMM", language())


def say_date(day: date | datetime) -> str:
    """«24 novembre 2026»: where the year matters."""
    said = _date(day, "d MMMM yyyy", language())
    return "1er" + said[1:] if said.startswith("1 ") and language() == "fr" else said


def say_day_from(day: date | datetime, now: datetime) -> str:
    """«mardi 24 novembre», with its year when that is not the year of ``now``."""
    local = clock.local_day(day) if isinstance(day, datetime) else day
    said = _plain_day(local)
    return said if local.year == clock.local_day(now).year else f"{said} {local.year}"


def say_lately(day: date | datetime, now: datetime) -> str:
    """«24 novembre», with its year once that is eleven months ago or more."""
    if isinstance(day, datetime):
        day = clock.local_day(day)
    if (clock.local_day(now) - day).days >= 335:
        return say_date(day)
    said = _date(day, "d MMMM", language())
    return "1er" + said[1:] if said.startswith("1 ") and language() == "fr" else said


def say_inside(name: str) -> str:
    """The name of a thing inside a sentence: «la grande laser»; a name without an article stays as it is."""
    article = name.replace("’", " ").split(" ", 1)[0]
    return name[:1].lower() + name[1:] if article in ("La", "Le", "Les", "L") else name


def _date(day: date | datetime, pattern: str, code: str) -> str:
    return _written(clock.local_day(day) if isinstance(day, datetime) else day, pattern, code)


@lru_cache(maxsize=4096)
def _written(day: date, pattern: str, code: str) -> str:
    return babel_format_date(day, pattern, locale=code)


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
    """«30 min», «1 h», «1 h 30», «1 234 h»."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{HARD_SPACE}min"
    return f"{say_thousands(hours)}{HARD_SPACE}h" + (f"{HARD_SPACE}{rest:02d}" if rest else "")


def say_number(number: float) -> str:
    """«1 234,5» or "1,234.5"."""
    return str(babel_format_decimal(number))


def say_thousands(number: int) -> str:
    """«999», «15 650»: thousands apart, by a hard space or the English comma."""
    return str(number) if number < 1000 else f"{number:,}".replace(",", HARD_SPACE if language() == "fr" else ",")


def say_euros(cents: int) -> str:
    """«1 234,50 €» or "€1,234.50"."""
    return str(format_currency(cents / 100, "EUR", locale=language()))


def say_capital(text: str) -> str:
    """The text with a first capital and the rest untouched: «Mardi 24 novembre», "Tuesday 24 November"."""
    return text[:1].upper() + text[1:]


def say_one_stop(text: str) -> str:
    """The text with one full stop where a short name («Alexis T.») ends a sentence, and brings its own."""
    return text if "..." in text else text.replace("..", ".")


def say_address(address: str) -> Markup:
    """An e-mail address that a narrow column cuts before its @, never inside a word of it."""
    name, at, domain = address.partition("@")
    return Markup("<bdi>{}<wbr>{}</bdi>").format(name, f"{at}{domain}")


def say_phone(number: str) -> str:
    """«06 12 34 56 78» with hard spaces, as the French say it, typed with +33 too; a foreign number as it is."""
    if number.startswith("+33") and len(number) == 12:
        number = f"0{number[3:]}"
    if len(number) != 10 or not number.isdigit():
        return number
    return HARD_SPACE.join(number[start : start + 2] for start in range(0, 10, 2))
