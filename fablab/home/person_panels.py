"""What every part has to show of a young person, on the page that the team opens.

A part adds its panels by a line in PANELS: a function of the session, the person, the reader and the present
moment that returns what to print: nothing when it has nothing for this reader.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from bookings import queries as booking_queries
from fablab import clock
from fablab.home import merging_pairs
from fablab.i18n import _, lazy, say_date
from fablab.people import queries_file
from fablab.people.forms_file import CONTACT_LINKS, DISTRICT_LABELS, GENDER_LABELS
from fablab.people.models import Person
from pathways import queries_papers, queries_path, queries_person, queries_standings
from pathways.values import last_day
from pathways.values_badges import BadgeState, Standing, award_state
from pathways.values_exits import ASKED_OF


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


def training(session: Session, person: Person, reader: Person, now: datetime) -> list[Panel]:
    """Where somebody stands in their pathways, the sessions to come; their badges, those that hold first."""
    if not reader.may("session.read"):
        return []
    mine = queries_person.enrolments_of(session, person.id)
    standings, skills = queries_standings.badges_of(session, person.id)
    follows = {one.version.pathway_id for one in (*mine.running, *mine.referred)}
    found = {
        "public_id": person.public_id,
        "followed": queries_person.followed_of(session, person.id, mine.followed, skills),
        "asked_of": ASKED_OF,
        "own_pace": [one for one in queries_person.own_pace(session) if one.pathway_id not in follows],
        "papers": queries_papers.papers_of(session, [*mine.running, *mine.referred], clock.local_day(now)),
        "left": mine.left,
        "coming": queries_path.coming_in_short(session, person.id, now),
        "referred": mine.referred,
    }
    order = list(BadgeState)
    lines = sorted(
        (BadgeLine(standing, award_state(standing, now)) for standing in standings.values()),
        key=lambda line: (order.index(line.state), line.standing.name),
    )
    held = {"public_id": person.public_id, "lines": lines, "skills": skills}
    return [
        Panel(str(lazy("Parcours")), "people/panel_pathways.html", found),
        Panel(str(lazy("Badges")), "people/panel_badges.html", held),
    ]


def bookings(session: Session, person: Person, reader: Person, now: datetime) -> list[Panel]:
    """The bookings somebody still has to live."""
    if not reader.may("machine.read"):
        return []
    found = {"bookings": booking_queries.upcoming_for(session, person.id, now)}
    return [Panel(str(lazy("Réservations à venir")), "people/panel_bookings.html", found)]


def completed(session: Session, person: Person, reader: Person, now: datetime) -> list[Panel]:
    """Whom to call; for the team, a trainee's derogation; for the coordination, what funders ask and who sent them."""
    if not reader.may("person.contact"):
        return []
    follows, trains = reader.may("person.follow"), reader.may("person.trainee")
    if trains:
        known = queries_file.completed_of(session, person.id, follow_up=follows)
    else:
        known = queries_file.Completed(queries_file.contacts_of(session, [person.id])[person.id])
    found = {
        "public_id": person.public_id,
        "phone": person.phone,
        "letters_to": person.letters_to,
        "letters_refused_at": person.letters_refused_at,
        "contacts": known.contacts,
        "labels": dict(CONTACT_LINKS),
        "trainee": known.trainee,
        "trains": trains,
    }
    panels = [Panel(str(lazy("À appeler")), "people/panel_contacts.html", found)]
    if follows:
        lines: list[tuple[Any, Any]] = []
        for kind, label, words in FOLLOW_UP_WORDS:
            value = known.answers.get(kind)
            lines.append((label, _dated(dict(words).get(value, value), known.since.get(kind)) if value else "—"))
        lines.append((lazy("Orienté par"), _dated(known.sent_by, known.sent_since) if known.sent_by else "—"))
        told = {"public_id": person.public_id, "lines": lines}
        panels.append(Panel(str(lazy("Suivi")), "people/panel_follow_up.html", told))
    return panels


def _dated(said: Any, since: date | None) -> str:
    return _("%(said)s, depuis le %(day)s", said=said, day=say_date(since)) if since else str(said)


def merges(session: Session, person: Person, reader: Person, now: datetime) -> list[Panel]:
    """The accounts made one with this one: for the coordination."""
    if not reader.may("person.merge"):
        return []
    found = merging_pairs.into(session, person)
    return [Panel(str(lazy("Comptes réunis")), "people/panel_merges.html", {"merges": found})] if found else []


#: question -> its label, the words of its answers
FOLLOW_UP_WORDS: list[tuple[str, Any, list[tuple[str, Any]]]] = [
    ("gender", lazy("Genre"), GENDER_LABELS),
    ("priority_district", lazy("Quartier prioritaire"), DISTRICT_LABELS),
    ("commune", lazy("Commune"), []),
]

#: in the order shown
PANELS: list[Callable[[Session, Person, Person, datetime], list[Panel]]] = [training, bookings, completed, merges]
