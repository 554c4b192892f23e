"""The front page of the coordination: how many of the year's places are filled, and what waits.

A place is filled by a first attendance (the house's definition). What is expected at a date follows the school
weeks: a year's places are spread evenly over the days of class since 1 September.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from bookings.models import Booking
from bookings.queries_house import House, house_of
from bookings.values import Slot
from fablab import clock
from fablab.home import today
from fablab.i18n import _, ngettext, say_day
from fablab.outbox import unread
from fablab.people.models import Person
from fablab.people.queries_rights import how_many_wait
from machines.queries_shifts import shifts_in
from pathways import queries, queries_drifting, queries_exits, queries_own_pace_list, queries_papers, queries_rights
from pathways.models import TrainingSession
from pathways.values import school_year
from rooms import queries_coming
from rooms import queries_papers as queries_papers_of_rooms

TEMPLATE = "home/coordinator.html"
#: how far ahead a house without shifts is said
SHIFTS_AHEAD = timedelta(days=15)


@dataclass(frozen=True)
class Waiting:
    """Something that waits for somebody: what, how many, and where to act."""

    title: str
    detail: str
    url: str


def context(session: Session, person: Person, now: datetime) -> dict[str, Any]:
    """Everything the page prints; the number of statements does not grow with the facts."""
    day = clock.local_day(now)
    year = school_year(day)
    pathways = queries.pathway_years(session, day)
    total, filled = sum(one.places for one in pathways), sum(one.filled for one in pathways)
    planned = _planned(house_of(session), year, day, total)
    return {
        "now": now,
        "year": f"{year[0].year}\u2013{year[1].year}",
        "messages": unread(session, person),
        "pathways": pathways,
        "segments": [
            {"name": one.name, "cls": one.css_class, "value": one.filled, "total": one.places} for one in pathways
        ],
        "total": total,
        "filled": filled,
        "planned": planned,
        "gap": _gap(filled, planned),
        "groups_open": sum(one.groups for one in pathways),
        "waiting": _waiting(session, now),
        "lessons": today.lessons(session, now),
    }


def _planned(house: House, year: tuple[date, date], day: date, total: int) -> int:
    """How many places should be filled by a day, spread over the days of class of the year."""
    days = [year[0] + timedelta(days=number) for number in range((year[1] - year[0]).days + 1)]
    class_days = [one for one in days if one.weekday() < 5 and house.season(one) == "school"]
    if not class_days:
        return 0
    return round(total * sum(one <= day for one in class_days) / len(class_days))


def _gap(filled: int, planned: int) -> str:
    if filled == planned:
        return _("Comme prévu")
    if filled > planned:
        return _("%(count)s de plus que prévu", count=filled - planned)
    return _("%(count)s de moins que prévu", count=planned - filled)


def _waiting(session: Session, now: datetime) -> list[Waiting]:
    """What waits, with how many; nothing that does not."""
    found = _not_begun(session, now)
    if ready := sum(not one.renews for one in queries.ready_to_hand_over(session, now)):
        title = ngettext("%(num)s badge à remettre", "%(num)s badges à remettre", ready)
        found.append(Waiting(title, _("Tout est validé."), url_for("pathways.badges_ready")))
    for lesson in queries.sessions_without_lead(session, now):
        url = url_for("pathways.session_page", public_id=lesson.public_id)
        found.append(Waiting(_("Séance sans animateur"), _lesson_words(lesson), url))
    for lesson in queries.sessions_not_called(session, now):
        url = url_for("pathways.attendance", public_id=lesson.public_id)
        found.append(Waiting(_("Appel à faire"), _lesson_words(lesson), url))
    if count := queries.never_came(session, now):
        title = ngettext("%(num)s jeune jamais venu", "%(num)s jeunes jamais venus", count)
        found.append(Waiting(title, _("Inscription de plus de 30 jours."), url_for("pathways.groups")))
    if count := sum(not one.is_aside(clock.local_day(now)) for one in queries_drifting.drifting(session, now)):
        title = ngettext("%(num)s jeune s’éloigne", "%(num)s jeunes s’éloignent", count)
        found.append(Waiting(title, _("Deux séances manquées de suite."), url_for("pathways.drifting")))
    if count := queries_exits.count_due(session, clock.local_day(now)):
        title = ngettext("%(num)s situation à demander", "%(num)s situations à demander", count)
        found.append(Waiting(title, _("Après un parcours."), url_for("pathways.exits")))
    lacking, blocked = queries_papers.count_lacking(session, clock.local_day(now))
    if lacking:
        title = ngettext(
            "%(num)s inscription sans tous ses papiers", "%(num)s inscriptions sans tous leurs papiers", lacking
        )
        detail = ngettext(
            "%(num)s mineur sans accord d’un parent.", "%(num)s mineurs sans accord d’un parent.", blocked
        )
        found.append(Waiting(title, detail if blocked else "", url_for("pathways.papers_missing")))
    if count := queries_own_pace_list.past_their_end(session, clock.local_day(now)):
        title = ngettext(
            "%(num)s parcours à son rythme arrivé au bout", "%(num)s parcours à leur rythme arrivés au bout", count
        )
        found.append(Waiting(title, _("Dire comment ils se terminent."), url_for("pathways.groups")))
    if count := queries.badges_ending(session, now):
        title = ngettext("%(num)s badge expire bientôt", "%(num)s badges expirent bientôt", count)
        found.append(Waiting(title, _("Dans les 30 jours."), url_for("pathways.badges_expiring")))
    requests, files = how_many_wait(session)
    if requests:
        title = ngettext("%(num)s demande sur des données", "%(num)s demandes sur des données", requests)
        found.append(Waiting(title, _("À répondre en un mois."), url_for("data_requests.index")))
    if files:
        title = ngettext("%(num)s dossier finit bientôt", "%(num)s dossiers finissent bientôt", files)
        found.append(Waiting(title, _("Sans nouvelle depuis longtemps."), url_for("keeping.index")))
    if count := queries_coming.count_requests(session, now):
        title = ngettext("%(num)s demande de salle", "%(num)s demandes de salles", count)
        found.append(Waiting(title, _("Accepter, ou refuser avec une raison."), url_for("rooms.requests")))
    if count := queries_papers_of_rooms.count_to_look_at(session):
        title = ngettext("%(num)s papier de structure à contrôler", "%(num)s papiers de structures à contrôler", count)
        found.append(Waiting(title, _("Envoyés par les structures."), url_for("rooms.renewals")))
    if count := _suspended(session, now):
        title = ngettext("%(num)s réservation suspendue", "%(num)s réservations suspendues", count)
        found.append(
            Waiting(title, _("Une fermeture, une panne, ou une assurance finie."), url_for("bookings.suspended"))
        )
    if count := _to_watch(session, now):
        title = ngettext("%(num)s réservation à revoir", "%(num)s réservations à revoir", count)
        found.append(Waiting(title, _("Quelque chose a changé depuis."), url_for("machines.week_list")))
    return found


def _not_begun(session: Session, now: datetime) -> list[Waiting]:
    """What a house needs before anything else can happen: said while it is missing."""
    found = []
    if not queries_rights.rights_listed(session, clock.local_day(now)):
        detail = _("Sans ce droit, aucun badge de machine n’est remis.")
        found.append(Waiting(_("Personne n’a le droit de valider"), detail, url_for("pathways.rights")))
    if not shifts_in(session, Slot(now, now + SHIFTS_AHEAD)):
        detail = _("Sans permanence, personne ne réserve de machine.")
        found.append(Waiting(_("Aucune permanence dans les 15 jours"), detail, url_for("machines.shifts")))
    return found


def _lesson_words(lesson: TrainingSession) -> str:
    return _(
        "%(group)s, séance %(number)s, %(day)s",
        group=lesson.group.name,
        number=lesson.number,
        day=say_day(lesson.starts_at),
    )


def _suspended(session: Session, now: datetime) -> int:
    return _count(session, now, Booking.suspended.is_(True))


def _to_watch(session: Session, now: datetime) -> int:
    return _count(session, now, Booking.attention.is_not(None) & ~Booking.suspended)


def _count(session: Session, now: datetime, condition: ColumnElement[bool]) -> int:
    coming = (Booking.status.in_(("requested", "confirmed")), Booking.ends_at > now)
    return session.scalar(select(func.count(Booking.id)).where(*coming, condition)) or 0
