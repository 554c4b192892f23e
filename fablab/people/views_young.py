"""Young people at the desk: the list, the short form, cards and codes, authorisations."""

import secrets as random_bytes
from datetime import date

import segno
from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people import actions, entering, queries
from fablab.people.forms import AuthorisationForm, NewYoungPersonForm, RenewPinForm
from fablab.people.models import Person
from fablab.people.secret_pages import secret_page, show_once, shown
from fablab.refusals import Refused

bp = Blueprint("young", __name__)


@bp.get("/jeunes")
@allowed("person.read")
def index() -> ResponseReturnValue:
    """The young people of the house, page by page."""
    number = request.args.get("page", 1, type=int)
    if not 1 <= number <= 100_000:
        abort(404)
    listed = queries.young_people(db.session(), page=number)
    if number > listed.pages:
        abort(404)
    return render_template("people/young_list.html", listed=listed, today=clock.local_day(clock.now()))


@bp.route("/jeunes/nouveau", methods=["GET", "POST"])
@allowed("person.create")
def new() -> ResponseReturnValue:
    """The short form; it leads to the identifier and the card, shown once."""
    form = NewYoungPersonForm()
    if not form.key.data:
        form.key.data = random_bytes.token_urlsafe(24)
    known: list[Person] = []
    if form.validate_on_submit():
        try:
            made = actions.make_young_person(_asked(form), entering.me(), clock.now())
        except actions.PerhapsKnown as refused:
            known, form.not_alike.data = refused.people, "yes"
        except Refused as refused:
            form.show(refused.refusals)
        else:
            return _to_card(made.person, made.card_code)
    failed = bool(form.errors)
    page = render_template("people/young_new.html", form=form, form_errors=failed, known=known)
    return page, 422 if failed or known else 200


@bp.post("/jeunes/<public_id>/carte")
@allowed("person.create")
def renew_card(public_id: str) -> ResponseReturnValue:
    """Make a new card; the old ones open nothing any more."""
    person = young_or_404(public_id)
    return _to_card(person, actions.renew_card(person, entering.me(), clock.now()))


@bp.get("/jeunes/<public_id>/carte")
@allowed("person.create")
def card(public_id: str) -> ResponseReturnValue:
    """The card just made, to print, shown once; asked again, how to make another."""
    person = young_or_404(public_id)
    drawing, groups = None, []
    if found := shown(f"card:{public_id}", clock.now()):
        code, square = found.secret, segno.make(card_address(found.secret), error="m", micro=False)
        drawing = Markup(square.svg_inline(omitsize=True, border=2, dark="#000", light="#fff"))
        groups = [code[start : start + 4] for start in range(0, len(code), 4)]
    return secret_page("people/young_card.html", person=person, drawing=drawing, groups=groups)


@bp.route("/jeunes/<public_id>/code", methods=["GET", "POST"])
@allowed("person.create")
def renew_pin(public_id: str) -> ResponseReturnValue:
    """A new PIN, chosen with the young person."""
    person = young_or_404(public_id)
    form = RenewPinForm()
    if form.validate_on_submit():
        try:
            code = actions.renew_pin(person, form.pin.data, entering.me(), clock.now(), new_card=form.new_card.data)
        except Refused as refused:
            form.show(refused.refusals)
        else:
            if code:
                return _to_card(person, code)
            flash(_("Nouveau code enregistré."))
            return redirect(url_for("person.show", public_id=public_id))
    failed = bool(form.errors)
    page = render_template("people/young_pin.html", form=form, form_errors=failed, person=person)
    return page, 422 if failed else 200


@bp.post("/jeunes/<public_id>/debloquer")
@allowed("person.create")
def unlock(public_id: str) -> ResponseReturnValue:
    """Let somebody try their PIN again at once."""
    actions.unlock(young_or_404(public_id), entering.me(), clock.now())
    flash(_("Débloqué."))
    return redirect(url_for("person.show", public_id=public_id))


@bp.route("/jeunes/<public_id>/autorisations", methods=["GET", "POST"])
@allowed("person.authorise")
def authorise(public_id: str) -> ResponseReturnValue:
    """Record an authorisation seen on paper."""
    person, today = young_or_404(public_id), clock.local_day(clock.now())
    form = AuthorisationForm(signed_on=today, valid_until=end_of_school_year(today))
    if form.validate_on_submit():
        try:
            actions.authorise(person, _agreed(form), entering.me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Autorisation enregistrée."))
            return redirect(url_for("person.show", public_id=public_id))
    failed = bool(form.errors)
    page = render_template("people/young_authorise.html", form=form, form_errors=failed, person=person)
    return page, 422 if failed else 200


def young_or_404(public_id: str) -> Person:
    """The young person of an address."""
    person = queries.young_person(db.session(), public_id)
    if person is None:
        abort(404)
    return person


def end_of_school_year(today: date) -> date:
    """31 August of the school year in which a day falls: how long parental authorisations usually last."""
    return date(today.year + (today.month >= 9), 8, 31)


def _asked(form: NewYoungPersonForm) -> actions.NewYoungPerson:
    return actions.NewYoungPerson(
        first_name=form.first_name.data,
        last_name=form.last_name.data,
        birth=form.birth.day,
        situation=form.situation.data,
        photos_allowed=form.photos_allowed,
        pin=form.pin.data,
        key=form.key.data,
        known_not_alike=form.not_alike.data == "yes",
    )


def _agreed(form: AuthorisationForm) -> actions.Agreed:
    return actions.Agreed(
        form.kind.data, form.signer_name.data, form.signer_link.data, form.signed_on.data, form.valid_until.data
    )


def card_address(code: str) -> str:
    """What the square of a card says: the log-in's address, with the code after the # that browsers never send."""
    return f"{current_app.config['PUBLIC_URL']}{url_for('people.enter_with_card')}#{code}"


def _to_card(person: Person, code: str | None) -> ResponseReturnValue:
    # Without a code the form had been sent before: the page says that its card is no longer shown.
    address = url_for(".card", public_id=person.public_id)
    if code is None:
        return redirect(address, 303)
    return show_once(f"card:{person.public_id}", code, entering.me(), address, clock.now())
