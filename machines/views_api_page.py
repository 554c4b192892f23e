"""What anybody may read about the API: its document for programs, and a page for whoever writes one."""

from flask import Blueprint, Response, current_app, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fablab.pages import public
from fablab.people.forms_tokens import SCOPE_WORDS
from machines import openapi
from machines.views_api import bp

page_bp = Blueprint("api_page", __name__)


@bp.get("/openapi.json")
@public
def document() -> Response:
    """The document of the API, OpenAPI 3.1."""
    return jsonify(openapi.document())


@page_bp.get("/api")
@public
def about() -> ResponseReturnValue:
    """What programs may ask of the house, and how."""
    found = [(method.upper(), path, does) for method, path, _name, does in openapi.operations(current_app)]
    signed = current_user.is_authenticated
    pages = {"token.house": "tokens.house", "token.own": "tokens.mine"}
    keys = next((page for verb, page in pages.items() if signed and current_user.may(verb)), None)
    return render_template(
        "machines/api.html",
        operations=found,
        scopes=[(scope, said[1]) for scope, said in SCOPE_WORDS.items()],
        address=current_app.config["PUBLIC_URL"],
        keys=url_for(keys) if keys else None,
    )
