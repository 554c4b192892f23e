"""Names for the people of a year: no last name begins as another one."""

FIRST_NAMES = (
    "Adam", "Aya", "Basile", "Camille", "Dina", "Elias", "Fatou", "Gaël", "Hana", "Inès", "Jules", "Kenza", "Lina",
    "Malo", "Nour", "Océane", "Paul", "Rayan", "Salomé", "Théo", "Wassim", "Yasmine", "Zoé",
)  # fmt: skip
_SYLLABLES = ("ba", "ce", "di", "fo", "ga", "le", "mi", "no", "ra", "su")


def last_name(number: int) -> str:
    """Four syllables, the figures of the number."""
    return "".join(_SYLLABLES[int(figure)] for figure in f"{number:04d}").capitalize()
