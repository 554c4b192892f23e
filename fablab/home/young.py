"""The front page of a young person: the next thing to happen, booking, my path, my next badge."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bookings.models import Booking
from bookings.queries import upcoming_for
from bookings.rules import may_begin
from bookings.values import Slot
from fablab.i18n import _, in_french, say_lately, say_when
from fablab.outbox import unread
from fablab.people.models import Person
from machines import queries_training
from pathways import progress, queries, queries_awards, queries_path, queries_requests
from pathways.queries_path import Coming, Held, Path
from pathways.values_badges import Requirement

TEMPLATE = "home/young.html"


@dataclass(frozen=True)
class NextBadge:
    """The badge that comes next, in the words of its future holder."""

    name: str
    family: str | None
    words: str
    items: list[dict[str, Any]]


def context(session: Session, person: Person, now: datetime) -> dict[str, Any]:
    """Everything the page prints; the number of statements does not grow with the facts."""
    bookings = upcoming_for(session, person.id, now, limit=3)
    coming = queries_path.coming_for(session, person.id, now)
    paths = queries_path.paths_of(session, person.id)
    lesson_first = bool(coming) and (not bookings or coming[0].lesson.starts_at <= bookings[0].starts_at)
    families = queries_awards.badge_families(session)
    return {
        "messages": unread(session, person),
        "bookings": bookings,
        "booking_family": _family(bookings),
        "begin": bool(bookings) and _may_begin(bookings[0], now),
        "coming": coming[0] if coming else None,
        "lesson_first": lesson_first,
        "trainings": queries_training.my_slots(session, person.id, now),
        "asked": list(queries_requests.my_trainings(session, person.id).values()),
        "path": paths[0] if paths else None,
        "badge": _next_badge(session, person, paths, coming, families, now),
        "now": now,
    }


def _may_begin(one: Booking, now: datetime) -> bool:
    return may_begin(one.status, Slot(one.starts_at, one.ends_at), now, suspended=one.suspended)


def _family(bookings: list[Booking]) -> str | None:
    return getattr(bookings[0].resource, "pictogram", None) if bookings else None


def _next_badge(
    session: Session,
    person: Person,
    paths: list[Path],
    coming: list[Coming],
    families: dict[str, str],
    now: datetime,
) -> NextBadge | None:
    """Of the badges that my path aims at, the nearest one that I do not hold; without a path, of all of them."""
    held = queries.valid_badges(session, [person.id], now)[person.id]
    aimed = paths[0].enrolment.version.target_badges if paths and not paths[0].finished else []
    best = progress.next_gap(queries.gaps_of(session, [person], now)[person.id], held, aimed)
    if best is None:
        return None
    words = progress.missing_words(best)
    if best.ready and best.badge.code in queries.badge_standings(session, [person.id])[person.id]:
        # Held before, and over: what is left to do is the renewal.
        words = progress.renewal_words(best)
    known = queries_path.mastered(session, person.id)
    taught = _taught(coming)
    items = [_missing(need, coming, taught) for need in best.missing]
    items += [_reached(need, known.get(need.competency_id), now) for need in best.reached]
    return NextBadge(best.badge.name, families.get(best.badge.code), words, items)


def _taught(coming: list[Coming]) -> set[int]:
    """The competencies of the stage that my next session lives."""
    stage = coming[0].lesson.stage if coming else None
    return {target.competency_id for target in stage.targets} if stage else set()


def _missing(need: Requirement, coming: list[Coming], taught: set[int]) -> dict[str, Any]:
    if need.competency_id in taught:
        detail = _("J’apprends %(when)s.", when=say_when(coming[0].lesson.starts_at))
    else:
        detail = _("Je demande à un animateur.")
    return {"text": in_french(need.i_can), "detail": detail, "done": False}


def _reached(need: Requirement, held: Held | None, now: datetime) -> dict[str, Any]:
    detail = ""
    if held:
        detail = _("Validé par %(name)s le %(day)s.", name=held.by, day=say_lately(held.at, now))
    return {"text": in_french(need.i_can), "detail": detail, "done": True}
