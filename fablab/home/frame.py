"""What surrounds every page: the frame of one's role, its navigation, the demo banner, fresh static addresses."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, g, has_request_context, request, url_for
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.local import LocalProxy

from bookings import calendar
from fablab import clock, house, identity
from fablab.db import db
from fablab.home.navigation import BELONGS, ENTRIES, FRAMES, ROLE_LABELS
from fablab.i18n import LANGUAGES, language, ngettext
from fablab.pages import local_address
from fablab.people import queries_telling
from fablab.people.entering import on_kiosk, on_tablet
from fablab.ready import rows
from pathways import queries_requests

#: whether the navigation holds notices to tell, and requests to answer -> the statement that counts them
_WAITING = {
    (True, False): select(queries_telling.WAITING),
    (False, True): select(queries_requests.WAITING),
    (True, True): select(queries_telling.WAITING, queries_requests.WAITING),
}


@dataclass(frozen=True)
class Entry:
    """One entry of the navigation, ready to print."""

    endpoint: str
    url: str
    label: str
    icon: str
    current: bool
    count: int | None = None

    @property
    def waits(self) -> str:
        """The count, and what it counts."""
        if self.endpoint == "telling.index":
            return ngettext("%(num)s message à dire", "%(num)s messages à dire", self.count or 0)
        return ngettext("%(num)s demande de jeune", "%(num)s demandes de jeunes", self.count or 0)


@dataclass(frozen=True)
class Me:
    """What the frame says of the person logged in."""

    initial: str
    short_name: str
    role_label: str
    public_id: str


def init_app(app: Flask) -> None:
    """Give every template its frame."""
    app.context_processor(_surroundings)
    app.jinja_env.globals["is_demo"] = is_demo
    app.jinja_env.globals["house"] = LocalProxy(identity.ours)
    app.url_defaults(_add_digest)
    app.jinja_env.globals["url_for"] = address_of
    app.jinja_env.globals["drawn_icon"] = drawn_icon
    app.jinja_env.globals["drawn_band"] = calendar.drawn


def _surroundings() -> dict[str, Any]:
    if not has_request_context():
        return {}  # a letter written by a job: no page around it
    roles = current_user.roles if current_user.is_authenticated else []
    return {
        "frame": FRAMES.get(roles[0], "public") if roles else "public",
        "navigation": _navigation(roles),
        "me": _me(roles),
        "languages": LANGUAGES,
        "language": language(),
        "on_kiosk": on_kiosk(),
        "on_tablet": on_tablet(),
        "address_here": address_here(),
        **_addresses(),
    }


def address_here() -> str:
    """Where the page now shown is asked for; of an answer to a form without a page of its own, the page before."""
    if request.method == "GET" or "GET" in current_app.url_map.bind_to_environ(request.environ).allowed_methods():
        return request.full_path.rstrip("?")
    before = urlsplit(request.referrer or "")
    asked = f"{before.path}?{before.query}".rstrip("?") if before.netloc == request.host else None
    return local_address(asked) or address_of("home.front")


def _addresses() -> dict[str, str]:
    """Where the frame leads: in for a visitor; account, way out and search for who is in."""
    if not current_user.is_authenticated:
        return {"login_url": address_of("people.enter")}
    found = {"account_url": address_of("account.show"), "logout_url": address_of("people.leave")}
    if current_user.may("person.search"):
        found["search_url"] = address_of("search.find")
    return found


def _navigation(roles: list[Any]) -> list[Entry]:
    seen = {endpoint: (label, icon) for role in reversed(roles) for endpoint, label, icon in ENTRIES.get(role, ())}
    order = dict.fromkeys(endpoint for role in roles for endpoint, _label, _icon in ENTRIES.get(role, ()))
    urls = {endpoint: address_of(endpoint) for endpoint in order}
    here, counts = _entry_here(urls), _counts(urls)
    return [
        Entry(endpoint, url, str(seen[endpoint][0]), seen[endpoint][1], endpoint == here, counts.get(endpoint))
        for endpoint, url in urls.items()
    ]


def _counts(urls: dict[str, str]) -> dict[str, int | None]:
    """What waits behind entries of the navigation: notices, and what young people ask, where the reader answers it."""
    telling = "telling.index" if "telling.index" in urls else None
    answering = next((one for one in ("pathways.to_validate", "pathways.badges_ready") if one in urls), None)
    statement = _WAITING.get((telling is not None, answering is not None))
    if statement is None:
        return {}
    values = {"since": clock.now() - queries_telling.LASTS} if telling else {}
    numbers = rows(db.session(), statement, values)[0]
    behind = [entry for entry in (telling, answering) if entry]
    return {entry: number or None for entry, number in zip(behind, numbers, strict=True)}


def _entry_here(urls: dict[str, str]) -> str | None:
    """The entry whose page is now shown, or above it: the one it belongs to, else the nearest by its address."""
    belongs = BELONGS.get(request.endpoint or "")
    if belongs is not None:
        return next((endpoint for endpoint in belongs if endpoint in urls), None)
    # Of «/equipe» and «/equipe/fermetures» only the nearer one is where I am.
    above = [endpoint for endpoint, url in urls.items() if _is_here(url)]
    return max(above, key=lambda endpoint: len(urls[endpoint]), default=None)


def _is_here(url: str) -> bool:
    """Whether the page now shown has this address, or stands below it."""
    return request.path == url or (url != "/" and request.path.startswith(url + "/"))


def _me(roles: list[Any]) -> Me | None:
    if not current_user.is_authenticated:
        return None
    label = str(ROLE_LABELS[roles[0]]) if roles else ""
    return Me(current_user.first_name[:1].upper(), current_user.short_name, label, current_user.public_id)


def is_demo() -> bool:
    """Whether this house is a demonstration: every page says so."""
    # Whether a house is a demonstration never changes while it runs.
    extensions = current_app.extensions
    if "is_demo" not in extensions:
        extensions["is_demo"] = house.is_demo(db.session())
    return bool(extensions["is_demo"])


def address_of(endpoint: str, **values: Any) -> str:
    """``url_for`` in templates: the same addresses, those that never change worked out once.

    A page has some thirty of them: static files, and the entries of its frame.
    """
    if endpoint.startswith(".") or (values and endpoint != "static") or not has_request_context():
        return url_for(endpoint, **values)
    known: dict[tuple[str, ...], str] | None = g.get("addresses")
    if known is None:  # of the whole process, by where the house is mounted; found once a request
        everywhere = current_app.extensions.setdefault("addresses", {})
        known = g.addresses = everywhere.setdefault(request.script_root, {})
    key = (endpoint, *values.values())
    if key not in known:
        known[key] = url_for(endpoint, **values)
    return known[key]


def drawn_icon(name: str, cls: str = "") -> Markup:
    """The ``icon`` of templates: a macro that is told the same few words would cost ten times as much."""
    return _icon(address_of("static", filename="vendor/icons.svg"), name, cls)


@lru_cache(maxsize=512)
def _icon(sprite: str, name: str, cls: str) -> Markup:
    return Markup('<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>').format(
        f"icon {cls}".rstrip(), sprite, name
    )


def _add_digest(endpoint: str, values: dict[str, Any]) -> None:
    """Static files are kept a year by browsers: their address changes with their content."""
    if endpoint == "static" and "filename" in values and "v" not in values:
        values["v"] = _digest(Path(current_app.static_folder or "") / str(values["filename"]))


@lru_cache(maxsize=256)
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.exists() else "0"
