"""The front page of each role, the language, messages read, and the texts every public site owes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from fablab import clock
from fablab.db import db
from fablab.home import coordinator, facilitator, open_lab, partners, reception, young
from fablab.home import day_board as day_board_page
from fablab.home import public as public_home
from fablab.i18n import LANGUAGES
from fablab.pages import allowed, local_address, public
from fablab.people.entering import kiosk, me
from fablab.people.models import Person
from fablab.permissions import Role
from rooms import queries_activities

bp = Blueprint("home", __name__)

#: role -> the template of its front page, and what gathers what it prints; an administrator has the installation page
FRONT_PAGES: dict[Role, tuple[str, Callable[[Session, Person, datetime], dict[str, Any]]]] = {
    Role.YOUNG: (young.TEMPLATE, young.context),
    Role.FACILITATOR: (facilitator.TEMPLATE, facilitator.context),
    Role.COORDINATOR: (coordinator.TEMPLATE, coordinator.context),
    Role.RECEPTION: (reception.TEMPLATE, reception.context),
    Role.STRUCTURE: (partners.STRUCTURE_TEMPLATE, partners.structure_context),
    Role.REFERENT: (partners.REFERENT_TEMPLATE, partners.referent_context),
}


@bp.get("/")
@public
def front() -> ResponseReturnValue:
    """The public home, or the front page of one's first role."""
    session, now = db.session(), clock.now()
    role = next(iter(current_user.roles), None) if current_user.is_authenticated else None
    if role is None and not current_user.is_authenticated and (shared := kiosk()):
        return redirect(url_for("kiosks.tablet" if shared.for_team else "kiosks.enter"))
    if role is None:
        pathways, hours = public_home.pathways_offered(session), public_home.open_labs(session, now)
        families = public_home.pictograms(session, clock.local_day(now))
        agenda = bool(queries_activities.offers(session))
        return render_template("home/public.html", pathways=pathways, hours=hours, families=families, agenda=agenda)
    if role is Role.ADMINISTRATOR:
        return redirect(url_for("operations.overview"))
    template, context = FRONT_PAGES[role]
    return render_template(template, **context(session, me(), now))


@bp.get("/open-lab")
@allowed("machine.book_for")
def open_lab_board() -> ResponseReturnValue:
    """Who is at the open lab, on what, until when and beside whom; before it ends, what is left to close."""
    return render_template(open_lab.TEMPLATE, **open_lab.context(db.session(), clock.now()))


@bp.get("/salles-du-jour")
@allowed("room.desk")
def day_board() -> ResponseReturnValue:
    """The day of rooms at the desk: who is expected, in, late; what changes next; whether the Fablab is open."""
    return render_template(day_board_page.TEMPLATE, **day_board_page.context(db.session(), me(), clock.now()))


@bp.get("/salles-du-jour/fermer")
@allowed("room.desk")
def closing() -> ResponseReturnValue:
    """Before the day is closed: who is still there, what nobody noted or counted."""
    return render_template(day_board_page.CLOSING, **day_board_page.closing(db.session(), me(), clock.now()))


@bp.post("/langue")
@public
def set_language() -> ResponseReturnValue:
    """Speak French or English from now on in this browser."""
    code = request.form.get("language", "")
    if code not in LANGUAGES:
        abort(400)
    cookie["language"] = code
    return redirect(back_to(request.form.get("next")))


@bp.get("/accessibilite")
@public
def accessibility() -> ResponseReturnValue:
    """The declaration of accessibility: not conforming until an audit says otherwise."""
    return render_template("home/accessibility.html")


@bp.get("/mentions-legales")
@public
def legal() -> ResponseReturnValue:
    """Who publishes and hosts."""
    return render_template("home/legal.html")


@bp.get("/donnees-personnelles")
@public
def privacy() -> ResponseReturnValue:
    """What becomes of personal data, in plain words."""
    return render_template("home/privacy.html")


def back_to(address: str | None) -> str:
    """A path of this site to return to; anything else becomes the front page."""
    return local_address(address) or url_for("home.front")
