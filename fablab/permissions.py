"""Who may do what: one table, role by verb. What depends on the thing is asked by the part that owns it.

``docs/permissions.md`` is printed from this table, and the walk of every route reads it.
"""

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """What somebody is in the house; a person may hold several."""

    YOUNG = "young"
    FACILITATOR = "facilitator"
    COORDINATOR = "coordinator"
    RECEPTION = "reception"
    STRUCTURE = "structure"
    REFERENT = "referent"
    ADMINISTRATOR = "administrator"


_TEAM = {Role.FACILITATOR, Role.COORDINATOR}
_DESK = {Role.FACILITATOR, Role.COORDINATOR, Role.RECEPTION}
_EVERYONE = set(Role)

#: verb -> (who may, what it means)
VERBS: dict[str, tuple[set[Role], str]] = {
    "account.own": (_EVERYONE, "see and change one's own account, read one's messages"),
    "booking.own": ({Role.YOUNG}, "book, move and cancel machines for oneself, say that something is wrong with one"),
    "data.own": ({Role.YOUNG}, "see, take away and have mended all that is held about oneself, withdraw agreements"),
    "data.answer": ({Role.COORDINATOR}, "answer what young people ask about their data"),
    "pathway.own": ({Role.YOUNG}, "see one's own path and badges, say that one cannot come"),
    "gallery.read": (
        {Role.YOUNG} | _TEAM,
        "see the sheets of projects that their owners agree to show inside the house, without names",
    ),
    "gallery.hide": (_TEAM, "take a sheet out of the gallery, with a reason"),
    "person.search": (_DESK, "search people by name or identifier"),
    "person.read": (_DESK, "open the page of a young person"),
    "person.create": (_DESK, "make a young person's account, print the card, renew the code"),
    "person.tell": (_DESK, "see whom no letter reaches, with their own number, and say that they were told"),
    "person.contact": (_DESK, "record whom to call for a young person and their own number, read them on their page"),
    "person.call": (_TEAM, "see whom to call for everybody in a session, or for whom no letter reaches"),
    "person.trainee": (_TEAM, "read and write a trainee's derogation"),
    "person.follow": ({Role.COORDINATOR}, "record what funders ask of a young person, who sent and who follows them"),
    "person.erase": ({Role.COORDINATOR}, "erase a young person for good, keeping what is counted without a name"),
    "person.merge": ({Role.COORDINATOR}, "make two accounts of one young person one, and two again"),
    "person.authorise": (_DESK, "record a parental authorisation that was seen on paper"),
    "staff.read": ({Role.COORDINATOR, Role.ADMINISTRATOR}, "see who is of the team"),
    "staff.manage": ({Role.ADMINISTRATOR}, "make staff accounts and give roles"),
    "staff.end": (
        {Role.COORDINATOR, Role.ADMINISTRATOR},
        "end somebody's mission; an administrator's: staff.manage",
    ),
    "session.read": (_TEAM, "see groups and sessions"),
    "session.lead": (_TEAM, "take attendance, change a session"),
    "group.manage": (_TEAM, "open groups, plan sessions, enrol young people"),
    "validation.write": (_TEAM, "validate competencies (and, per badge, hold the dated right)"),
    "validation.take_back": ({Role.COORDINATOR}, "take a whole batch of validations back later, with a reason"),
    "validation.right": ({Role.COORDINATOR}, "give and end the right to validate"),
    "pathway.versions": (
        {Role.COORDINATOR},
        "prepare, publish and take back versions of pathways, move people from one to another",
    ),
    "badge.award": (_TEAM, "hand over a badge (and hold the dated right for it)"),
    "badge.revoke": (_TEAM, "take a badge back, with a reason"),
    "machine.read": (_DESK, "see the week of all machines"),
    "machine.hours": (
        {Role.FACILITATOR, Role.COORDINATOR, Role.ADMINISTRATOR},
        "see the hours of each machine over a school year, without names",
    ),
    "machine.book_for": (_DESK, "book, move and cancel a machine for somebody else"),
    "machine.override": (_TEAM, "override soft rules with a written reason"),
    "machine.report": (_DESK, "say that something is wrong with a machine, with a photo"),
    "machine.state": (
        _TEAM,
        "put a machine out of service or back, see its problems and say what was done, plan and note its upkeep",
    ),
    "machine.document": ({Role.COORDINATOR}, "put a photo, files and links on the page of a machine, take them off"),
    "machine.feed": (_TEAM, "give, change and stop the secret address of a machine's calendar"),
    "token.own": ({Role.YOUNG}, "from 18 on: make and take away keys with which programs act for oneself"),
    "token.house": (
        {Role.COORDINATOR, Role.ADMINISTRATOR},
        "make keys with which programs act for the house, within what one may oneself; take any of them away",
    ),
    "supply.manage": (_TEAM, "count the materials of machines, note what comes and goes, see what they cost"),
    "reader.manage": ({Role.ADMINISTRATOR}, "enrol and revoke the readers of machines, see what they said"),
    "shift.manage": (_TEAM, "write and withdraw facilitators' shifts"),
    "closure.manage": ({Role.COORDINATOR, Role.ADMINISTRATOR}, "close the house, a place or a resource"),
    "room.read": (
        _DESK | {Role.STRUCTURE},
        "see the rooms and when they are taken; who has them: room.who, or one's own organisation",
    ),
    "room.who": (_DESK, "see who has each room, but for what a mask hides"),
    "room.ask": (
        {Role.COORDINATOR, Role.RECEPTION, Role.STRUCTURE},
        "find a room for a need and ask for it, for one's own organisation; for any: room.lend",
    ),
    "room.lend": (
        {Role.COORDINATOR, Role.RECEPTION},
        "ask for rooms for any organisation, move and cancel what it has",
    ),
    "room.desk": (
        {Role.COORDINATOR, Role.RECEPTION},
        "see the day of rooms, note who comes, leaves and how many, take a room on the spot, change rooms",
    ),
    "room.keys": (
        {Role.COORDINATOR, Role.RECEPTION},
        "hand keys and access badges over to organisations, note that they come back, are lost or cancelled",
    ),
    "room.feed": (
        {Role.COORDINATOR, Role.RECEPTION},
        "give, change and stop the secret address of a room's calendar",
    ),
    "activity.count": (_DESK, "count who comes to activities and through the door, see planned beside counted"),
    "room.answer": ({Role.COORDINATOR}, "answer requests for rooms"),
    "room.money": (
        {Role.COORDINATOR, Role.ADMINISTRATOR},
        "see what is to invoice for rooms and note it, ask for deposits, keep them",
    ),
    "room.deposit": (
        {Role.COORDINATOR, Role.ADMINISTRATOR, Role.RECEPTION},
        "see the deposit of a date, note that it is received or given back; ask for one, or keep it: room.money",
    ),
    "structure.unmasked": ({Role.COORDINATOR}, "read the name of an organisation that a mask hides, and what it does"),
    "structure.papers": (
        {Role.STRUCTURE, Role.COORDINATOR},
        "see and send the papers of one's own organisation; of any: structure.check",
    ),
    "structure.hours": (
        {Role.STRUCTURE, Role.COORDINATOR},
        "see the hours of one's own organisation, make its yearly statement; of any: structure.check",
    ),
    "structure.check": (
        {Role.COORDINATOR},
        "answer the papers of organisations, note the conditions they meet, suspend dates, give hours",
    ),
    "coordination.read": ({Role.COORDINATOR}, "see the places filled and what waits"),
    "desk.read": ({Role.RECEPTION}, "see the day of the house at the desk"),
    "structure.own": ({Role.STRUCTURE}, "see one's own organisation"),
    "referral.own": ({Role.REFERENT}, "see attendance and progress of one's own young people"),
    "catalogue.load": (
        {Role.ADMINISTRATOR, Role.COORDINATOR},
        "compare the catalogue files with the house and take differences",
    ),
    "journal.read": (
        {Role.COORDINATOR, Role.ADMINISTRATOR},
        "search the journal of acts; the names of young people only with person.read",
    ),
    "house.settings": ({Role.ADMINISTRATOR}, "change the house's own rules and hours"),
    "house.run": ({Role.ADMINISTRATOR}, "see jobs, letters and the state of the installation"),
}


def may(roles: Iterable[str], verb: str) -> bool:
    """Whether one of these roles may do this. An unknown verb is a bug: KeyError."""
    allowed, _meaning = VERBS[verb]
    return any(role in allowed for role in roles)


def table() -> str:
    """The whole table in Markdown: verbs down, roles across."""
    lines = [
        "# Who may do what",
        "",
        "Printed from `fablab/permissions.py` by `flask --app wsgi permissions`. Somebody who holds several roles may",
        "do what each of them may. What depends on the thing itself (one's own group, a dated right) is asked by the",
        "part that owns it.",
        "",
        "| verb | " + " | ".join(Role) + " | meaning |",
        "|---|" + "---|" * (len(Role) + 1),
    ]
    for verb, (allowed, meaning) in VERBS.items():
        marks = " | ".join("yes" if role in allowed else "" for role in Role)
        lines.append(f"| {verb} | {marks} | {meaning} |")
    return "\n".join(lines) + "\n"
