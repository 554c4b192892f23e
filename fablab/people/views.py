"""Entering and going out: young people with handle or card and PIN, the team with e-mail and password."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fablab import clock
from fablab.forms import BaseForm
from fablab.i18n import _
from fablab.pages import local_address, public
from fablab.people import devices, entering, late_forms, views_second
from fablab.people.ways import BY_CARD, BY_HANDLE, BY_PASSWORD, Way
from fablab.refusals import Refused

bp = Blueprint("people", __name__)


@bp.route("/entrer", methods=["GET", "POST"])
@public
def enter() -> ResponseReturnValue:
    """The log-in of young people: handle and PIN; a kiosk of theirs has its own, where the short code is enough."""
    shared = entering.kiosk()
    if request.method == "GET" and shared is not None and not shared.for_team:
        return redirect(url_for("kiosks.enter"))
    return _enter_by(BY_HANDLE)


@bp.route("/entrer/carte", methods=["GET", "POST"])
@public
def enter_with_card() -> ResponseReturnValue:
    """The log-in with a card: its address holds the code after the #, which browsers never send."""
    return _enter_by(BY_CARD)


@bp.route("/entrer/equipe", methods=["GET", "POST"])
@public
def enter_team() -> ResponseReturnValue:
    """The log-in of the team: e-mail and password."""
    return _enter_by(BY_PASSWORD)


@bp.post("/sortir")
@public
def leave() -> ResponseReturnValue:
    """End the session in this browser; on a device of the team or of the house, nothing that forms kept stays."""
    shared = entering.kiosk() is not None or (current_user.is_authenticated and not current_user.enters_by_pin)
    entering.close_session(clock.now())
    flash(_("À bientôt\u00a0!"))
    answer = redirect(url_for("home.front"))
    return entering.forget_device(answer) if shared else answer


def _enter_by(way: Way) -> ResponseReturnValue:
    if current_user.is_authenticated and request.method == "GET":
        return redirect(url_for("home.front"))
    if "other_way" in request.form:  # the same page with another form; what was kept comes along
        return _form_page(way.template, way.form(formdata=None))
    form = way.form()
    if form.validate_on_submit():
        try:
            person = way.enter(form, clock.now())
            return views_second.let_in(person, local_address(request.form.get("next")))
        except Refused as refused:
            form.show(refused.refusals)
    return _form_page(way.template, form)


def _form_page(template: str, form: BaseForm, **context: object) -> ResponseReturnValue:
    """A form of secrets, kept by nobody: it may hold a card's code."""
    onward, kept = local_address(request.values.get("next")), late_forms.kept_in_form()
    failed = bool(form.errors)
    page = render_template(template, form=form, onward=onward, kept=kept, form_errors=failed, **context)
    response = make_response(page, 422 if failed else 200)
    response.headers["Cache-Control"] = "no-store"
    devices.give(response)
    return response
