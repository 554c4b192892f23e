"""Entering and going out: young people with handle or card and PIN, the team with e-mail and password."""

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fablab import clock
from fablab.db import db
from fablab.forms import BaseForm
from fablab.i18n import _
from fablab.pages import local_address, public
from fablab.people import actions_account, entering, late_forms, queries, secrets
from fablab.people.forms import ChoosePasswordForm
from fablab.people.models import Person
from fablab.people.ways import BY_CARD, BY_HANDLE, BY_PASSWORD, Way
from fablab.refusals import Refused

bp = Blueprint("people", __name__)


@bp.route("/entrer", methods=["GET", "POST"])
@public
def enter() -> ResponseReturnValue:
    """The log-in of young people: handle and PIN."""
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


@bp.route("/entrer/premier/<token>", methods=["GET", "POST"])
@public
def choose_password(token: str) -> ResponseReturnValue:
    """The link of somebody new in the team, good once and for a week: choosing a password."""
    told = secrets.read_invitation(token)
    person = queries.by_public_id(db.session(), told[0]) if told else None
    if told is None or person is None or person.enter_version != told[1] or not person.is_active:
        abort(410)
    form = ChoosePasswordForm()
    if form.validate_on_submit():
        try:
            actions_account.choose_first_password(person, told[1], form.password.data, clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            return _welcome(person)
    return _form_page("people/choose_password.html", form, email=person.email)


@bp.post("/sortir")
@public
def leave() -> ResponseReturnValue:
    """End the session in this browser."""
    entering.close_session(clock.now())
    flash(_("À bientôt\u00a0!"))
    return redirect(url_for("home.front"))


def _enter_by(way: Way) -> ResponseReturnValue:
    if current_user.is_authenticated and request.method == "GET":
        return redirect(url_for("home.front"))
    if "other_way" in request.form:  # the same page with another form; what was kept comes along
        return _form_page(way.template, way.form(formdata=None))
    form = way.form()
    if form.validate_on_submit():
        try:
            return _welcome(way.enter(form, clock.now()))
        except Refused as refused:
            form.show(refused.refusals)
    return _form_page(way.template, form)


def _welcome(person: Person) -> ResponseReturnValue:
    entering.open_session(person, clock.now())
    kept = late_forms.take_up(person)
    return kept or redirect(local_address(request.form.get("next")) or url_for("home.front"))


def _form_page(template: str, form: BaseForm, **context: object) -> ResponseReturnValue:
    """A form of secrets, kept by nobody: it may hold a card's code."""
    onward, kept = local_address(request.values.get("next")), late_forms.kept_in_form()
    failed = bool(form.errors)
    page = render_template(template, form=form, onward=onward, kept=kept, form_errors=failed, **context)
    response = make_response(page, 422 if failed else 200)
    response.headers["Cache-Control"] = "no-store"
    return response
