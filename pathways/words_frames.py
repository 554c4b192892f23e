"""The legal frames of a group, in words."""

from fablab.i18n import lazy

FRAMES = {
    "school": lazy("Temps scolaire"),
    "leisure_centre": lazy("Accueil de loisirs"),
    "workshop": lazy("Atelier de la maison"),
    "training": lazy("Formation professionnelle"),
    "accompanied": lazy("Accompagné par un autre organisme"),
}
