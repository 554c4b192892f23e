"""A sheet of cards for a whole group, to print and cut: made once, the old cards end."""

from collections.abc import Mapping, Sequence
from functools import partial

import segno
from flask import Blueprint, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue

from fablab import clock, identity, pdf
from fablab.db import db
from fablab.i18n import _, language
from fablab.pages import allowed
from fablab.people import actions
from fablab.people.entering import me
from fablab.people.models import Person
from fablab.people.views_young import card_address
from pathways import queries_groups
from pathways.models_groups import Group

bp = Blueprint("group_cards", __name__)


@bp.route("/groupes/<public_id>/cartes", methods=["GET", "POST"])
@allowed("person.create")
def sheet(public_id: str) -> ResponseReturnValue:
    """Choose for whom, then a PDF of their new cards; it is kept nowhere."""
    group = queries_groups.group_by_public_id(db.session(), public_id)
    if group is None:
        abort(404)
    people = queries_groups.members_on(db.session(), group.id, clock.local_day(clock.now()))
    chosen = [person for person in people if person.public_id in request.form.getlist("person")]
    if chosen:
        return _sheet_of(chosen)
    nobody = request.method == "POST"
    return _page(group, people, nobody=nobody), 422 if nobody else 200


def _page(group: Group, people: Sequence[Person], *, nobody: bool) -> str:
    return render_template("people/group_cards.html", group=group, people=people, nobody=nobody)


def _sheet_of(people: list[Person]) -> ResponseReturnValue:
    response = make_response(actions.renew_cards(people, partial(_print, people), me(), clock.now()))
    response.headers.update(
        {
            "Content-Type": "application/pdf",
            "Content-Disposition": 'attachment; filename="cartes.pdf"',
            "Cache-Control": "no-store",
        }
    )
    return response


def _print(people: list[Person], codes: Mapping[int, str]) -> bytes:
    cards = [
        {
            "handle": person.handle,
            "groups": [codes[person.id][start : start + 4] for start in range(0, len(codes[person.id]), 4)],
            "square": segno.make(card_address(codes[person.id]), error="m", micro=False).svg_inline(border=2),
        }
        for person in people
    ]
    words = {
        "title": _("Cartes à imprimer"),
        "house": identity.ours().name,
        "how": _("J’entre avec mon identifiant et mon code."),
        "square": _("Carré à photographier pour entrer"),
        "language": language(),
    }
    return pdf.make("cards", cards=cards, words=words)
