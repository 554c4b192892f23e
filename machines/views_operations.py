"""How an operation of the API is declared: who may call it, what it asks and answers; the document reads the same.

A key speaks in the header, nothing else: cookies are not looked at, so nothing here needs a token against forged forms.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, NoReturn

from flask import Response, abort, current_app, g, make_response, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import BadRequest

from fablab import clock, programs
from fablab.db import db
from fablab.pages import keyed
from fablab.people import actions_answers, actions_tokens, queries_tokens, rules_tokens
from fablab.people.actions_sessions import key_digest
from fablab.people.models_tokens import Token
from fablab.people.noise import Noise
from fablab.people.values_tokens import verb_of
from fablab.programs import problem, problem_body
from fablab.refusals import Refusal, Refused, for_team
from machines import rules_api

#: what a view gives: a status and what is answered
Told = tuple[int, BaseModel]
View = Callable[..., Told]
#: statuses that every operation may answer, beside its own
ALWAYS = (400, 401, 403, 422, 429, 500, 503)
NOISE = "unknown_keys"


@dataclass(frozen=True)
class Operation:
    """What one address and method does, as the document and the page of the API say it."""

    scope: str
    summary: Any
    answers: type[BaseModel]
    status: int = 200
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    missing: bool = False

    @property
    def statuses(self) -> list[int]:
        """Every status that says no."""
        writes = (409, 413, 415) if self.body else ()
        return sorted({*ALWAYS, *writes, *((404,) if self.missing else ())})


def operation(does: Operation) -> Callable[[View], Callable[..., Response]]:
    """Declare an operation: the view is given what was asked, read; it returns a status and a shape."""

    def declare(view: View) -> Callable[..., Response]:
        @keyed(lambda: _caller(does.scope), _unknown)
        @wraps(view)
        def answered(**address: str) -> Response:
            if does.body is not None:
                return _write(view, does, address)
            asked = [] if does.query is None else [_read(does.query, _of_address(), strict=False)]
            try:
                return _shown(*view(*asked, **address))
            except Refused as refused:
                return refusing(refused)

        answered.operation = does  # type: ignore[attr-defined]  # read by the document
        return answered

    return declare


def token() -> Token:
    """The key that speaks."""
    found: Token = g.device
    return found


def refusing(refused: Refused, status: int = 409) -> Response:
    """Every reason of the house's rules, in the words of whoever the key acts for."""
    return problem(status, "refused", _in_words(refused))


def unless(found: Sequence[Refusal]) -> None:
    """Go on unless something in what was asked is wrong: then stop. Raises the answer."""
    if found:
        _stop(422, found)


def _stop(status: int, found: Sequence[Refusal], *, detail: str = "", **headers: str) -> NoReturn:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    abort(problem(status, found[0].code, found, detail=detail, headers=named))


def require_scope(scope: str) -> None:
    """Raise the answer (403) where the key that asks does not open this too, or its maker may not."""
    held: Token = g.device
    may = held.person.may(verb_of(scope, held.kind))
    if against := rules_tokens.use_refusals(scope, works=True, given=held.scopes, may=may, grown_up=True):
        _stop(403, against)


def _caller(scope: str) -> Token | None:
    """The key in the header, if it opens this; None when there is none, or it opens nothing."""
    scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        return None
    now = clock.now()
    found = queries_tokens.token_by_key(db.session(), key_digest(key))
    if found is None:
        noise: Noise = current_app.extensions.setdefault(NOISE, Noise())
        if wait := noise.heard(request.remote_addr or "", now):
            _stop(429, [rules_api.too_many_unknown()], Retry_After=str(wait))
        return None
    age = found.person.age_on(clock.local_day(now))
    if against := rules_tokens.use_refusals(
        scope,
        works=found.works(now) and found.person.is_active,
        given=found.scopes,
        may=found.person.may(verb_of(scope, found.kind)),
        grown_up=found.kind == "house" or not rules_tokens.grown_up_refusals(age),
    ):
        if against[0].code == "key_over":
            _stop(401, against, WWW_Authenticate="Bearer")
        _stop(403, against)
    actions_tokens.note_use(found, now)
    return found


def _unknown() -> Response:
    return problem(401, "key_unknown", [rules_api.unknown_key()], headers={"WWW-Authenticate": "Bearer"})


def _of_address() -> dict[str, Any]:
    twice = [(name[:60], "twice") for name, values in request.args.lists() if len(values) > 1]
    unless(rules_api.unreadable(twice))
    return request.args.to_dict()


def _read(shape: type[BaseModel], sent: Any, *, strict: bool) -> BaseModel:
    """What was sent, read; stops with every fault at once."""
    try:
        return shape.model_validate_json(sent, strict=True) if strict else shape.model_validate(sent)
    except ValidationError as error:
        faults = [(".".join(str(step) for step in one["loc"]), one["type"]) for one in error.errors()]
        said = "; ".join(f"{field}: {one['msg']}" for (field, _kind), one in zip(faults, error.errors(), strict=True))
        _stop(422, rules_api.unreadable(faults), detail=said)


def _write(view: View, does: Operation, address: dict[str, str]) -> Response:
    """Read the body, do it once for a key of idempotency, and say the same whenever it is asked again."""
    body = _body()
    asked, now = _read(does.body or BaseModel, body, strict=True), clock.now()
    key = request.headers.get("Idempotency-Key", "")
    if not rules_tokens.good_answer_key(key):
        _stop(400, [rules_api.lacks_answer_key()])
    digest = hashlib.sha256(b"\n".join((request.method.encode(), request.path.encode(), body))).hexdigest()
    token_id = token().id
    try:
        earlier = actions_answers.claim(token_id, key, digest, now)
    except Refused as refused:
        if "answer_coming" in refused.codes:
            _stop(409, refused.refusals, Retry_After="1")
        _stop(422, refused.refusals)
    if earlier is not None:
        return _said_again(*earlier)
    try:
        status, told = view(asked, **address)
        said = told.model_dump(mode="json", by_alias=True)
    except Refused as refused:
        status, said = 409, problem_body(409, "refused", _in_words(refused))
    except BaseException:
        actions_answers.release(token_id, key)
        raise
    actions_answers.keep(token_id, key, status, said)
    return _said(status, said)


def _body() -> bytes:
    if request.mimetype != "application/json":
        _stop(415, [rules_api.not_json()])
    body = request.get_data()
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest from None
    return body


def _in_words(refused: Refused) -> list[Refusal]:
    return for_team(refused.refusals) if token().kind == "house" else list(refused.refusals)


def _shown(status: int, told: BaseModel) -> Response:
    return _said(status, told.model_dump(mode="json", by_alias=True))


def _said(status: int, said: dict[str, Any]) -> Response:
    kind = programs.PROBLEM if status >= 400 else "application/json"
    headers = {"Content-Type": kind, "Cache-Control": "no-store"}
    return make_response(json.dumps(said, ensure_ascii=False), status, headers)


def _said_again(status: int, said: dict[str, Any]) -> Response:
    answer = _said(status, said)
    answer.headers["Idempotency-Replayed"] = "true"
    return answer
