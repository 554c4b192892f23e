"""Kiosks: entering there with a short code, signing out when left alone, enrolling and ending one."""

import secrets as random_bytes
from datetime import timedelta

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed, public
from fablab.people import actions_account, actions_kiosk, devices, entering, queries, queries_access, secrets
from fablab.people.forms_access import KioskEnterForm, KioskForm, ShortForm, TabletForm, TeamShortForm
from fablab.people.secret_pages import secret_page
from fablab.refusals import Refused

bp = Blueprint("kiosks", __name__)

_COOKIE_LASTS = timedelta(days=400)  # as long as browsers keep one


@bp.route("/borne", methods=["GET", "POST"])
@public
def enter() -> ResponseReturnValue:
    """The log-in of a kiosk, for the next person; nowhere else."""
    shared = entering.kiosk()
    if shared is None or shared.for_team:
        abort(404)
    if current_user.is_authenticated and request.method == "GET":
        return redirect(url_for("home.front"))
    form = KioskEnterForm()
    if "#" in (form.handle.data or ""):
        # A reader wrote what the QR code of a card holds: its holder is said by handle, and the code leaves the screen.
        holder = queries.by_card(db.session(), secrets.card_digest(form.handle.data.rpartition("#")[2]))
        form.handle.data = holder.handle if holder else ""
    if form.validate_on_submit():
        try:
            person = actions_account.enter_at_kiosk(form.handle.data, form.secret.data, clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            entering.open_session(person, clock.now())
            return redirect(url_for("home.front"))
    return secret_page("people/kiosk.html", form)


@bp.get("/borne/la")
@public
def alive() -> ResponseReturnValue:
    """Somebody is still there: reading who it is begins the two minutes anew. 204 while they are in, 205 once out."""
    return "", 204 if current_user.is_authenticated else 205


@bp.post("/borne/suivant")
@public
def change() -> ResponseReturnValue:
    """The next person takes the device: out of a kiosk at once; on the team's tablet the session waits for its code."""
    shared = entering.kiosk()
    if shared and shared.for_team:
        entering.step_aside()
        return entering.forget_device(redirect(url_for(".tablet")))
    entering.close_session(clock.now())
    return entering.forget_device(redirect(url_for(".enter" if shared else "people.enter")))


@bp.route("/tablette", methods=["GET", "POST"])
@public
def tablet() -> ResponseReturnValue:
    """Who takes the team's tablet: whoever said their password on it today comes back by short code."""
    shared, now = entering.kiosk(), clock.now()
    if shared is None or not shared.for_team:
        abort(404)
    waiting = {opened.id: opened for opened in queries_access.waiting_on(db.session(), shared.id, now)}
    form = TabletForm()
    form.offer([(opened.id, opened.person.short_name) for opened in waiting.values()])
    if form.validate_on_submit():
        key = random_bytes.token_urlsafe(24)
        try:
            person = actions_account.take_up(waiting[form.who.data], form.secret.data, key, now)
        except Refused as refused:
            form.show(refused.refusals)
        else:
            entering.hold_session(person, key)
            return redirect(url_for("home.front"))
    return secret_page("people/tablet.html", form, waiting=waiting)


@bp.route("/bornes", methods=["GET", "POST"])
@allowed("staff.manage")
def index() -> ResponseReturnValue:
    """The kiosks of the house; making this device one signs the administrator out of it."""
    form = KioskForm()
    if form.validate_on_submit():
        for_team = form.use.data == "team"
        key = actions_kiosk.enrol(form.name.data, entering.me(), clock.now(), for_team=for_team)
        entering.close_session(clock.now())
        response = make_response(redirect(url_for(".tablet" if for_team else ".enter")))
        response.set_cookie(
            entering.KIOSK_COOKIE, key, max_age=_COOKIE_LASTS, httponly=True, samesite="Lax", secure=request.is_secure
        )
        return response
    failed = bool(form.errors)
    found = queries_access.kiosks(db.session())
    page = render_template("people/kiosks.html", form=form, form_errors=failed, found=found)
    return page, 422 if failed else 200


@bp.post("/bornes/<int:kiosk_id>/retirer")
@allowed("staff.manage")
def end(kiosk_id: int) -> ResponseReturnValue:
    """A device is a kiosk no more."""
    try:
        actions_kiosk.end(kiosk_id, entering.me(), clock.now())
    except Refused:
        abort(404)
    flash(_("Borne retirée."))
    return redirect(url_for(".index"))


@bp.route("/mon-compte/code-court", methods=["GET", "POST"])
@allowed("account.own")
def choose_short() -> ResponseReturnValue:
    """My short code for shared tablets: my PIN or password is asked."""
    person = entering.me()
    form = ShortForm() if person.enters_by_pin else TeamShortForm()
    if form.validate_on_submit():
        try:
            actions_account.choose_short(person, form.secret.data, form.pin.data, clock.now(), device=devices.here())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Le code court est prêt."))
            return redirect(url_for("account.show"))
    return secret_page("people/short_code.html", form, young=person.enters_by_pin)
