"""What is said at a machine, as it begins and as it ends: frozen, pure, without a database."""

from dataclasses import dataclass
from typing import Literal

State = Literal["fine", "mess", "fault"]


@dataclass(frozen=True)
class Handling:
    """What a machine asks of whoever begins."""

    allowed: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    protections: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Start:
    """What somebody says as they begin: the material, what they wear, what they looked at."""

    material: str | None = None
    protections: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Left:
    """How a machine was left, how much material went, and the mess or the fault in a word.

    ``quantity``: in units of the material, where it is counted.
    """

    state: State = "fine"
    material_used: str | None = None
    remark: str | None = None
    quantity: int | None = None
