"""Pages about secrets: shown with their form, kept by nobody."""

from typing import Any

from flask import make_response, render_template
from werkzeug.wrappers import Response

from fablab.forms import BaseForm


def secret_page(template: str, form: BaseForm | None = None, **context: Any) -> Response:
    """A page that no browser keeps: 422 when its form was refused."""
    failed = form is not None and bool(form.errors)
    page = render_template(template, form=form, form_errors=failed, **context)
    response = make_response(page, 422 if failed else 200)
    response.headers["Cache-Control"] = "no-store"
    return response
