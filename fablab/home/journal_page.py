"""The journal: every act found again by person, thing, act and day, for the coordination and the administration."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from bookings.models import Resource
from fablab import clock, journal_queries
from fablab.db import db
from fablab.form_words import ENDS_FIRST
from fablab.forms import BaseForm, french_choices
from fablab.home.journal_lines import JournalLine, Link, lines_of, link_to, may_name
from fablab.i18n import _, lazy
from fablab.journal import About, JournalEntry
from fablab.journal_queries import Mark, Wanted
from fablab.journal_words import FAMILIES, SAID
from fablab.pages import allowed
from fablab.people import queries
from fablab.people.entering import me
from fablab.people.fields import DateBox
from fablab.people.models import Person

bp = Blueprint("journal", __name__)

LINES = 40
#: things that a search may be about, beside people: their tables
THINGS = ("resource", "booking", "training_session", "training_group")


class JournalForm(BaseForm):
    """What is looked for. The name is sent by POST and becomes an id: no name stays in an address."""

    about = HiddenField(validators=[Length(max=60)])
    who = StringField(
        lazy("Personne"),
        [Optional(), Length(max=80)],
        description=lazy("Nom ou identifiant\u00a0: ce qu’elle a fait, et ce qui la touche."),
    )
    machine = SelectField(lazy("Machine ou lieu"), [Optional()])
    act = SelectField(lazy("Acte"), [Optional()])
    since = DateBox(lazy("Depuis le"), [Optional()])
    until = DateBox(lazy("Jusqu’au"), [Optional()])


@bp.route("/journal", methods=["GET", "POST"])
@allowed("journal.read")
def show() -> ResponseReturnValue:
    """The latest acts that fit what is looked for; a page of them, the next ones by a link."""
    session, reader = db.session(), me()
    form = _form(session)
    people: Sequence[Person] = []
    if form.validate_on_submit() and _sound(form):
        people = queries.search_anybody(session, form.who.data) if form.who.data else []
        people = [one for one in people if may_name(one, reader)]
        if len(people) == 1 or not form.who.data:
            return redirect(_address(form, people[0] if people else None), 303)
        if not people:
            form.who.errors = [_("Personne à ce nom. Il faut trois lettres au moins.")]
    about, link = _asked_about(session, reader)
    entries = journal_queries.find(session, _wanted(about), LINES + 1)
    failed = bool(form.errors)
    page = render_template(
        "home/journal.html",
        form=form,
        form_errors=failed,
        people=[(one, _address(form, one)) for one in people],
        about=link,
        days=_by_day(lines_of(session, entries[:LINES], reader)),
        following=_following(entries),
        first=_here() if "avant" in request.args else None,
        narrowed=bool(set(request.args) - {"avant"}),
    )
    return page, 422 if failed else 200


def _form(session: Session) -> JournalForm:
    asked = request.args
    form = JournalForm(
        data={
            "about": f"personne={asked['personne']}" if "personne" in asked else asked.get("sur", ""),
            "act": asked.get("acte"),
            "machine": asked.get("sur"),
            "since": _day(asked.get("du")),
            "until": _day(asked.get("au")),
        }
    )
    resources = session.execute(select(Resource.id, Resource.simple_name).order_by(Resource.position, Resource.id))
    form.machine.choices = [
        SelectChoice("", _("Toutes")),
        *french_choices((f"resource:{id_}", name) for id_, name in resources),
    ]
    groups: dict[str, Any] = {_("Tous"): [("", _("Tous les actes"))]}
    groups |= {str(name): [(verb, str(words)) for verb, words in verbs.items()] for name, verbs in FAMILIES.items()}
    form.act.choices = groups
    return form


def _sound(form: JournalForm) -> bool:
    if form.since.data and form.until.data and form.until.data < form.since.data:
        form.until.errors = [str(ENDS_FIRST)]
    if form.who.data and form.machine.data:
        form.machine.errors = [_("Une personne ou une machine\u00a0: l’une des deux.")]
    return not form.errors


def _address(form: JournalForm, person: Person | None) -> str:
    """The page of what the form asks: the person or machine just chosen, else what the page was about."""
    asked: dict[str, Any] = {}
    if person is not None:
        asked["personne"] = person.public_id
    elif form.machine.data:
        asked["sur"] = form.machine.data
    elif form.about.data and form.about.data.startswith("personne="):
        asked["personne"] = form.about.data.removeprefix("personne=")
    elif form.about.data and not form.about.data.startswith("resource:"):
        asked["sur"] = form.about.data
    asked["acte"] = form.act.data or None
    for name, day in (("du", form.since.data), ("au", form.until.data)):
        asked[name] = day.isoformat() if day else None
    return url_for(".show", **asked)


def _asked_about(session: Session, reader: Person) -> tuple[About | None, Link | None]:
    """Whom or what the address asks about, with its name. 404 for what is not there or not this reader's to know."""
    if public_id := request.args.get("personne"):
        person = queries.by_public_id(session, public_id)
        if person is None or not may_name(person, reader):
            abort(404)
        return ("person", person.id), link_to(session, "person", person.id, reader)
    if said := request.args.get("sur"):
        thing, _colon, id_ = said.partition(":")
        if thing not in THINGS or not (id_.isascii() and id_.isdecimal() and len(id_) < 10):
            abort(404)
        link = link_to(session, thing, int(id_), reader)
        if link is None:
            abort(404)
        return (thing, int(id_)), link
    return None, None


def _wanted(about: About | None) -> Wanted:
    since, until = _day(request.args.get("du")), _day(request.args.get("au"))
    verb = request.args.get("acte")
    return Wanted(
        about=about,
        verb=verb if verb in SAID else None,
        since=clock.day_bounds(since)[0] if since else None,
        until=clock.day_bounds(until)[1] if until else None,
        before=_mark(request.args.get("avant", "")),
    )


def _day(said: str | None) -> date | None:
    try:
        found = date.fromisoformat(said) if said else None
    except ValueError:
        return None
    return found if found and 2000 <= found.year <= 2100 else None


def _mark(said: str) -> Mark | None:
    at, _dash, id_ = said.partition("-")
    if not all(part.isascii() and part.isdecimal() and len(part) < 11 for part in (at, id_)):
        return None
    return Mark(datetime.fromtimestamp(int(at), UTC), int(id_))


def _following(entries: Any) -> str | None:
    if len(entries) <= LINES:
        return None
    last: JournalEntry = entries[LINES - 1]
    return _here(avant=f"{int(last.at.timestamp())}-{last.id}")


def _here(**more: Any) -> str:
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name != "avant"}
    return url_for(".show", **(kept | more))


def _by_day(lines: list[JournalLine]) -> list[tuple[date, list[JournalLine]]]:
    days: dict[date, list[JournalLine]] = {}
    for line in lines:
        days.setdefault(clock.local_day(line.at), []).append(line)
    return list(days.items())
