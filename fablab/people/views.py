"""Pages of people: entering, leaving, accounts."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from fablab.pages import public

bp = Blueprint("people", __name__)


@bp.get("/entrer")
@public
def enter() -> ResponseReturnValue:
    """The log-in of young people."""
    return render_template("people/enter.html")
