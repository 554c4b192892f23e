"""What programs are answered: refusals and errors as application/problem+json (RFC 9457), in the language they ask."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import Response, current_app, make_response

from fablab.i18n import _
from fablab.refusals import Refusal

PROBLEM = "application/problem+json"


def problem(
    status: int,
    code: str,
    refusals: Sequence[Refusal] = (),
    *,
    detail: str = "",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An answer that says no, with every reason at once."""
    said = problem_body(status, code, refusals, detail=detail)
    return make_response(json.dumps(said), status, {"Content-Type": PROBLEM, **(headers or {})})


def problem_body(status: int, code: str, refusals: Sequence[Refusal], *, detail: str = "") -> dict[str, Any]:
    """What such an answer holds."""
    return {
        "type": "about:blank",
        "title": code,
        "status": status,
        "detail": detail or " ".join(one.sentence for one in refusals),
        "refusals": [refusal_body(one) for one in refusals],
    }


def refusal_body(refusal: Refusal) -> dict[str, Any]:
    """One reason: its stable code and its sentence; which field it is about and what to do next, where there is one."""
    said: dict[str, Any] = {"code": refusal.code, "sentence": refusal.sentence}
    if refusal.field:
        said["field"] = refusal.field
    if refusal.step:
        said["next"] = {"label": refusal.step.label, "url": f"{current_app.config['PUBLIC_URL']}{refusal.step.url}"}
    return said


def error(status: int) -> Response:
    """An error that no rule has words for: nothing there, a method that is not known, a fault of ours."""
    words = {
        400: _("Cette demande ne se lit pas."),
        404: _("Il n’y a rien à cette adresse."),
        405: _("Cette adresse ne connaît pas cette méthode."),
        413: _("C’est trop long."),
        503: _("Beaucoup de monde en même temps\u00a0: réessayer dans un instant."),
    }
    code = HTTPStatus(status).name.lower()
    return problem(status, code, detail=words.get(status, _("Quelque chose n’a pas marché.")))
