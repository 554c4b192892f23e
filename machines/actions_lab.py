"""Counting adults who come to the open lab without an account, and taking it back."""

from datetime import datetime

from fablab.db import transaction
from fablab.journal import note
from fablab.people.models import Person
from machines.models_lab import AdultVisit


def count_adult(age_band: str, by: Person, now: datetime) -> AdultVisit:
    """One adult more, of an age band of ``models_lab.BANDS``."""
    with transaction() as session:
        visit = AdultVisit(age_band=age_band, counted_at=now, counted_by_id=by.id)
        session.add(visit)
        session.flush()
        note(session, "adult.count", "adult_visit", visit.id, by=by, now=now)
    return visit


def take_back_adult(visit: AdultVisit, by: Person, now: datetime) -> None:
    """Counted by mistake; taken back already, nothing changes."""
    with transaction() as session:
        session.refresh(visit)
        if visit.taken_back_at is None:
            visit.taken_back_at = now
            note(session, "adult.take_back", "adult_visit", visit.id, by=by, now=now)
