"""What the links in letters open: joining the team, choosing another password; and asking for such a letter."""

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import public
from fablab.people import actions_links, queries, secrets, views_second
from fablab.people.forms import ChoosePasswordForm, JoinForm
from fablab.people.forms_access import AskResetForm
from fablab.people.models import Person
from fablab.people.secret_pages import secret_page
from fablab.refusals import Refused

bp = Blueprint("links", __name__)


@bp.route("/entrer/premier/<token>", methods=["GET", "POST"])
@public
def join(token: str) -> ResponseReturnValue:
    """The invitation into the team, good once and for a week: one's name and a password."""
    person, version = _person_of(secrets.read_invitation(token))
    form = JoinForm(first_name=person.first_name, last_name=person.last_name)
    if form.validate_on_submit():
        try:
            names = form.first_name.data, form.last_name.data
            actions_links.join(person, version, names, form.password.data, clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            return views_second.let_in(person, None)
    return secret_page("people/join.html", form, email=person.email)


@bp.route("/entrer/equipe/oublie", methods=["GET", "POST"])
@public
def ask_reset() -> ResponseReturnValue:
    """Ask for a link that chooses another password: the answer is the same whether anybody has this address."""
    form = AskResetForm()
    if form.validate_on_submit():
        try:
            actions_links.ask_reset(form.email.data, clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            return secret_page("people/reset_asked.html", form, email=form.email.data)
    return secret_page("people/reset_ask.html", form)


@bp.route("/entrer/equipe/autre/<token>", methods=["GET", "POST"])
@public
def reset(token: str) -> ResponseReturnValue:
    """The link of somebody who forgot their password, good once and for an hour."""
    person, version = _person_of(secrets.read_reset(token))
    form = ChoosePasswordForm()
    if form.validate_on_submit():
        try:
            actions_links.reset_password(person, version, form.password.data, clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Mot de passe changé."))
            return redirect(url_for("people.enter_team"))
    return secret_page("people/choose_password.html", form, email=person.email)


def _person_of(told: tuple[str, int] | None) -> tuple[Person, int]:
    """The person of a link that still serves, and the version it was made for; 410 otherwise."""
    person = queries.by_public_id(db.session(), told[0]) if told else None
    if told is None or person is None or person.enter_version != told[1] or not person.is_active:
        abort(410)
    return person, told[1]
