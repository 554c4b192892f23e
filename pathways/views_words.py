"""Words that several pages of training say alike."""

from fablab import identity
from fablab.i18n import _, in_french, lazy, say_day
from fablab.people import queries as people_queries
from pathways.models_groups import SessionPart, TrainingSession

STATUS_WORDS = {
    "present": lazy("présent"),
    "late": lazy("en retard"),
    "absent": lazy("absent"),
    "excused": lazy("excusé"),
}
STATUS_TITLES = {
    "present": lazy("Présent"),
    "late": lazy("En retard"),
    "absent": lazy("Absent"),
    "excused": lazy("Excusé"),
}


def nobody_found(typed: str | None) -> str:
    """Why nobody was found by what was typed: too short to look for, else nobody bears that name."""
    if not people_queries.long_enough(typed or ""):
        return _("Écrire au moins trois lettres.")
    return _("Personne de ce nom. Vérifier, ou créer son compte d’abord.")


def lesson_heading(lesson: TrainingSession) -> str:
    """«Rebond 4 · séance 5, mardi 24 novembre», for staff."""
    return _(
        "%(group)s · séance %(number)s, %(day)s",
        group=lesson.group.name,
        number=lesson.number,
        day=say_day(lesson.starts_at),
    )


def lesson_things(lesson: TrainingSession) -> list[str]:
    """Where a session is lived: the machines it claims, and the places elsewhere."""
    return list(dict.fromkeys(thing for part in lesson.parts for thing in part_things(part)))


def part_things(part: SessionPart) -> list[str]:
    """Where one part of a session is lived: a place elsewhere, else its machines, else the Fablab's floor."""
    if part.booking is None:
        return [part.elsewhere or ""]
    machines = [
        in_french(claim.resource.simple_name) for claim in part.booking.claims if claim.resource.kind == "machine"
    ]
    return machines or [identity.ours().workshop_name]
