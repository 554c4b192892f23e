"""What is held about somebody's papers, their own pace and the end of their file: sections of «Mes données»."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from fablab.home.my_data_line import Line, line_of, name_of, until
from fablab.i18n import _, in_french, lazy, say_date, say_hour
from fablab.people.models import Person
from fablab.people.models_rights import FileEnding
from fablab.people.rules_keeping import ends_on
from pathways.models import (
    Badge,
    Competency,
    Enrolment,
    EnrolmentChoice,
    EnrolmentPaper,
    ExitCheck,
    Outreach,
    SessionHelper,
    TrainingSession,
    Visit,
)
from pathways.values_own_pace import BADGES
from pathways.words_outreach import OUTCOME_WORDS
from pathways.words_papers import NAMES


def papers(session: Session, person: Person, limit: int) -> Iterator[Line]:
    """The papers that I brought, and those noted by mistake."""
    brought = select(EnrolmentPaper).join(EnrolmentPaper.enrolment).where(Enrolment.person_id == person.id)
    brought = brought.options(
        joinedload(EnrolmentPaper.recorded_by), contains_eager(EnrolmentPaper.enrolment).joinedload(Enrolment.version)
    )
    for one in session.scalars(brought.order_by(EnrolmentPaper.id.desc()).limit(limit)):
        gone = _("noté par erreur") if one.taken_back_at else ""
        words = (in_french(one.enrolment.version.title), name_of(one.recorded_by), gone)
        yield line_of(one.received_on, NAMES.get(one.paper, one.paper), *words)


def calls(session: Session, person: Person, limit: int) -> Iterator[Line]:
    """When the team called me because I no longer came, and what they noted."""
    noted = select(Outreach).join(Outreach.enrolment).where(Enrolment.person_id == person.id)
    noted = noted.options(joinedload(Outreach.by), contains_eager(Outreach.enrolment).joinedload(Enrolment.version))
    for one in session.scalars(noted.order_by(Outreach.id.desc()).limit(limit)):
        gone = _("noté par erreur") if one.taken_back_at else ""
        yield line_of(one.at, OUTCOME_WORDS[one.outcome], in_french(one.enrolment.version.title), name_of(one.by), gone)


def after(session: Session, person: Person, limit: int) -> Iterator[Line]:
    """Where the team noted that I stood, after a pathway."""
    noted = select(ExitCheck).join(ExitCheck.enrolment).where(Enrolment.person_id == person.id)
    noted = noted.options(
        joinedload(ExitCheck.by),
        joinedload(ExitCheck.situation),
        contains_eager(ExitCheck.enrolment).joinedload(Enrolment.version),
    )
    for one in session.scalars(noted.order_by(ExitCheck.id.desc()).limit(limit)):
        gone = _("noté par erreur") if one.taken_back_at else ""
        title = in_french(one.enrolment.version.title)
        yield line_of(one.told_on, in_french(one.situation.label), title, name_of(one.by), gone)


def ending(session: Session, person: Person, limit: int) -> Iterator[Line]:
    """When my file ends, once nothing was heard of me for long."""
    for one in session.scalars(select(FileEnding).where(FileEnding.person_id == person.id).limit(limit)):
        day = say_date(ends_on(one.listed_on, one.kept_until))
        yield line_of(one.listed_on, _("Mon dossier sera effacé le %(day)s si je ne reviens pas.", day=day))


def own_pace(session: Session, person: Person, limit: int) -> Iterator[Line]:
    """What I chose, when I was at the open lab, the sessions in which I help."""
    mine = select(EnrolmentChoice).join(EnrolmentChoice.enrolment).where(Enrolment.person_id == person.id)
    chosen = session.scalars(mine.order_by(EnrolmentChoice.id.desc()).limit(limit)).all()
    competencies, badges = _names(session) if chosen else ({}, {})
    for one in chosen:
        name = (badges if one.offer == BADGES else competencies).get(one.code, one.code)
        yield line_of(one.chosen_at, in_french(name), lazy("mon choix"), until(one.dropped_at))
    visits = select(Visit).where(Visit.person_id == person.id).order_by(Visit.arrived_at.desc()).limit(limit)
    for visit in session.scalars(visits):
        end = _("jusqu’à %(hour)s", hour=say_hour(visit.left_at)) if visit.left_at else ""
        gone = _("noté par erreur") if visit.taken_back_at else ""
        yield line_of(visit.arrived_at, lazy("À l’open lab"), end, gone)
    helped = (
        select(SessionHelper)
        .join(SessionHelper.session)
        .where(SessionHelper.person_id == person.id)
        .options(contains_eager(SessionHelper.session))
        .order_by(TrainingSession.starts_at.desc())
        .limit(limit)
    )
    for help_ in session.scalars(helped):
        came = {None: "", True: _("j’étais là"), False: _("je n’étais pas là")}[help_.came]
        yield line_of(
            help_.session.starts_at,
            lazy("J’aide une séance"),
            in_french(help_.session.title),
            came,
            until(help_.ended_at),
        )


def _names(session: Session) -> tuple[dict[str, str], dict[str, str]]:
    """What young people call competencies and safety badges, by code."""
    competencies = session.execute(select(Competency.code, Competency.i_can))
    badges = session.execute(select(Badge.code, Badge.name).where(Badge.kind == "safety"))
    return dict(competencies.all()), dict(badges.all())
