"""What a machine adds to the engine: badge, age, supervision."""

from machines.models import Machine


class MachineKind:
    """Rules of machines."""

    model = Machine
