"""What a group session adds to the engine."""

from bookings.kinds import Kind


class SessionKind(Kind):
    """Rules of sessions in the Fablab."""
