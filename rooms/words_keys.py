"""How keys and access badges are called, and where they stand."""

from fablab.i18n import lazy

KINDS = {"badge": lazy("badge d’accès"), "key": lazy("clé")}
#: the chip of each state, and its words
STATES = {
    "out": ("past", lazy("Remis")),
    "late": ("to_watch", lazy("En retard")),
    "lost": ("blocks", lazy("Perdu")),
    "returned": ("done", lazy("Rendu")),
    "cancelled": ("past", lazy("Annulé")),
}
