"""The pages of facts: the house, its letters, its funders' words. And each letter, with an example, and a try."""

import secrets
from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from fablab import clock
from fablab.db import db
from fablab.home import letter_examples, settings_actions, settings_facts, settings_forms, settings_funders
from fablab.home.settings_facts import Group
from fablab.home.settings_identity import GROUP as IDENTITY
from fablab.home.settings_letters import GROUP as LETTERS
from fablab.i18n import LANGUAGES, _, language
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.people.models import Scheme
from fablab.refusals import Refused
from pathways.queries_frames import NATURES

bp = Blueprint("facts", __name__, url_prefix="/reglages")

GROUPS = {one.code: one for one in (IDENTITY, LETTERS, settings_funders.WORDS)}


@bp.route("/<group>", methods=["GET", "POST"])
@allowed("house.settings")
def show(group: str) -> ResponseReturnValue:
    """A page of facts."""
    more: dict[str, Callable[[], Any]] = {
        "lettres": lambda: {"letters": letter_examples.LETTERS},
        "financeurs": lambda: {"schemes": settings_funders.schemes(db.session())},
    }
    found = GROUPS.get(group) or abort(404)
    here, confirming = url_for(".show", group=group), url_for(".confirm", group=group)
    return _page(found, here, confirming, **more.get(group, dict)())


@bp.route("/financeurs/<code>", methods=["GET", "POST"])
@allowed("house.settings")
def scheme(code: str) -> ResponseReturnValue:
    """What one funder's reports print and count."""
    found = _scheme_or_404(code)
    group = settings_funders.group_of(db.session(), found)
    return _page(group, url_for(".scheme", code=code), None, above=settings_funders.WORDS)


@bp.post("/<group>/confirmer")
@allowed("house.settings")
def confirm(group: str) -> ResponseReturnValue:
    """What was invented on this page is true."""
    found = GROUPS.get(group) or abort(404)
    settings_facts.confirm(found.facts, me(), clock.now())
    flash(_("C’est noté\u00a0: ce n’est plus inventé."))
    return redirect(url_for(".show", group=group), 303)


@bp.get("/lettres/<notice>")
@allowed("house.settings")
def letter(notice: str) -> ResponseReturnValue:
    """One letter with the facts of the example, in both languages."""
    shown = letter_examples.LETTERS.get(notice) or abort(404)
    now = clock.now()
    previews = [letter_examples.preview(notice, one, now) for one in LANGUAGES]
    return render_template(
        "settings/letter.html", letter=shown, notice=notice, previews=previews, names=LANGUAGES, address=me().email
    )


@bp.post("/lettres/<notice>/essai")
@allowed("house.settings")
def try_letter(notice: str) -> ResponseReturnValue:
    """Send one letter, with the facts of the example, to my own address."""
    if notice not in letter_examples.LETTERS or not me().email:
        abort(404)
    code = request.form.get("language")
    shown = letter_examples.preview(notice, code if code in LANGUAGES else language(), clock.now())
    settings_actions.send_a_try(letter_examples.a_try(shown), me(), secrets.token_hex(8), clock.now())
    flash(_("L’essai part dans la minute."))
    return redirect(url_for(".letter", notice=notice), 303)


def _scheme_or_404(code: str) -> Scheme:
    found = db.session.scalar(select(Scheme).where(Scheme.code == code, Scheme.nature.in_(NATURES)))
    return found or abort(404)


def _page(group: Group, here: str, confirming: str | None, **more: Any) -> ResponseReturnValue:
    facts, session = group.facts, db.session()
    held, invented = settings_facts.held(session, facts), settings_facts.invented(session, facts)
    form = settings_forms.form_of(facts, held, invented)
    looked_at: set[str | None] = set()
    if form.validate_on_submit():
        asked, seen = settings_forms.wanted(form, facts), settings_forms.seen(request.form, facts)
        try:
            changed = settings_facts.set_facts(facts, asked, seen, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
            held = settings_facts.held(db.session(), facts)
            looked_at = {refusal.field for refusal in refused.refusals}
        else:
            flash(_("Les réglages sont changés.") if changed else _("Rien n’a changé."))
            return redirect(here, 303)
    # A value that somebody else changed is seen once it was said beside its field; elsewhere, what was shown first is.
    stamps = [
        (name, mark if code in looked_at else request.form.get(name, mark))
        for code, name, mark in settings_forms.stamps(facts, held)
    ]
    return render_template(
        "settings/facts.html",
        **{"group": group, "form": form, "form_errors": form.errors, "stamps": stamps, "here": here},
        **{"invented": invented, "confirming": confirming, **more},
    ), 422 if form.is_submitted() else 200
