"""The pages of keys for programs: one's own, and those that act for the house."""

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people import actions_tokens, queries_tokens, rules_tokens
from fablab.people.entering import me
from fablab.people.forms_tokens import SCOPE_WORDS, TokenForm
from fablab.people.secret_pages import secret_page, show_once, shown
from fablab.people.values_tokens import Kind, Wanted
from fablab.refusals import Refused

bp = Blueprint("tokens", __name__)
#: the end proposed for a new key
PROPOSED = timedelta(days=90)


@bp.route("/mes-cles", methods=["GET", "POST"])
@allowed("token.own")
def mine() -> ResponseReturnValue:
    """The keys with which programs act for me; one just made is shown here, this once."""
    return _page("own")


@bp.post("/mes-cles/<public_id>/retirer")
@allowed("token.own")
def end_mine(public_id: str) -> ResponseReturnValue:
    """A key of mine opens nothing more."""
    return _end(public_id, "own")


@bp.route("/cles", methods=["GET", "POST"])
@allowed("token.house")
def house() -> ResponseReturnValue:
    """The keys with which programs act for the house; one just made is shown here, this once."""
    return _page("house")


@bp.post("/cles/<public_id>/retirer")
@allowed("token.house")
def end_house(public_id: str) -> ResponseReturnValue:
    """A key of the house opens nothing more, whoever made it."""
    return _end(public_id, "house")


def _page(kind: Kind) -> ResponseReturnValue:
    form, now, own = TokenForm(), clock.now(), kind == "own"
    scopes = actions_tokens.offered(me(), kind)
    form.offer(scopes, own=own)
    if request.method == "GET":
        form.last_day.data = clock.local_day(now) + PROPOSED
    if form.validate_on_submit():
        wanted = Wanted(kind, form.name.data, tuple(form.scopes.data), form.last_day.data)
        try:
            key = actions_tokens.make(wanted, me(), now)
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Clé prête."))
            return show_once(f"token-{kind}", key, me(), url_for(_address(kind)), now)
    found = None if form.errors else shown(f"token-{kind}", now)
    against = rules_tokens.grown_up_refusals(me().age_on(clock.local_day(now))) if own else []
    return secret_page(
        "people/tokens.html",
        form,
        own=own,
        key=found.secret if found else None,
        tokens=queries_tokens.tokens(db.session(), kind, me().id if own else None),
        words={scope: said[0 if own else 1] for scope, said in SCOPE_WORDS.items()},
        against=against,
        now=now,
        last_moment=timedelta(seconds=1),
    )


def _end(public_id: str, kind: Kind) -> ResponseReturnValue:
    token = queries_tokens.token_by_public_id(db.session(), public_id, kind)
    if token is None:
        abort(404)
    try:
        actions_tokens.end(token, me(), clock.now())
    except Refused:
        abort(404)
    flash(_("Clé retirée. Elle n’ouvre plus rien."))
    return redirect(url_for(_address(kind)), 303)


def _address(kind: Kind) -> str:
    return ".mine" if kind == "own" else ".house"
