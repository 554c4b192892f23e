"""Keys and access badges at the desk: handed over, given back, late, lost and cancelled; how many each one holds."""

import secrets
from collections.abc import Callable

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused
from fablab.toasts import say_refused, say_with_way_back
from rooms import actions_keys, queries, queries_finding, queries_keys, words_keys
from rooms.actions_keys import Handed
from rooms.blueprint import bp
from rooms.forms_keys import KeyForm
from rooms.models_keys import AccessKey
from rooms.reading import reader_of
from rooms.values import tell


@bp.route("/salles/cles", methods=["GET", "POST"])
@allowed("room.keys")
def keys() -> ResponseReturnValue:
    """Everything that is out, what should be back first; one more handed over."""
    session, now = db.session(), clock.now()
    today = clock.local_day(now)
    chosen = request.args.get("structure", "")[:40]
    form = KeyForm(data={"key": secrets.token_urlsafe(16), "structure": chosen})
    known = queries_finding.may_ask_for(session, me(), today)
    form.offer((one.public_id, name) for one, name in known)
    if form.validate_on_submit():
        tenant = next(one for one, _name in known if one.public_id == form.structure.data)
        handed = Handed(form.kind.data, form.label.data, form.held_by.data, form.due.data, form.key.data)
        try:
            made = actions_keys.hand_over(tenant, handed, me(), now)
        except Refused as refused:
            form.show(refused.refusals)
        else:
            say_with_way_back(_("Remise notée."), url_for("rooms.give_key_back", public_id=made.public_id))
            return redirect(url_for("rooms.keys"), 303)
    failed, reader = bool(form.errors), reader_of(session, me(), today)
    tenants = queries.tenants(session)
    page = render_template(
        "rooms/keys.html",
        lines=queries_keys.out(session, today),
        ended=[queries_keys.KeyLine(one, queries_keys.state_of(one, today)) for one in queries_keys.ended(session)],
        who=lambda key: tell(tenants[key.structure_id], None, reader).who,
        form=form,
        form_errors=failed,
        words=words_keys,
    )
    return page, 422 if failed else 200


@bp.post("/salles/cles/<public_id>/rendue")
@allowed("room.keys")
def give_key_back(public_id: str) -> ResponseReturnValue:
    """It came back."""
    return _act(public_id, lambda key: actions_keys.give_back(key, me(), clock.now()), _("Retour noté."), "returned")


@bp.post("/salles/cles/<public_id>/perdue")
@allowed("room.keys")
def lose_key(public_id: str) -> ResponseReturnValue:
    """It is lost."""
    return _act(public_id, lambda key: actions_keys.lose(key, me(), clock.now()), _("Perte notée."), "lost")


@bp.post("/salles/cles/<public_id>/annulee")
@allowed("room.keys")
def cancel_key(public_id: str) -> ResponseReturnValue:
    """What is lost opens nothing any more."""
    return _act(public_id, lambda key: actions_keys.cancel(key, me(), clock.now()), _("Annulation notée."), "cancelled")


@bp.post("/salles/cles/<public_id>/reprendre")
@allowed("room.keys")
def take_key_back(public_id: str) -> ResponseReturnValue:
    """The last thing noted was a mistake; the form says which it takes back."""
    key = _key_or_404(public_id)
    try:
        actions_keys.take_back(key, request.form.get("step", ""), me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    return redirect(url_for("rooms.keys"), 303)


def _act(public_id: str, act: Callable[[AccessKey], None], said: str, step: str) -> ResponseReturnValue:
    key = _key_or_404(public_id)
    try:
        act(key)
    except Refused as refused:
        say_refused(refused)
    else:
        say_with_way_back(said, url_for("rooms.take_key_back", public_id=public_id), step=step)
    return redirect(url_for("rooms.keys"), 303)


def _key_or_404(public_id: str) -> AccessKey:
    return queries_keys.by_public_id(db.session(), public_id) or abort(404)
