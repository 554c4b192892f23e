"""Factories of training: pathways from a few lines, badges, groups, sessions. Each commits.

What they write straight to the tables is what actions would have written; ``validate`` and ``award`` go
through the actions.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import Resource
from fablab import clock
from fablab.db import db, transaction
from fablab.people.models import Person
from pathways import actions
from pathways.models import (
    Attendance,
    Award,
    Badge,
    BadgeOpening,
    BadgePrerequisite,
    BadgeRequirement,
    Competency,
    Enrolment,
    EvidenceKind,
    Group,
    Level,
    Mastery,
    Pathway,
    PathwayVersion,
    SessionLead,
    SessionPart,
    Stage,
    StageTarget,
    TrainingSession,
    ValidatorRight,
)
from pathways.values_validating import Cell
from tests.make import make_staff

LEVEL_LABELS = ("Pas encore vu", "Découvert", "Avec de l’aide", "En autonomie", "Transmet")
STAGES = (("EXP", "Expérimenter"), ("APP", "Apprendre"), ("FAB", "Fabriquer"), ("PAR", "Partager"))
#: four stages of one competency each, when a test does not care which
PLAIN = {"EXP": {"SEC-01": 2}, "APP": {"NUM-01": 2}, "FAB": {"PRO-03": 2}, "PAR": {"PAR-01": 2}}
_numbers = count(1)


def make_competency(code: str = "SEC-01", **fields: Any) -> Competency:
    """A competency, or the one that already has this code; with the scale of levels and its kind of evidence."""
    with transaction() as session:
        return _competency(session, code, **fields)


def make_safety_badge(
    code: str = "BS-LASER",
    needs: Mapping[str, int] | None = None,
    *,
    prerequisites: Iterable[Badge] = (),
    opens: Iterable[Resource] = (),
    **fields: Any,
) -> Badge:
    """A safety badge of twelve months that asks these competencies at these levels."""
    with transaction() as session:
        badge = session.scalar(select(Badge).where(Badge.code == code))
        if badge is None:
            badge = Badge(code=code, kind="safety", **{"name": f"Badge {code}", "validity_months": 12, **fields})
            session.add(badge)
            session.flush()
        for competency_code, level in (needs or {}).items():
            competency = _competency(session, competency_code)
            session.add(BadgeRequirement(badge_id=badge.id, competency_id=competency.id, level=level))
        for required in prerequisites:
            session.add(BadgePrerequisite(badge_id=badge.id, required_id=required.id))
        for resource in opens:
            session.add(BadgeOpening(badge_id=badge.id, resource_id=resource.id))
    return badge


def make_right(person: Person, badge: Badge, since: date | None = None, until: date | None = None) -> ValidatorRight:
    """The right of somebody to validate for a badge, for a year already unless said otherwise."""
    with transaction() as session:
        since = since or clock.local_day(clock.now()) - timedelta(days=365)
        right = ValidatorRight(person_id=person.id, badge_id=badge.id, since=since, until=until)
        session.add(right)
    return right


def make_pathway(
    code: str = "DECLIC",
    stages: Mapping[str, Mapping[str, int]] | None = None,
    *,
    choices: Mapping[str, dict[str, Any]] | None = None,
    status: str = "published",
    **fields: Any,
) -> PathwayVersion:
    """A published version with four stages, {"EXP": {"SEC-01": 2}, …}, and its five skill badges."""
    with transaction() as session:
        _scale(session)
        pathway = session.scalar(select(Pathway).where(Pathway.code == code))
        if pathway is None:
            pathway = Pathway(code=code)
            session.add(pathway)
            session.flush()
            _skill_badges(session, pathway)
        values = {**_version_fields(code), "number": next(_numbers), "status": status, **fields}
        version = PathwayVersion(pathway_id=pathway.id, **values)
        session.add(version)
        session.flush()
        for position, (stage_code, name) in enumerate(STAGES, 1):
            stage = _stage(version, position, stage_code, name, (choices or {}).get(stage_code))
            session.add(stage)
            session.flush()
            targets = (stages if stages is not None else PLAIN).get(stage_code, {})
            for place, (competency_code, level) in enumerate(targets.items()):
                competency = _competency(session, competency_code)
                session.add(StageTarget(stage_id=stage.id, competency_id=competency.id, level=level, position=place))
    return version


def make_group(version: PathwayVersion | None = None, name: str | None = None, **fields: Any) -> Group:
    """An open group of a version (of a plain pathway when none is given)."""
    version = version or make_pathway()
    now = clock.now()
    with transaction() as session:
        values = {"starts_on": clock.local_day(now) - timedelta(days=30), "created_at": now, **fields}
        group = Group(version_id=version.id, name=name or f"Groupe {next(_numbers)}", **values)
        session.add(group)
    return group


def make_session(
    group: Group, start: datetime | None = None, *, hours: float = 2, leads: Iterable[Person] = (), **fields: Any
) -> TrainingSession:
    """A session of a group outside the Fablab, begun an hour ago unless said otherwise."""
    start = start or clock.now() - timedelta(hours=1)
    end = start + timedelta(hours=hours)
    with transaction() as session:
        values = {"number": next(_numbers), "title": "Séance", "starts_at": start, "ends_at": end, **fields}
        training_session = TrainingSession(group_id=group.id, **values)
        training_session.parts = [SessionPart(starts_at=start, ends_at=end, elsewhere="Salle du Bas")]
        training_session.leads = [SessionLead(person_id=lead.id) for lead in leads]
        session.add(training_session)
    return training_session


def enrol(
    person: Person, group: Group | None = None, version: PathwayVersion | None = None, **fields: Any
) -> Enrolment:
    """Somebody enrolled in a group, or at their own pace in a version, since a month, not seen yet."""
    version_id = group.version_id if group else version.id if version else make_pathway().id
    with transaction() as session:
        values = {
            "status": "enrolled",
            "enrolled_on": clock.local_day(clock.now()) - timedelta(days=30),
            "situation_at_entry": person.situation,
            **fields,
        }
        enrolment = Enrolment(
            person_id=person.id, version_id=version_id, group_id=group.id if group else None, **values
        )
        session.add(enrolment)
    return enrolment


def attend(training_session: TrainingSession, *people: Person, status: str = "present") -> None:
    """Attendance as the tables keep it, without what follows from it."""
    now, taken_by = clock.now(), make_staff()
    with transaction() as session:
        session.get_one(TrainingSession, training_session.id).attendance_at = now
        for person in people:
            session.add(
                Attendance(
                    session_id=training_session.id,
                    person_id=person.id,
                    status=status,
                    taken_at=now,
                    taken_by_id=taken_by.id,
                )
            )


def validate(
    person: Person,
    levels: Mapping[str, int],
    author: Person | None = None,
    *,
    at: datetime | None = None,
    training_session: TrainingSession | None = None,
) -> actions.Saved:
    """These levels, by competency code, validated by somebody who may (or by this author)."""
    for code in levels:
        make_competency(code)
    ids = dict(db.session().execute(select(Competency.code, Competency.id)).all())
    author = author or make_validator()
    return actions.validate_batch(
        training_session.id if training_session else None,
        author,
        [Cell(person.id, ids[code], level) for code, level in levels.items()],
        key=f"test-{next(_numbers):08d}",
        now=at or clock.now(),
    )


def make_validator(**fields: Any) -> Person:
    """A facilitator who holds the right for every safety badge of the house, for five years already."""
    person = make_staff(**fields)
    for badge in db.session().scalars(select(Badge).where(Badge.kind == "safety")).all():
        make_right(person, badge, since=clock.local_day(clock.now()) - timedelta(days=5 * 365))
    return person


def award(person: Person, badge: Badge, *, at: datetime | None = None, author: Person | None = None) -> Award:
    """A safety badge handed over, with all it asks (its prerequisites first) validated beforehand."""
    at = at or clock.now()
    found = db.session().get_one(Badge, badge.id)
    for needed in [link.required for link in found.prerequisites]:
        award(person, needed, at=at)
    found = db.session().get_one(Badge, badge.id)
    levels = {need.competency.code: need.level for need in found.requirements}
    reached = levels_held(person)
    missing = {code: level for code, level in levels.items() if reached.get(code, 0) < level}
    if missing:
        validate(person, missing, at=at)
    return actions.hand_over(badge, [person], author or make_validator(), at)[0]


def levels_held(person: Person) -> dict[str, int]:
    """Current levels of somebody, by competency code."""
    from_mastery = select(Competency.code, Mastery.level).join(Mastery, Mastery.competency_id == Competency.id)
    return dict(db.session().execute(from_mastery.where(Mastery.person_id == person.id)).all())


def _scale(session: Session) -> None:
    if session.get(Level, 0) is None:
        for level, label in enumerate(LEVEL_LABELS):
            session.add(Level(level=level, code=f"l{level}", label=label, young_label=label))
    if session.get(EvidenceKind, "observation") is None:
        session.add(EvidenceKind(code="observation", label="Observation de l’animateur", file="not_required"))
    session.flush()


def _competency(session: Session, code: str, **fields: Any) -> Competency:
    _scale(session)
    found = session.scalar(select(Competency).where(Competency.code == code))
    if found is None:
        values: dict[str, Any] = {
            "family": "machines",
            "title": f"Compétence {code}",
            "i_can": f"Je sais {code}.",
            "criteria": ["le fait devant moi"],
            "evidence_code": "observation",
            "alignments": {},
            **fields,
        }
        found = Competency(code=code, **values)
        session.add(found)
        session.flush()
    return found


def _skill_badges(session: Session, pathway: Pathway) -> None:
    session.add(
        Badge(code=f"BP-{pathway.code}", kind="pathway", name=f"Parcours {pathway.code}", pathway_id=pathway.id)
    )
    for stage_code, name in STAGES:
        session.add(
            Badge(
                code=f"BC-{pathway.code}-{stage_code}",
                kind="stage",
                name=f"{pathway.code} : {name}",
                pathway_id=pathway.id,
                stage_code=stage_code,
            )
        )


def _stage(version: PathwayVersion, position: int, code: str, name: str, choice: dict[str, Any] | None) -> Stage:
    return Stage(
        version_id=version.id,
        position=position,
        code=code,
        name=name,
        young_label=f"J’en suis à {name}.",
        hours=2,
        sessions=[position],
        aim="Essayer.",
        expected_proofs=[],
        milestone="Un jalon",
        choice=choice,
    )


def _version_fields(code: str) -> dict[str, Any]:
    return {
        "title": f"{code.capitalize()} — je découvre le Fablab",
        "young_label": "J’essaie les machines.",
        "published_at": clock.now(),
        "colour": "#0B7A75",
        "situations": ["in_school", "dropped_out", "integration"],
        "min_age": 11,
        "max_age": 25,
        "audience": "",
        "prescribers": [],
        "hours": 8,
        "session_count": 4,
        "session_hours": 2,
        "rhythm": "1 par semaine",
        "per_week": 1,
        "group_min": 1,
        "group_max": 12,
        "adults": 1,
        "places_per_year": 280,
        "groups_per_year": 28,
        "prerequisites": [],
        "papers": [],
        "attendance_percent": 75,
        "project": "un objet",
        "target_badges": [],
        "certificate": "Attestation",
        "next_pathways": [],
    }
