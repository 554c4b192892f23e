"""«On me prévient»: a young person asks to be told when a machine is back in service, and no longer."""

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookings import actions_returns
from fablab import clock
from fablab.db import db
from fablab.i18n import _, say_inside
from fablab.pages import allowed, local_address
from fablab.people.entering import me
from fablab.toasts import say_with_way_back
from machines import queries_cards
from machines.blueprint import bp
from machines.models import Machine


@bp.post("/reserver/<code>/on-me-previent")
@allowed("booking.own")
def tell_me(code: str) -> ResponseReturnValue:
    """Be told when it is back, in one tap."""
    machine = _machine(code)
    if actions_returns.ask_to_be_told(me(), machine, clock.now()):
        said = _("On me prévient quand %(machine)s revient.", machine=say_inside(machine.simple_name))
        say_with_way_back(said, url_for(".tell_me_no_more", code=code), next=_next())
    else:
        flash(_("Cette machine marche de nouveau\u00a0: je peux réserver."))
    return redirect(_next(), 303)


@bp.post("/reserver/<code>/ne-plus-me-prevenir")
@allowed("booking.own")
def tell_me_no_more(code: str) -> ResponseReturnValue:
    """Not to be told after all."""
    actions_returns.tell_me_no_more(me(), _machine(code), clock.now())
    flash(_("C’est noté\u00a0: on ne me prévient pas."))
    return redirect(_next(), 303)


def _machine(code: str) -> Machine:
    machine = queries_cards.machine_by_code(db.session(), code, clock.local_day(clock.now()))
    if machine is None:
        abort(404)
    return machine


def _next() -> str:
    return local_address(request.form.get("next")) or url_for(".choose")
