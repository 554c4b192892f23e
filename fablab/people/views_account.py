"""One's own account: language, light or dark, secret, authorisations, messages, leaving everywhere."""

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from fablab import clock, outbox
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed, local_address
from fablab.people import actions_account, actions_sessions, devices, entering
from fablab.people.forms import AUTHORISATION_NAMES, ChangePasswordForm, ChangePinForm
from fablab.people.views_telling import groups_of
from fablab.refusals import Refused

bp = Blueprint("account", __name__)

THEMES = ("auto", "light", "dark")
_YEAR = 365 * 86400


@bp.get("/mon-compte")
@allowed("account.own")
def show() -> ResponseReturnValue:
    """What I can choose, what was signed for me, what I was told."""
    person = entering.me()
    return render_template(
        "people/account.html",
        person=person,
        messages=outbox.unread(db.session(), person),
        chosen_theme=request.cookies.get("theme", "auto"),
        authorisation_labels=AUTHORISATION_NAMES,
        chooses=bool(groups_of(person)),
        today=clock.local_day(clock.now()),
    )


@bp.post("/mon-compte/langue")
@allowed("account.own")
def set_language() -> ResponseReturnValue:
    """Speak another language to me, in pages and letters."""
    language = request.form.get("language", "")
    try:
        actions_account.choose_language(entering.me(), language)
    except Refused:
        abort(400)
    session["language"] = language
    return redirect(url_for(".show"))


@bp.post("/mon-compte/affichage")
@allowed("account.own")
def set_theme() -> ResponseReturnValue:
    """Light, dark, or as the device says: kept by this device."""
    theme = request.form.get("theme", "")
    if theme not in THEMES:
        abort(400)
    response = redirect(url_for(".show"))
    response.set_cookie("theme", theme, max_age=_YEAR, samesite="Lax", secure=request.is_secure)
    return response


@bp.route("/mon-compte/code", methods=["GET", "POST"])
@allowed("account.own")
def change_pin() -> ResponseReturnValue:
    """Choose another PIN: the old one is asked."""
    person = entering.me()
    if not person.enters_by_pin:
        abort(404)
    form = ChangePinForm()
    if form.validate_on_submit():
        try:
            actions_account.change_pin(person, form.secret.data, form.pin.data, clock.now(), device=devices.here())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            return _changed(_("Mon code est changé."))
    return _form_page("people/change_pin.html", form)


@bp.route("/mon-compte/mot-de-passe", methods=["GET", "POST"])
@allowed("account.own")
def change_password() -> ResponseReturnValue:
    """Choose another password: the old one is asked."""
    person = entering.me()
    if person.email is None or person.enters_by_pin:
        abort(404)
    form = ChangePasswordForm()
    if form.validate_on_submit():
        try:
            actions_account.change_password(
                person, form.secret.data, form.password.data, clock.now(), device=devices.here()
            )
        except Refused as refused:
            form.show(refused.refusals)
        else:
            return _changed(_("Mot de passe changé."))
    return _form_page("people/change_password.html", form)


@bp.post("/mon-compte/sortir-partout")
@allowed("account.own")
def leave_everywhere() -> ResponseReturnValue:
    """End my sessions on all devices, this one too."""
    person, now = entering.me(), clock.now()
    actions_sessions.close_all(person, person, now)
    entering.close_session(now)
    flash(_("C’est fermé sur tous les appareils."))
    return redirect(url_for("people.enter"))


@bp.post("/messages/lu")
@allowed("account.own")
def read_message() -> ResponseReturnValue:
    """One of my messages is read."""
    told = request.form.get("message", "")
    known = told.isdecimal() and len(told) < 10
    if not known or not actions_account.read_message(entering.me(), int(told), clock.now()):
        abort(404)
    return redirect(local_address(request.form.get("next")) or url_for("home.front"))


def _changed(said: str) -> ResponseReturnValue:
    # The version of the secret was raised: this browser begins a new session, the others are out.
    entering.open_session(entering.me(), clock.now())
    flash(said)
    return redirect(url_for(".show"))


def _form_page(template: str, form: ChangePinForm | ChangePasswordForm) -> ResponseReturnValue:
    failed = bool(form.errors)
    return render_template(template, form=form, form_errors=failed), 422 if failed else 200
