"""How much of a material, in words."""

from fablab.i18n import HARD_SPACE, say_thousands
from machines.values_supplies import agreed


def amount(quantity: int, unit: str) -> str:
    """«1 feuille», «12 feuilles», «−30 cm»: a real minus sign, and a unit that is a word takes its plural."""
    sign = "\N{MINUS SIGN}" if quantity < 0 else ""
    return f"{sign}{say_thousands(abs(quantity))}{HARD_SPACE}{agreed(abs(quantity), unit)}"


def change(quantity: int, unit: str) -> str:
    """The same of what came or went: «+500 cm», «−1 feuille»."""
    return f"+{amount(quantity, unit)}" if quantity > 0 else amount(quantity, unit)
