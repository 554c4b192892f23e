"""What every part has to show of a young person, on the page that the team opens.

A part adds a panel by a line in PANELS: a function of the session, the person, the reader and the present
moment that returns what to print, or None when it has nothing for this reader.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from bookings import queries as booking_queries
from fablab import clock
from fablab.home import merging_pairs
from fablab.i18n import lazy
from fablab.people import queries_file
from fablab.people.forms_file import CONTACT_LINKS, DISTRICT_LABELS, GENDER_LABELS
from fablab.people.models import Person
from pathways import (
    queries,
    queries_awards,
    queries_enrolling,
    queries_own_pace_list,
    queries_papers,
    queries_path,
    queries_restoring,
)
from pathways.values import last_day
from pathways.values_badges import BadgeState, Standing, award_state


@dataclass(frozen=True)
class Panel:
    """One card of the page: its title, the template of its content, and what that reads as panel.context."""

    title: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)


#: the state of a badge -> the chip that says it
_CHIPS = {
    BadgeState.VALID: ("valid", None),
    BadgeState.EXPIRES_SOON: ("expires_soon", None),
    BadgeState.EXPIRED: ("past", lazy("Expiré")),
    BadgeState.LAPSED: ("past", lazy("Non utilisé")),
    BadgeState.REVOKED: ("revoked", None),
}


@dataclass(frozen=True)
class BadgeLine:
    """A safety badge and where it stands."""

    standing: Standing
    state: BadgeState

    @property
    def chip(self) -> tuple[str, Any]:
        """The chip that says its state, and other words for it."""
        return _CHIPS[self.state]

    @property
    def last_day(self) -> date | None:
        """The last day on which it holds; None: no end."""
        return last_day(self.standing.until)


def pathways(session: Session, person: Person, reader: Person, now: datetime) -> Panel | None:
    """Where somebody stands in their pathways, and the sessions to come."""
    if not reader.may("session.read"):
        return None
    paths, referred = queries_path.paths_of(session, person.id), queries_enrolling.referrals_of(session, person.id)
    running = [mine.enrolment for mine in paths if mine.enrolment.ended_on is None]
    followed = {one.version.pathway_id for one in (*running, *referred)}
    own_pace = [one for one, _count in queries_own_pace_list.own_pace_pathways(session)]
    found = {
        "public_id": person.public_id,
        "paths": paths,
        "own_pace": [one for one in own_pace if one.pathway_id not in followed],
        "papers": queries_papers.papers_of(session, [*running, *referred], clock.local_day(now)),
        "left": queries_restoring.left_by(session, person.id),
        "coming": queries_path.coming_for(session, person.id, now),
        "referred": referred,
    }
    return Panel(str(lazy("Parcours")), "people/panel_pathways.html", found)


def badges(session: Session, person: Person, reader: Person, now: datetime) -> Panel | None:
    """The safety badges of somebody, those that hold first, and the others earned on the way."""
    if not reader.may("session.read"):
        return None
    standings = queries.badge_standings(session, [person.id])[person.id].values()
    order = list(BadgeState)
    lines = sorted(
        (BadgeLine(standing, award_state(standing, now)) for standing in standings),
        key=lambda line: (order.index(line.state), line.standing.name),
    )
    found = {
        "public_id": person.public_id,
        "lines": lines,
        "skills": queries_awards.skill_awards_of(session, person.id),
    }
    return Panel(str(lazy("Badges")), "people/panel_badges.html", found)


def bookings(session: Session, person: Person, reader: Person, now: datetime) -> Panel | None:
    """The bookings somebody still has to live."""
    if not reader.may("machine.read"):
        return None
    found = {"bookings": booking_queries.upcoming_for(session, person.id, now)}
    return Panel(str(lazy("Réservations à venir")), "people/panel_bookings.html", found)


def contacts(session: Session, person: Person, reader: Person, now: datetime) -> Panel | None:
    """Whom to call, and the derogation of a trainee."""
    if not reader.may("person.contact"):
        return None
    found = {
        "public_id": person.public_id,
        "phone": person.phone,
        "letters_to": person.letters_to,
        "letters_refused_at": person.letters_refused_at,
        "contacts": queries_file.contacts_of(session, [person.id])[person.id],
        "labels": dict(CONTACT_LINKS),
        "trainee": queries_file.traineeship_of(session, person.id),
    }
    return Panel(str(lazy("À appeler")), "people/panel_contacts.html", found)


def follow_up(session: Session, person: Person, reader: Person, now: datetime) -> Panel | None:
    """Gender, district, commune and who sent them: for the coordination."""
    if not reader.may("person.follow"):
        return None
    answers = queries_file.answers_of(session, person.id)
    referral = queries_file.referral_of(session, person.id)
    lines: list[tuple[Any, Any]] = []
    for kind, label, words in FOLLOW_UP_WORDS:
        value = str(answers[kind].value) if kind in answers else "—"
        lines.append((label, dict(words).get(value, value)))
    lines.append((lazy("Orienté par"), referral.structure.name if referral else "—"))
    found = {"public_id": person.public_id, "lines": lines}
    return Panel(str(lazy("Suivi")), "people/panel_follow_up.html", found)


def merges(session: Session, person: Person, reader: Person, now: datetime) -> Panel | None:
    """The accounts made one with this one: for the coordination."""
    if not reader.may("person.merge"):
        return None
    found = merging_pairs.into(session, person)
    return Panel(str(lazy("Comptes réunis")), "people/panel_merges.html", {"merges": found}) if found else None


#: question -> its label, the words of its answers
FOLLOW_UP_WORDS: list[tuple[str, Any, list[tuple[str, Any]]]] = [
    ("gender", lazy("Genre"), GENDER_LABELS),
    ("priority_district", lazy("Quartier prioritaire"), DISTRICT_LABELS),
    ("commune", lazy("Commune"), []),
]

#: in the order shown
PANELS: list[Callable[[Session, Person, Person, datetime], Panel | None]] = [
    pathways,
    badges,
    bookings,
    contacts,
    follow_up,
    merges,
]
