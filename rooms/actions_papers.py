"""The verbs of papers: sent, looked at, taken back; conditions found met; dates suspended for want of insurance.

One transaction each; all raise Refused with every reason.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bookings import queries as engine
from bookings import upkeep_again, upkeep_closures, upkeep_telling
from bookings.models import Booking
from bookings.values import Slot
from fablab import clock, kept_files
from fablab.db import transaction
from fablab.journal import note
from fablab.outbox import Message, tell
from fablab.people.models import Person
from fablab.refusals import Refused
from fablab.rules_forms import form_used
from rooms import queries, queries_papers, rules_papers, upkeep_dates, words_papers
from rooms.actions import for_their_own
from rooms.models_papers import StructureCondition, StructurePaper
from rooms.values import Tenant, last_day
from rooms.values_papers import reminder


@dataclass(frozen=True)
class Sent:
    """A paper as it is sent: what it is, its days, its file made ready to keep."""

    kind: str
    until: date | None
    contents: Mapping[str, bytes]
    file_name: str
    key: str
    first: date | None = None


@dataclass(frozen=True)
class GivenBack:
    """Dates that were suspended: those that came back, those that still wait for something."""

    back: tuple[Booking, ...]
    waiting: tuple[Booking, ...]


def send(tenant: Tenant, sent: Sent, by: Person, now: datetime) -> StructurePaper:
    """Send a paper of an organisation, to be looked at; once only by its key. Raises Refused: form_used, and others."""
    with kept_files.keeping(sent.contents) as files, transaction() as session:
        engine.lock_house(session)
        if before := session.scalar(select(StructurePaper).where(StructurePaper.request_key == sent.key)):
            same = (before.structure_id, before.kind, before.file_name, before.sent_by_id)
            if same != (tenant.id, sent.kind, sent.file_name, by.id):  # back, another file
                raise Refused([form_used()])
            return before
        if not by.may("structure.check"):
            for_their_own(session, tenant.id, by, now)
        if found := rules_papers.days_refusals(sent.kind, sent.first, sent.until, clock.local_day(now)):
            raise Refused(found)
        paper = StructurePaper(
            structure_id=tenant.id,
            kind=sent.kind,
            covers_from=sent.first,
            covers_until=sent.until,
            file_key=files.key,
            file_name=sent.file_name,
            request_key=sent.key,
            sent_at=now,
            sent_by_id=by.id,
        )
        session.add(paper)
        session.flush()
        files.used = True
        note(session, "structure_paper.send", "structure_paper", paper.id, by=by, now=now, kind=sent.kind)
    return paper


def accept(paper: StructurePaper, until: date | None, by: Person, now: datetime, *, first: date | None = None) -> None:
    """Somebody looked at a paper: it is good from its first day, if it says one, to its last.

    Dates that were marked for want of it are well again.
    """
    with transaction() as session:
        _freshen(session, paper)
        found = rules_papers.answering_refusals(paper.answer, "accepted")
        found += rules_papers.days_refusals(paper.kind, first, until, clock.local_day(now))
        if found:
            raise Refused(found)
        if paper.answer == "accepted" and (paper.covers_from, paper.covers_until) == (first, until):  # sent twice
            return
        paper.covers_from, paper.covers_until = first, until
        _answer(session, paper, "accepted", None, by, now)
        note(session, "structure_paper.accept", "structure_paper", paper.id, by=by, now=now)
        _look_again(session, paper.structure_id, now)


def turn_down(paper: StructurePaper, reason: str, by: Person, now: datetime) -> None:
    """Somebody looked at a paper: it will not do, for a reason that the organisation reads."""
    with transaction() as session:
        _freshen(session, paper)
        if found := rules_papers.answering_refusals(paper.answer, "refused"):
            raise Refused(found)
        if paper.answer == "refused":  # sent twice
            return
        _answer(session, paper, "refused", reason, by, now)
        note(session, "structure_paper.refuse", "structure_paper", paper.id, by=by, now=now, reason=reason)


def reopen(paper: StructurePaper, by: Person, now: datetime) -> None:
    """The answer was a mistake: the paper waits to be looked at again; dates that rested on it are marked."""
    with transaction() as session:
        _freshen(session, paper)
        if paper.answer is None:
            return
        paper.answer = paper.reason = paper.answered_at = paper.answered_by_id = None
        session.flush()
        note(session, "structure_paper.reopen", "structure_paper", paper.id, by=by, now=now)
        _look_again(session, paper.structure_id, now)


def withdraw(paper: StructurePaper, by: Person, now: datetime) -> None:
    """It was the wrong file: the organisation takes it back before anybody answered; the file is deleted."""
    with transaction() as session:
        _freshen(session, paper)
        if not by.may("structure.check"):
            for_their_own(session, paper.structure_id, by, now)
        if found := rules_papers.withdrawing_refusals(paper.answer):
            raise Refused(found)
        if paper.answer == "withdrawn":
            return
        key, paper.file_key = paper.file_key, None
        paper.answer, paper.answered_at, paper.answered_by_id = "withdrawn", now, by.id
        note(session, "structure_paper.withdraw", "structure_paper", paper.id, by=by, now=now)
    # Once nothing points at it any more: a file too many is found at night, one too few is a loss.
    kept_files.remove([key] if key else [])


def meet(tenant: Tenant, condition: str, met_on: date, proof: str, by: Person, now: datetime) -> None:
    """Somebody found that an organisation meets a condition, and says what shows it. Twice, once."""
    with transaction() as session:
        engine.lock_house(session)
        if found := rules_papers.condition_refusals(met_on, clock.local_day(now)):
            raise Refused(found)
        if condition in queries_papers.conditions_of(session, tenant.id):
            return
        met = StructureCondition(
            structure_id=tenant.id, condition=condition, met_on=met_on, proof=proof, noted_at=now, noted_by_id=by.id
        )
        session.add(met)
        session.flush()
        note(session, "structure_condition.meet", "structure", tenant.id, by=by, now=now, condition=condition)


def unmeet(tenant: Tenant, condition: str, by: Person, now: datetime) -> None:
    """It was a mistake: the condition is to be looked at again. Twice, once."""
    with transaction() as session:
        engine.lock_house(session)
        met = queries_papers.conditions_of(session, tenant.id).get(condition)
        if met is None:
            return
        met.taken_back_at, met.taken_back_by_id = now, by.id
        note(session, "structure_condition.take_back", "structure", tenant.id, by=by, now=now, condition=condition)


def set_aside(tenant: Tenant, by: Person, now: datetime) -> Sequence[Booking]:
    """Suspend the dates of an organisation that lie over thirty days after its insurance ended; told once for all."""
    with transaction() as session:
        engine.lock_house(session)
        fresh = queries.tenants(session)[tenant.id]
        if found := rules_papers.setting_aside_refusals(fresh, clock.local_day(now)):
            raise Refused(found)
        dates = [
            one
            for one in queries_papers.dates_of(session, tenant.id, now, suspended=False)
            if rules_papers.may_be_set_aside(fresh, last_day(Slot(one.starts_at, one.ends_at)))
        ]
        for one in dates:
            upkeep_closures.set_aside(session, one, by, now, papers="insurance")
        upkeep_dates.tell_set_aside(session, dates, now, back=False)
    return dates


def give_back(tenant: Tenant, by: Person, now: datetime) -> GivenBack:
    """Let suspended dates of an organisation come back where every rule agrees; told once for all."""
    with transaction() as session:
        engine.lock_house(session)
        dates = queries_papers.dates_of(session, tenant.id, now, suspended=True)
        back = [one for one in dates if upkeep_closures.take_up(session, one, by, now)]
        upkeep_dates.tell_set_aside(session, back, now, back=True)
    return GivenBack(tuple(back), tuple(one for one in dates if one not in back))


def remind(tenant: Tenant, kind: str, until: date, people: Sequence[Person], now: datetime) -> int:
    """Tell contacts of one paper that ends in 60, 30 or 7 days, each once; how many people were told."""
    left = reminder(until, clock.local_day(now))
    with transaction() as session:
        keys = {f"paper-ends:{tenant.id}:{kind}:{until.isoformat()}:{left}:{one.id}": one for one in people}
        told_before = _said(session, keys)
        for key, person in keys.items():
            tell(
                session,
                person,
                "paper-ends",
                key=key,
                now=now,
                link=f"/structures/{tenant.public_id}/papiers",
                about=f"paper:{tenant.id}:{kind}",
                who=tenant.name,
                paper=words_papers.PAPERS[kind],
                day=until,
            )
        return _said(session, keys) - told_before


def _said(session: Session, keys: Collection[str]) -> int:
    """How many of these messages are written."""
    return session.scalar(select(func.count(Message.id)).where(Message.key.in_(keys))) or 0


def _freshen(session: Session, paper: StructurePaper) -> None:
    engine.lock_house(session)
    session.refresh(paper)


def _answer(
    session: Session, paper: StructurePaper, answer: str, reason: str | None, by: Person, now: datetime
) -> None:
    """Write an answer and tell whoever sent the paper; the same answer twice is one."""
    if paper.answer == answer:
        return
    paper.answer, paper.reason, paper.answered_at, paper.answered_by_id = answer, reason, now, by.id
    session.flush()
    tenant = queries.tenants(session)[paper.structure_id]
    if paper.sent_by_id == by.id:
        return
    tell(
        session,
        paper.sent_by,
        "paper-answered",
        key=f"paper-answered:{paper.id}:{answer}:{int(now.timestamp())}",
        now=now,
        link=f"/structures/{tenant.public_id}/papiers",
        about=f"paper:{tenant.id}:{paper.kind}",
        who=tenant.name,
        paper=words_papers.PAPERS[paper.kind],
        accepted=answer == "accepted",
        until=paper.covers_until,
        why=words_papers.REASONS[reason] if reason else "",
    )


def _look_again(session: Session, structure_id: int, now: datetime) -> None:
    """Ask the rules again of the dates to come of an organisation; those that are well again are told."""
    dates = queries_papers.dates_of(session, structure_id, now, suspended=False)
    before = {one for one in dates if one.attention}
    outcome = upkeep_again.ask_again(session, dates, now)
    upkeep_telling.tell_well(session, [one for one in outcome.kept if one in before], now)
