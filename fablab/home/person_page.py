"""The page of a young person for the team: who they are, and what every part has to show of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from fablab import clock
from fablab.db import db
from fablab.home.person_panels import PANELS
from fablab.i18n import _, ngettext
from fablab.pages import allowed
from fablab.people import actions_rights, entering, queries, rules
from fablab.people.forms import AUTHORISATION_LABELS, AUTHORISATION_NAMES, LINK_LABELS, SITUATION_LABELS
from fablab.people.locks import lock_of
from fablab.people.models import Authorisation, Person
from fablab.people.views_young import young_or_404
from fablab.refusals import Refused
from fablab.toasts import say_refused, say_with_way_back
from machines import actions, actions_back

bp = Blueprint("person", __name__)


@bp.get("/jeunes/<public_id>")
@allowed("person.read")
def show(public_id: str) -> ResponseReturnValue:
    """Identity, age, authorisations, card and code, then the panels of the parts."""
    session, now, reader = db.session(), clock.now(), entering.me()
    person = queries.young_person(session, public_id)
    if person is None and queries.was_erased(session, public_id):
        return render_template("people/erased.html"), 410
    if person is None:  # an account made one with another leads there
        return redirect(url_for(".show", public_id=queries.account_kept(session, public_id) or abort(404)))
    if actions_rights.note_opening(person, reader, now):
        person = young_or_404(public_id)  # what was read before the writing is stale
    return render_template(
        "people/person.html",
        person=person,
        panels=[panel for make in PANELS for panel in make(session, person, reader, now)],
        authorisations=_lines(session, person, reader, now),
        authorisation_labels=AUTHORISATION_NAMES,
        link_labels=dict(LINK_LABELS),
        situation_labels=dict(SITUATION_LABELS),
        card=next((card for card in person.cards if card.revoked_at is None), None),
        **_ages(person, now),
        lock=lock_of(session, person, now),
    )


@bp.post("/jeunes/<public_id>/autorisations/<int:authorisation_id>/retirer")
@allowed("person.authorise")
def withdraw(public_id: str, authorisation_id: int) -> ResponseReturnValue:
    """End an authorisation from today on; says how many bookings end with it."""
    person = young_or_404(public_id)
    comes_back = any(one.id == authorisation_id and one.comes_back for one in person.authorisations)
    try:
        outcome = actions.withdraw_authorisation(person, authorisation_id, entering.me(), clock.now())
    except Refused:
        abort(404)
    if comes_back:
        back = url_for(".restore", public_id=public_id, authorisation_id=authorisation_id)
        say_with_way_back(_("Autorisation retirée."), back)
    else:
        flash(_("Autorisation retirée."))
    if ended := len(outcome.cancelled):
        flash(ngettext("%(num)s réservation annulée avec elle.", "%(num)s réservations annulées avec elle.", ended))
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/jeunes/<public_id>/autorisations/<int:authorisation_id>/remettre")
@allowed("person.authorise")
def restore(public_id: str, authorisation_id: int) -> ResponseReturnValue:
    """Withdrawn by mistake: as before, the same day, by who withdrew it."""
    try:
        actions_back.restore_authorisation(young_or_404(public_id), authorisation_id, entering.me(), clock.now())
    except Refused as refused:
        if "unknown" in refused.codes:
            abort(404)
        say_refused(refused)
    else:
        flash(_("Autorisation remise."))
    return redirect(url_for(".show", public_id=public_id), 303)


@bp.post("/jeunes/<public_id>/photos")
@allowed("person.authorise")
def answer_photos(public_id: str) -> ResponseReturnValue:
    """What somebody answers when asked about photos."""
    person, answer = young_or_404(public_id), {"yes": True, "no": False}.get(request.form.get("answer", ""))
    if answer is None:
        abort(400)
    actions_rights.answer_photos(person, allowed=answer, by=entering.me(), now=clock.now())
    said = _("Photos\u00a0: d’accord.") if answer else _("Photos\u00a0: refusées.")
    say_with_way_back(said, url_for(".take_photos_answer_back", public_id=public_id))
    return redirect(url_for(".show", public_id=public_id), 303)


@bp.post("/jeunes/<public_id>/photos/pas-demande")
@allowed("person.authorise")
def take_photos_answer_back(public_id: str) -> ResponseReturnValue:
    """An answer about photos noted by mistake: not asked yet."""
    try:
        actions_rights.take_photos_answer_back(young_or_404(public_id), entering.me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("Photos\u00a0: pas encore demandé."))
    return redirect(url_for(".show", public_id=public_id), 303)


@dataclass(frozen=True)
class AuthorisationLine:
    """An authorisation and what it is worth today."""

    agreed: Authorisation
    stands: bool
    ended: bool
    restorable: bool


def _lines(session: Session, person: Person, reader: Person, now: datetime) -> list[AuthorisationLine]:
    today = clock.local_day(now)
    of_today = [one for one in person.authorisations if one.comes_back and one.withdrawn_on == today]
    by_whom = queries.withdrawn_by(session, [one.id for one in of_today])
    lines = []
    for agreed in person.authorisations:
        ended = agreed.withdrawn_at is not None or (agreed.valid_until is not None and agreed.valid_until < today)
        stands = rules.covered([agreed], agreed.kind, today)
        lines.append(AuthorisationLine(agreed, stands, ended, by_whom.get(agreed.id) == reader.id))
    return lines


def _ages(person: Person, now: datetime) -> dict[str, Any]:
    today, birth = clock.local_day(now), person.birth_date
    # A child's own yes to photos is not enough: the parents sign too.
    asked = [kind for kind, _label in AUTHORISATION_LABELS] + (["image"] if person.photos_allowed else [])
    missing = [kind for kind in asked if not rules.may_take_part(birth, person.authorisations, kind, today)]
    return {
        "age": rules.age_on(birth, today) if birth else None,
        "is_minor": rules.needs_parental_authorisation(birth, today),
        "missing": missing,
        "consents_alone": rules.may_consent_alone(birth, today),
        "mission_locale_age": rules.may_be_followed_by_mission_locale(birth, today),
    }
