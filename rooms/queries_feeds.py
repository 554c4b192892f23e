"""Bookings of a room as a calendar followed from outside shows them: whoever has it, a mask for sensitive ones."""

from sqlalchemy.orm import Session

from bookings import queries_feeds
from bookings.models import Resource
from bookings.upkeep_telling import entry_of
from bookings.values import Slot
from fablab.calendars import Entry
from fablab.i18n import _
from rooms import queries
from rooms.values import Reader, tell

#: whoever has the address: the names of organisations, no purpose of a sensitive one, nobody's name
_ANYBODY = Reader(team=True)


def taken(session: Session, room: Resource, span: Slot) -> list[Entry]:
    """When a room is taken, by which organisation. One statement, and what is kept of organisations."""
    tenants, link = queries.tenants(session), f"/salles/{room.code}"
    found = queries_feeds.taking(session, room.id, span)
    told = [(one, tell(tenants.get(one.structure_id or 0), None, _ANYBODY).who) for one in found]
    return [entry_of(one, who or _("Prise"), link) for one, who in told]
