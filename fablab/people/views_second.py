"""The second step of entering: the code of a phone, after the password; setting it up, and its page in the account.

Between the two steps the cookie holds who said the right password, for ten minutes; that opens nothing by itself.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import segno
from flask import Blueprint, abort, flash, make_response, redirect, session, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from fablab import clock, identity
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed, public
from fablab.people import (
    actions_second,
    devices,
    entering,
    late_forms,
    queries,
    queries_access,
    rules_access,
    secrets_second,
)
from fablab.people.forms_access import SecondStepForm, TakeUpForm
from fablab.people.models import Person
from fablab.people.secret_pages import secret_page, show_once, shown
from fablab.refusals import Refused

bp = Blueprint("second", __name__)

#: where the cookie holds who has said the right password, and how long that is worth
WAITING, WAIT = "waiting", timedelta(minutes=10)


def let_in(person: Person, onward: str | None) -> ResponseReturnValue:
    """Somebody said the right secret: open the session, or ask for the second step first."""
    if not person.enters_by_pin:
        found = queries_access.second_factor(db.session(), person.id)
        needed = rules_access.needs_second_step(
            person.roles, required=queries_access.second_step_required(db.session())
        )
        if found or needed:
            now = clock.now()
            session[WAITING] = {"who": person.get_id(), "at": int(now.timestamp()), "onward": onward}
            if found and (kept := late_forms.kept_in_form()):
                return secret_page("people/second_enter.html", SecondStepForm(formdata=None), kept=kept)
            return redirect(url_for("second.enter" if found else "second.set_up"))
    return _open(person, onward, person.enter_version)


@bp.route("/entrer/equipe/code", methods=["GET", "POST"])
@public
def enter() -> ResponseReturnValue:
    """The second step: the code of the phone."""
    person, onward = _waiting(clock.now())
    if person is None:
        return redirect(url_for("people.enter_team"))
    form, version = SecondStepForm(), person.enter_version
    if form.validate_on_submit():
        try:
            actions_second.pass_step(person, form.code.data, clock.now(), device=devices.here())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            return _open(person, onward, version)
    return secret_page("people/second_enter.html", form, kept=late_forms.kept_in_form())


@bp.route("/entrer/equipe/activer", methods=["GET", "POST"])
@public
def set_up() -> ResponseReturnValue:
    """Somebody whose role needs it takes the second step up, before entering."""
    person, onward = _waiting(clock.now())
    if person is None:
        return redirect(url_for("people.enter_team"))
    if queries_access.second_factor(db.session(), person.id):
        return redirect(url_for("second.enter"))
    version = person.enter_version
    return _take_up(person, lambda: _open(person, onward, version))


@bp.get("/mon-compte/deux-etapes")
@allowed("account.own")
def show() -> ResponseReturnValue:
    """What protects my account: the second step, the paper codes left."""
    return _own_page(SecondStepForm())


@bp.route("/mon-compte/deux-etapes/activer", methods=["GET", "POST"])
@allowed("account.own")
def take_up() -> ResponseReturnValue:
    """Take the second step up of one's own will."""
    person = _of_the_team()
    if queries_access.second_factor(db.session(), person.id):
        return redirect(url_for("second.show"))
    return _take_up(person, lambda: redirect(url_for("second.show")))


@bp.get("/mon-compte/deux-etapes/codes")
@allowed("account.own")
def codes() -> ResponseReturnValue:
    """The recovery codes just made, shown once; asked again, how to make others."""
    _of_the_team()
    found = shown("recovery codes", clock.now())
    listed = found.secret.split() if found else []
    return secret_page("people/second_codes.html", codes=listed, onward=found.onward if found else None)


@bp.post("/mon-compte/deux-etapes/codes")
@allowed("account.own")
def renew_codes() -> ResponseReturnValue:
    """Other recovery codes, shown once; the phone's code is asked."""
    person, form = _of_the_team(), SecondStepForm()
    if form.validate_on_submit():
        try:
            made = actions_second.renew_codes(person, form.code.data, clock.now(), device=devices.here())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            return _to_codes(person, made, url_for("second.show"))
    return _own_page(form)


@bp.post("/mon-compte/deux-etapes/arreter")
@allowed("account.own")
def give_up() -> ResponseReturnValue:
    """Go back to a password alone, where the house allows it; the phone's code is asked."""
    person, form = _of_the_team(), SecondStepForm()
    if _is_needed(person):
        abort(409)
    if form.validate_on_submit():
        try:
            actions_second.give_up(person, form.code.data, clock.now(), device=devices.here())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Connexion en deux étapes arrêtée."))
            return redirect(url_for("second.show"))
    return _own_page(form)


@bp.post("/equipe/<public_id>/deux-etapes/arreter")
@allowed("staff.manage")
def take_away(public_id: str) -> ResponseReturnValue:
    """Somebody lost their phone and their paper codes."""
    person = queries.by_public_id(db.session(), public_id)
    if person is None or person.email is None:
        abort(404)
    actions_second.take_away(person, entering.me(), clock.now())
    flash(_("Deuxième étape effacée, sessions fermées."))
    return redirect(url_for("staff.show", public_id=public_id))


def _open(person: Person, onward: str | None, version: int) -> ResponseReturnValue:
    entering.open_session(person, clock.now(), version)
    return late_forms.take_up(person) or redirect(onward or url_for("home.front"))


def _waiting(now: datetime) -> tuple[Person | None, str | None]:
    """Who said the right password in this browser less than ten minutes ago, and where they were going."""
    held = session.get(WAITING)
    if not held or now.timestamp() - held["at"] > WAIT.total_seconds():
        return None, None
    person = queries.by_public_id(db.session(), held["who"].rpartition(".")[0])
    # A password changed or an access closed meanwhile raises the version.
    if person is None or person.get_id() != held["who"] or not person.is_active:
        return None, None
    return person, held["onward"]


def _of_the_team() -> Person:
    person = entering.me()
    if person.enters_by_pin or person.email is None:
        abort(404)
    return person


def _is_needed(person: Person) -> bool:
    required = queries_access.second_step_required(db.session())
    return rules_access.needs_second_step(person.roles, required=required)


def _take_up(person: Person, done: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """The square for the phone, then its first code, then the recovery codes; ``done`` leads on."""
    form = TakeUpForm()
    if not form.nonce.data:
        form.nonce.data = secrets_second.new_nonce()
    if form.validate_on_submit():
        try:
            made = actions_second.take_up(person, form.nonce.data, form.code.data, clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            onward = make_response(done()).location
            return _to_codes(person, made, onward)
    said = secrets_second.address(form.nonce.data, str(person.email), identity.ours().name)
    square = segno.make(said, error="m", micro=False).svg_inline(omitsize=True, border=2, dark="#000", light="#fff")
    secret = secrets_second.shared_secret(form.nonce.data)
    groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
    return secret_page("people/second_take_up.html", form, square=Markup(square), groups=groups)


def _to_codes(person: Person, codes: list[str], onward: str) -> ResponseReturnValue:
    address = url_for("second.codes")
    return show_once("recovery codes", " ".join(codes), person, address, clock.now(), onward=onward)


def _own_page(form: SecondStepForm) -> ResponseReturnValue:
    person, reading = _of_the_team(), db.session()
    return secret_page(
        "people/second.html",
        form,
        factor=queries_access.second_factor(reading, person.id),
        left=queries_access.recovery_codes_left(reading, person.id),
        needed=_is_needed(person),
        waived=not queries_access.second_step_required(reading),
    )
