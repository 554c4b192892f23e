"""What a machine adds to the engine: badge, age, supervision."""

from bookings.kinds import Kind
from machines.models import Machine


class MachineKind(Kind):
    """Rules of machines."""

    model = Machine
