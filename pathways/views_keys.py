"""What forms that survive a lost connection send along: their key, when they were opened, whether a script asks."""

from datetime import UTC, datetime

from flask import abort, request

from fablab import clock


def form_key() -> str:
    """The key of the form: sent twice, it counts once."""
    key = request.form.get("key", "")
    if not (key.isascii() and key.isalnum() and 16 <= len(key) <= 64):
        abort(400)
    return key


def moment_of(field: str) -> datetime:
    """A moment that a form of ours carries, in seconds; never in the future."""
    seconds = request.form.get(field, "")
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) < 12):
        abort(400)
    return min(clock.now(), datetime.fromtimestamp(int(seconds), UTC))


def speaks_json() -> bool:
    """Whether a script of ours asks, and reads the answer."""
    return request.accept_mimetypes.best == "application/json"
