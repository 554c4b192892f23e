"""Who may pay the hours of a group."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab.people.models import Scheme

#: schemes that pay for hours and ask for a report
NATURES = ("funding", "urban_policy", "integration", "sponsorship")


def schemes(session: Session) -> Sequence[Scheme]:
    """The schemes that pay and ask for a report, in order of code."""
    return session.scalars(select(Scheme).where(Scheme.nature.in_(NATURES)).order_by(Scheme.code)).all()
