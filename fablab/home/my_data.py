"""«Mes données»: everything held about me, who opened my file, asking, taking a copy, taking an agreement back."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from fablab import clock, identity
from fablab.db import db
from fablab.forms import BaseForm
from fablab.home import my_data_zip
from fablab.home.my_data_sections import SECTIONS
from fablab.i18n import _, lazy, ngettext, unmarked
from fablab.pages import allowed
from fablab.people import actions_rights, queries_rights
from fablab.people.entering import me
from fablab.people.forms import AUTHORISATION_NAMES
from fablab.people.forms_rights import AskForm
from fablab.people.models import Person
from fablab.refusals import Refused
from fablab.toasts import say_refused, say_with_way_back
from machines import actions as machine_actions
from machines import actions_back
from pathways import queries_validations
from pathways.models import Validation

bp = Blueprint("my_data", __name__)

#: lines of a section on the page; the copy has all of them
SHOWN, ALL = 20, 100_000
FORMATS = ("json", "html", "zip")
#: the page folds the sections by subject: its title, what is in it in a few words, the sections
SUBJECTS: tuple[tuple[Any, Any, tuple[str, ...]], ...] = (
    (
        lazy("Moi et mes proches"),
        lazy("Nom, contacts, réponses, cartes"),
        ("identity", "contacts", "answers", "followers", "agreements", "access"),
    ),
    (
        lazy("Ce que j’apprends"),
        lazy("Parcours, présences, preuves, badges"),
        ("pathways", "papers", "after", "own_pace", "attendance", "validations", "evidence", "badges", "asked"),
    ),
    (
        lazy("Mes machines"),
        lazy("Réservations, usages, attentes"),
        ("bookings", "uses", "reports", "log_lines", "waits"),
    ),
    (
        lazy("La vie de mon dossier"),
        lazy("Qui l’a ouvert, messages, demandes"),
        ("openings", "messages", "calls", "acts", "requests", "ending"),
    ),
)


@bp.get("/mes-donnees")
@allowed("data.own")
def show() -> ResponseReturnValue:
    """Everything, the latest lines of each section; the agreements that can be taken back."""
    return _page(AskForm())


@bp.post("/mes-donnees/demande")
@allowed("data.own")
def ask() -> ResponseReturnValue:
    """Ask that something be mended or erased."""
    form = AskForm()
    if form.validate_on_submit():
        try:
            actions_rights.ask(me(), form.kind.data, form.text.data or "", clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Demande envoyée. Réponse en un mois au plus."))
            return redirect(url_for(".show"))
    return _page(form)


@bp.post("/mes-donnees/copie")
@allowed("data.own")
def copy() -> ResponseReturnValue:
    """A file with everything: JSON for machines, a page that opens anywhere, or both with my photos and files."""
    told = request.form.get("format", "")
    if told not in FORMATS:
        abort(400)
    person, now = me(), clock.now()
    actions_rights.note_copy(person, now)
    sections = _gather(db.session(), person, ALL)
    for_machines = json.dumps(_plain(db.session(), sections, now), ensure_ascii=False, indent=2)
    to_read = render_template("people/my_data_copy.html", sections=sections, now=now)
    if told == "zip":
        pages = {"mes-donnees.html": to_read, "mes-donnees.json": for_machines}
        response = send_file(my_data_zip.packed(db.session(), person, pages), mimetype="application/zip")
    else:
        response = make_response(for_machines if told == "json" else to_read)
        response.headers["Content-Type"] = f"{'application/json' if told == 'json' else 'text/html'}; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="mes-donnees.{told}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/mes-donnees/accords/<int:authorisation_id>/retirer")
@allowed("data.own")
def withdraw(authorisation_id: int) -> ResponseReturnValue:
    """Take one agreement back, from today on; bookings that rested on it are asked again."""
    person = me()
    comes_back = any(one.id == authorisation_id and one.comes_back for one in person.authorisations)
    try:
        outcome = machine_actions.withdraw_authorisation(person, authorisation_id, person, clock.now())
    except Refused:
        abort(404)
    if comes_back:
        say_with_way_back(_("Accord retiré."), url_for(".put_back", authorisation_id=authorisation_id))
    else:
        flash(_("Accord retiré."))
    if ended := len(outcome.cancelled):
        flash(ngettext("%(num)s réservation annulée avec lui.", "%(num)s réservations annulées avec lui.", ended))
    return redirect(url_for(".show", _anchor="photos"))


@bp.post("/mes-donnees/accords/<int:authorisation_id>/remettre")
@allowed("data.own")
def put_back(authorisation_id: int) -> ResponseReturnValue:
    """I withdrew it by mistake: as before, the same day; what was cancelled with it I put back booking by booking."""
    person = me()
    try:
        actions_back.restore_authorisation(person, authorisation_id, person, clock.now())
    except Refused as refused:
        if "unknown" in refused.codes:
            abort(404)
        say_refused(refused)
    else:
        flash(_("Accord remis."))
    return redirect(url_for(".show", _anchor="photos"), 303)


@bp.post("/mes-donnees/photos/refuser")
@allowed("data.own")
def refuse_photos() -> ResponseReturnValue:
    """No more photos of me."""
    person = me()
    actions_rights.refuse_photos(person, person, clock.now())
    flash(_("C’est noté\u00a0: plus de photos."))
    return redirect(url_for(".show", _anchor="photos"))


def _page(form: BaseForm) -> ResponseReturnValue:
    person, session, today = me(), db.session(), clock.local_day(clock.now())
    stands = [
        agreed
        for agreed in person.authorisations
        if agreed.withdrawn_at is None and (agreed.valid_until is None or agreed.valid_until >= today)
    ]
    failed = bool(form.errors)
    page = render_template(
        "people/my_data.html",
        form=form,
        form_errors=failed,
        person=person,
        subjects=_by_subject(_gather(session, person, SHOWN)),
        agreements=stands,
        labels=AUTHORISATION_NAMES,
        photos=_photos_to_delete(session, person),
        shown=SHOWN,
    )
    return page, 422 if failed else 200


def _photos_to_delete(session: Session, person: Person) -> Sequence[Validation]:
    if not queries_rights.deletes_photos(session, person):
        return []
    return queries_validations.photos_of(session, person.id)


def _gather(session: Session, person: Person, limit: int) -> list[dict[str, Any]]:
    return [{"key": key, "title": title, "lines": list(make(session, person, limit))} for key, title, make in SECTIONS]


def _by_subject(sections: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The sections of each subject that hold something, and the titles of those that hold nothing."""
    found = {section["key"]: section for section in sections}
    return [
        {
            "title": title,
            "inside": inside,
            "sections": [found[one] for one in keys if found[one]["lines"]],
            "empty": [found[one]["title"] for one in keys if not found[one]["lines"]],
        }
        for title, inside, keys in SUBJECTS
    ]


def _plain(session: Session, sections: list[dict[str, Any]], now: datetime) -> dict[str, Any]:
    """The copy for machines: dates in ISO 8601 (UTC for moments), words as the page says them."""
    told: dict[str, Any] = {"house": identity.of(session).name, "made_at": now.isoformat()}
    for section in sections:
        told[section["key"]] = [
            {
                "at": line.at.isoformat() if line.at else None,
                "what": unmarked(line.what),
                "more": [unmarked(one) for one in line.more],
            }
            for line in section["lines"]
        ]
    return told
