"""What readers ask and tell over HTTP, in JSON; docs/reader.md says it to whoever builds one.

No cookie and no person: the key in the header is all that speaks, so nothing here needs a token against forged forms.
"""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from flask import Blueprint, Response, abort, g, jsonify, request

from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import keyed
from fablab.people.actions_sessions import key_digest
from fablab.programs import problem, refusal_body
from fablab.refusals import Refusal, Refused
from machines import actions_readers, queries_readers
from machines.queries_readers import Known
from machines.values_readers import EVENTS, LIST_LASTS, Said

bp = Blueprint("readers_api", __name__, url_prefix="/api/reader")


def _find() -> Known | None:
    scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
    return queries_readers.reader_by_key(db.session(), key_digest(key)) if scheme == "Bearer" and key else None


def _unknown() -> Response:
    return problem(401, "key_unknown", [Refusal("key_unknown", _("Cette clé n’ouvre rien."))])


for_readers = keyed(_find, _unknown)


@bp.post("/decision")
@for_readers
def decide() -> Response:
    """May this card use this machine now, until when, and why not."""
    reader, now = _reader(), clock.now()
    found = actions_readers.decide(db.session(), reader.machine_id, _text(_body(), "card"), now)
    return jsonify(
        now=_said(now),
        allowed=found.allowed,
        until=_said(found.until) if found.until else None,
        first_name=found.first_name,
        refusals=[refusal_body(one) for one in found.refusals],
    )


@bp.post("/events")
@for_readers
def tell() -> Response:
    """What happened at the machine, each event once; with each, whether it is noted and why not."""
    reader, now, body = _reader(), clock.now(), _body()
    shift = now - _moment(body, "now")
    listed = body.get("events")
    if not isinstance(listed, list):
        _wrong("events", "a list of events")
    try:
        told = actions_readers.tell(reader.id, [_event(one, shift, now) for one in listed], now)
    except Refused as refused:
        return problem(409, "refused", refused.refusals)
    answers = [
        {"id": said.key, "noted": not against, "refusals": [refusal_body(one) for one in against]}
        for said, against in told
    ]
    return jsonify(now=_said(now), events=answers)


@bp.get("/list")
@for_readers
def allowed_now() -> Response:
    """Who may use this machine, for an hour without the network: digests of cards, signed with the reader's key."""
    reader, now = _reader(), clock.now()
    lines = [
        {"card": one.card_digest, "from": _said(one.start), "until": _said(one.end)}
        for one in actions_readers.allowed_now(db.session(), reader.machine_id, now)
    ]
    text = json.dumps(
        {"machine": reader.machine_code, "made_at": _said(now), "valid_until": _said(now + LIST_LASTS), "cards": lines},
        sort_keys=True,
    )
    signature = hmac.new(reader.key_digest.encode(), text.encode(), hashlib.sha256).hexdigest()
    return jsonify(list=text, signature=signature)


def _reader() -> Known:
    reader: Known = g.device
    return reader


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        _wrong("body", "a JSON object")
    return body


def _event(one: Any, shift: timedelta, now: datetime) -> Said:
    """One event, its moment set right by how far the reader's clock is off; none lies in the future."""
    if not isinstance(one, dict):
        _wrong("events", "JSON objects")
    kind = one.get("kind")
    if kind not in EVENTS:
        _wrong("kind", " | ".join(EVENTS))
    return Said(
        key=_text(one, "id"),
        kind=kind,
        at=min(_moment(one, "at") + shift, now),
        card=_text(one, "card") if kind in ("start", "refused") else None,
        run=_text(one, "run") if kind in ("beat", "stop") else None,
        offline=one.get("offline") is True,
    )


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 64 or "\0" in value:
        _wrong(name, "a text of 1 to 64 characters")
    return value


def _moment(body: dict[str, Any], name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(str(body.get(name)))
        return moment.astimezone(UTC).replace(microsecond=0) if moment.tzinfo else _wrong(name, "a time zone")
    except (ValueError, OverflowError):
        _wrong(name, "a moment such as 2026-11-25T16:30:00+01:00")


def _wrong(field: str, expected: str) -> NoReturn:
    abort(problem(400, "bad_request", [], detail=f"{field}: {expected}"))


def _said(moment: datetime) -> str:
    return moment.isoformat()
