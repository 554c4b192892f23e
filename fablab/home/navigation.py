"""Which frame and which entries each role sees. Order of the roles: the first one held gives the frame."""

from typing import Any

from fablab.i18n import lazy
from fablab.permissions import Role

FRAMES = {
    Role.YOUNG: "young",
    Role.FACILITATOR: "rail",
    Role.COORDINATOR: "desk",
    Role.RECEPTION: "desk",
    Role.STRUCTURE: "desk",
    Role.REFERENT: "desk",
    Role.ADMINISTRATOR: "desk",
}

ROLE_LABELS = {
    Role.YOUNG: lazy("jeune"),
    Role.FACILITATOR: lazy("animation"),
    Role.COORDINATOR: lazy("coordination"),
    Role.RECEPTION: lazy("accueil"),
    Role.STRUCTURE: lazy("structure"),
    Role.REFERENT: lazy("référent"),
    Role.ADMINISTRATOR: lazy("administration"),
}

#: role -> (endpoint, label, icon), in the order shown
ENTRIES: dict[Role, tuple[tuple[str, Any, str], ...]] = {
    Role.YOUNG: (
        ("home.front", lazy("Accueil"), "house-door"),
        ("machines.choose", lazy("Réserver"), "calendar-plus"),
        ("pathways.my_path", lazy("Parcours"), "signpost-split"),
        ("pathways.my_badges", lazy("Badges"), "award"),
    ),
    Role.FACILITATOR: (
        ("home.front", lazy("Aujourd’hui"), "sun"),
        ("pathways.groups", lazy("Groupes"), "people"),
        ("pathways.to_validate", lazy("Valider"), "check2-square"),
        ("machines.index", lazy("Machines"), "tools"),
        ("young.index", lazy("Jeunes"), "person-vcard"),
    ),
    Role.COORDINATOR: (
        ("home.front", lazy("Tableau de bord"), "speedometer2"),
        ("young.index", lazy("Jeunes"), "people"),
        ("pathways.groups", lazy("Groupes"), "collection"),
        ("pathways.badges_ready", lazy("Badges"), "award"),
        ("machines.index", lazy("Machines"), "tools"),
        ("staff.index", lazy("Équipe"), "person-vcard"),
        ("bookings.closures", lazy("Fermetures"), "slash-circle"),
        ("catalogue.show", lazy("Catalogue"), "list-ul"),
    ),
    Role.RECEPTION: (
        ("home.front", lazy("Aujourd’hui"), "sun"),
        ("machines.week", lazy("Machines"), "tools"),
        ("young.index", lazy("Jeunes"), "people"),
    ),
    Role.STRUCTURE: (("home.front", lazy("Accueil"), "house-door"),),
    Role.REFERENT: (("home.front", lazy("Mes jeunes"), "people"),),
    Role.ADMINISTRATOR: (
        ("operations.overview", lazy("Installation"), "house-door"),
        ("staff.index", lazy("Équipe"), "people"),
        ("catalogue.show", lazy("Catalogue"), "list-ul"),
        ("bookings.closures", lazy("Fermetures"), "slash-circle"),
    ),
}
