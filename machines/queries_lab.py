"""Adults who came to the open lab without an account, as counted."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from machines.models_lab import BANDS, AdultVisit


def adults_between(session: Session, start: datetime, end: datetime) -> dict[str, int]:
    """How many came in a time, by age band, none left out."""
    found = select(AdultVisit.age_band, func.count()).where(
        AdultVisit.counted_at >= start, AdultVisit.counted_at < end, AdultVisit.taken_back_at.is_(None)
    )
    counted = {band: count for band, count in session.execute(found.group_by(AdultVisit.age_band))}
    return {band: counted.get(band, 0) for band in BANDS}
