"""The team's accounts: the list, somebody's page, a new account. Roles and leaving are in fablab/home/team_page.py."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people import actions, actions_staff, entering, queries, queries_access
from fablab.people.forms import STAFF_ROLE_LABELS, RolesForm, StaffForm
from fablab.people.locks import lock_of
from fablab.people.models import Person
from fablab.permissions import Role
from fablab.refusals import Refused

bp = Blueprint("staff", __name__)


@bp.get("/equipe")
@allowed("staff.read")
def index() -> ResponseReturnValue:
    """Everybody who enters with an e-mail, page by page."""
    number = request.args.get("page", 1, type=int)
    if not 1 <= number <= 100_000:
        abort(404)
    listed = queries.staff(db.session(), page=number)
    if number > listed.pages:
        abort(404)
    return render_template("people/staff_list.html", listed=listed, labels=dict(STAFF_ROLE_LABELS))


@bp.route("/equipe/nouveau", methods=["GET", "POST"])
@allowed("staff.manage")
def new() -> ResponseReturnValue:
    """Invite somebody: a link leaves by e-mail, with which they write their name and choose a password."""
    form = StaffForm()
    if form.validate_on_submit():
        asked = actions_staff.NewStaff("", "", form.email.data, [Role(role) for role in form.roles.data])
        try:
            person = actions_staff.make_staff(asked, entering.me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Invitation envoyée."))
            return redirect(url_for(".show", public_id=person.public_id))
    failed = bool(form.errors)
    return render_template("people/staff_new.html", form=form, form_errors=failed), 422 if failed else 200


@bp.get("/equipe/<public_id>")
@allowed("staff.read")
def show(public_id: str) -> ResponseReturnValue:
    """Somebody of the team: what they are, their access, and for the administration their roles."""
    person = staff_or_404(public_id)
    return page_of(person, RolesForm(formdata=None, roles=[role.value for role in person.roles]))


def page_of(person: Person, form: RolesForm) -> ResponseReturnValue:
    """The page of somebody of the team, with the roles as the form says; 422 when it was refused."""
    failed = bool(form.errors)
    now = clock.now()
    opened = queries_access.open_sessions(db.session(), person, now)
    factor = queries_access.second_factor(db.session(), person.id)
    page = render_template(
        "people/staff_page.html",
        form=form,
        form_errors=failed,
        person=person,
        opened=opened,
        factor=factor,
        lock=lock_of(db.session(), person, now),
        labels=dict(STAFF_ROLE_LABELS),
    )
    return page, 422 if failed else 200


@bp.post("/equipe/<public_id>/lien")
@allowed("staff.manage")
def invite_again(public_id: str) -> ResponseReturnValue:
    """Send another link: the old one and the password end."""
    person = staff_or_404(public_id)
    return _done(person, _("Lien envoyé."), lambda now: actions_staff.invite_again(person, entering.me(), now))


@bp.post("/equipe/<public_id>/debloquer")
@allowed("staff.manage")
def unlock(public_id: str) -> ResponseReturnValue:
    """Let somebody try their password again at once."""
    person = staff_or_404(public_id)
    return _done(person, _("Débloqué."), lambda now: actions.unlock(person, entering.me(), now))


def staff_or_404(public_id: str) -> Person:
    """Somebody who enters with an e-mail; anybody else is not found."""
    person = queries.by_public_id(db.session(), public_id)
    if person is None or person.email is None:
        abort(404)
    return person


def _done(person: Person, said: str, act: Callable[[datetime], None]) -> ResponseReturnValue:
    """Do one act, say it, and return to the person's page; a refusal is said in its place."""
    public_id = person.public_id
    try:
        act(clock.now())
    except Refused as refused:
        said = " ".join(refusal.sentence for refusal in refused.refusals)
    flash(said)
    return redirect(url_for("staff.show", public_id=public_id))
