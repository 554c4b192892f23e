"""How I want to be told; and, for the team, whom no letter reaches: the list «À prévenir»."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fablab import clock, identity
from fablab.db import db
from fablab.i18n import _, lazy, speaking
from fablab.outbox import Message
from fablab.pages import allowed, local_address
from fablab.people import actions_telling, queries_file, queries_telling
from fablab.people.entering import me
from fablab.people.forms_telling import ToldForm
from fablab.people.models import Person
from fablab.people.models_file import Contact
from fablab.permissions import Role
from fablab.toasts import say_with_way_back

bp = Blueprint("telling", __name__)

#: why a letter does not reach somebody, in words
WHY = {
    "no_address": lazy("sans adresse e-mail"),
    "refused": lazy("adresse e-mail refusée"),
    "late": lazy("la lettre ne part pas"),
    "unknown": lazy("la lettre est peut-être perdue"),
}
_TEAM = {Role.FACILITATOR, Role.COORDINATOR, Role.RECEPTION}


@dataclass(frozen=True)
class Line:
    """One thing to say to somebody: whom to call, and the text ready to send."""

    message: Message
    why: str
    #: the number to call, whose it is when it is not theirs, and the text of an SMS
    phone: str | None
    contact: Contact | None
    sms: str

    @property
    def sms_link(self) -> str:
        """What a phone opens: the number, with the text written."""
        return f"sms:{self.phone}?body={quote(self.sms, safe='')}"


@bp.route("/mon-compte/messages", methods=["GET", "POST"])
@allowed("account.own")
def choose() -> ResponseReturnValue:
    """Where letters go, and by which way I am told of what."""
    person = me()
    groups, young = groups_of(person), person.enters_by_pin
    chosen = person.told_by or {}
    form = ToldForm(address=person.letters_to, **{group: chosen.get(group, "letter") for group in groups})
    form.only(groups, with_address=young)
    if form.validate_on_submit():
        ways = {group: form[group].data for group in groups}
        if young:
            actions_telling.choose_with_address(person, form.address.data, ways, clock.now())
        else:
            actions_telling.choose(person, ways, clock.now())
        flash(_("Mes choix sont gardés."))
        return redirect(url_for("account.show"))
    failed = bool(form.errors)
    page = render_template("people/told.html", form=form, form_errors=failed, person=person, groups=groups, young=young)
    return page, 422 if failed else 200


@bp.get("/a-prevenir")
@allowed("person.tell")
def index() -> ResponseReturnValue:
    """What is still to be said to whoever no letter reaches; or what was said."""
    session, now = db.session(), clock.now()
    number, day = request.args.get("page", 1, type=int), _day_asked()
    done = request.args.get("liste") == "faits"
    if not 1 <= number <= 100_000:
        abort(404)
    found = (queries_telling.told if done else queries_telling.waiting)(session, now, day=day, page=number)
    if number > found.pages:
        return redirect(_address(done, day, found.pages))  # what stood on the last page was said meanwhile
    contacts: Mapping[int, Mapping[str, Contact]] = {}
    silent = {one.person_id for one in found.messages if not one.person.phone}
    if silent and me().may("person.call"):
        contacts = queries_file.contacts_of(session, silent)
    return render_template(
        "people/to_tell.html",
        found=found,
        lines=[_line(one, contacts.get(one.person_id, {})) for one in found.messages],
        done=done,
        day=day,
        here=_address(done, day, number),
        address=_address,
        may_call=me().may("person.call"),
    )


@bp.post("/a-prevenir/<int:message_id>/fait")
@allowed("person.tell")
def mark(message_id: int) -> ResponseReturnValue:
    """It was told."""
    _known_or_404(message_id)
    if actions_telling.mark_told(message_id, me(), clock.now()):
        here = local_address(request.form.get("next")) or url_for(".index")
        say_with_way_back(_("C’est noté : prévenu."), url_for(".unmark", message_id=message_id), next=here)
    else:
        flash(_("Quelqu’un l’avait déjà noté."))
    return _back()


@bp.post("/a-prevenir/<int:message_id>/pas-fait")
@allowed("person.tell")
def unmark(message_id: int) -> ResponseReturnValue:
    """It was not told after all."""
    _known_or_404(message_id)
    actions_telling.unmark_told(message_id, me(), clock.now())
    flash(_("C’est de nouveau à dire."))
    return _back()


def groups_of(person: Person) -> tuple[str, ...]:
    """What somebody may choose about: what the house writes to them of. Referents and administrators: of nothing."""
    if Role.YOUNG in person.roles:
        return ("bookings", "sessions", "badges")
    if _TEAM & set(person.roles):
        return ("bookings", "sessions")
    return ("bookings",) if Role.STRUCTURE in person.roles else ()


def _line(message: Message, contacts: Mapping[str, Contact]) -> Line:
    """Whom to call about a message: the person, else who answers for them, else who is called in an emergency."""
    person = message.person
    contact = None if person.phone else contacts.get("guardian") or contacts.get("emergency")
    phone = person.phone or (contact.phone if contact else None)
    house = identity.ours().short_name
    with speaking(person.language):
        if contact is None:
            sms = _("%(house)s : %(said)s", house=house, said=message.text)
        elif contact.kind == "guardian":
            sms = _(
                "%(house)s : un message pour %(name)s. %(said)s", house=house, name=person.first_name, said=message.text
            )
        else:
            # Called for an emergency, not for this: they learn nothing more than that somebody should ring.
            sms = _("%(house)s : %(name)s peut nous appeler ? Merci de lui dire.", house=house, name=person.first_name)
    return Line(message, str(WHY.get(message.call_for or "", "")), phone, contact, sms)


def _known_or_404(message_id: int) -> None:
    message = db.session().get(Message, message_id)
    if message is None or message.call_for is None:
        abort(404)


def _back() -> ResponseReturnValue:
    return redirect(local_address(request.form.get("next")) or url_for(".index"))


def _day_asked() -> date | None:
    """The day of the address. None when there is none, or no day."""
    try:
        return date.fromisoformat(request.args.get("jour", ""))
    except ValueError:
        return None


def _address(done: bool, day: date | None, page: int = 1) -> str:
    values: dict[str, Any] = {"liste": "faits" if done else None, "jour": day, "page": page if page > 1 else None}
    return url_for("telling.index", **values)
