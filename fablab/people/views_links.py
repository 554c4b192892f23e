"""What the links in letters open: joining the team, choosing another password; and asking for such a letter."""

from flask import Blueprint, abort, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ImmutableMultiDict

from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import public
from fablab.people import actions_links, queries, secrets, views_second
from fablab.people.forms import ChoosePasswordForm, JoinForm
from fablab.people.forms_access import AskResetForm, LinkForm
from fablab.people.models import Person
from fablab.people.secret_pages import secret_page
from fablab.refusals import Refused

bp = Blueprint("links", __name__)

#: where the cookie holds the address just typed, for the next page
_ASKED = "reset_asked"


@bp.route("/entrer/premier", methods=["GET", "POST"])
@public
def join() -> ResponseReturnValue:
    """The invitation into the team, good once and for a week: one's name and a password."""
    if not (link := _link()):
        return _ask_for_link()
    person, version = _person_of(secrets.read_invitation(link))
    form = JoinForm(_filled(), first_name=person.first_name, last_name=person.last_name)
    if _filled() and form.validate():
        try:
            names = form.first_name.data, form.last_name.data
            actions_links.join(person, version, names, form.password.data, clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            return views_second.let_in(person, None)
    return secret_page("people/join.html", form, email=person.email, link=link)


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
            session[_ASKED] = form.email.data
            return redirect(url_for(".reset_asked"), 303)
    return secret_page("people/reset_ask.html", form)


@bp.get("/entrer/equipe/oublie/recu")
@public
def reset_asked() -> ResponseReturnValue:
    """The link is on its way, if anybody has this address, which is shown this once to be read over."""
    return secret_page("people/reset_asked.html", email=session.pop(_ASKED, None))


@bp.route("/entrer/equipe/autre", methods=["GET", "POST"])
@public
def reset() -> ResponseReturnValue:
    """The link of somebody who forgot their password, good once and for an hour."""
    if not (link := _link()):
        return _ask_for_link()
    person, version = _person_of(secrets.read_reset(link))
    form = ChoosePasswordForm(_filled())
    if _filled() and form.validate():
        try:
            actions_links.reset_password(person, version, form.password.data, clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Mot de passe changé."))
            return redirect(url_for("people.enter_team"))
    return secret_page("people/choose_password.html", form, email=person.email, link=link)


def _link() -> str:
    """The token that the page sent: from after the # of its address, or pasted. None stands in any address."""
    return request.form.get("link", "").strip().rpartition("#")[2]


def _filled() -> ImmutableMultiDict[str, str] | None:
    """What was sent of the form itself; None when the link was only followed."""
    return request.form if "password" in request.form else None


def _ask_for_link() -> ResponseReturnValue:
    form = LinkForm()
    form.validate_on_submit()
    return secret_page("people/follow_link.html", form)


def _person_of(told: tuple[str, int] | None) -> tuple[Person, int]:
    """The person of a link that still serves, and the version it was made for; 410 otherwise."""
    person = queries.by_public_id(db.session(), told[0]) if told else None
    if told is None or person is None or person.enter_version != told[1] or not person.is_active:
        abort(410)
    return person, told[1]
