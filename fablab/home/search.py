"""Finding a person from any page of the team's. Sent by POST: no name stays in an address, a log or a history."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.pages import allowed
from fablab.people import queries
from fablab.people.forms import SearchForm
from fablab.people.names import fold

bp = Blueprint("search", __name__)


@bp.route("/recherche", methods=["GET", "POST"])
@allowed("person.search")
def find() -> ResponseReturnValue:
    """The field, and the first people whose names or identifier begin with the words typed."""
    form = SearchForm()
    typed = (form.q.data or "")[:200]
    asked = form.validate_on_submit()
    letters = len(fold(typed).replace(" ", ""))
    return render_template(
        "people/search.html",
        form=form,
        asked=asked,
        too_short=asked and letters < queries.SHORTEST_SEARCH,
        people=queries.search(db.session(), typed) if asked and typed else [],
        at_most=queries.FOUND_AT_MOST,
        today=clock.local_day(clock.now()),
        sent=request.method == "POST",
    )
