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

#: pages whose address does not stand below the entry they belong to -> that entry, the first one that the menu has
BELONGS: dict[str, tuple[str, ...]] = {
    "bookings.cancel": ("machines.index", "machines.week"),
    "bookings.correct_no_show": ("machines.index", "machines.week"),
    "bookings.move": ("machines.index", "machines.week"),
    "bookings.show": ("machines.index", "machines.week"),
    "bookings.suspended": ("bookings.closures", "machines.index", "machines.week"),
    "file.session_contacts": ("pathways.groups",),
    "machines.book_for": ("machines.index", "machines.week"),
    "machines.booking": ("machines.choose",),
    "machines.cancel": ("machines.choose",),
    "machines.index": ("machines.index", "machines.week"),
    "machines.machine": ("machines.index", "machines.week"),
    "machines.machine_day": ("machines.index", "machines.week"),
    "machines.machine_week": ("machines.index", "machines.week"),
    "machines.move": ("machines.choose",),
    "machines.shifts": ("machines.index",),
    "machines.withdraw_shift": ("machines.index",),
    "machines.year": ("machines.year", "machines.index"),
    "pathways.add_my_piece": ("pathways.my_path",),
    "pathways.add_sheet_photo": ("pathways.my_path",),
    "pathways.attendance": ("pathways.groups",),
    "pathways.badges_expiring": ("pathways.badges_ready", "home.front"),
    "pathways.badges_ready": ("pathways.badges_ready", "home.front"),
    "pathways.cancel_session": ("pathways.groups",),
    "pathways.change_sheet": ("pathways.my_path",),
    "pathways.correct": ("young.index",),
    "pathways.gallery": ("pathways.my_path", "pathways.groups"),
    "pathways.gallery_sheet": ("pathways.my_path", "pathways.groups"),
    "pathways.hide_sheet": ("pathways.groups",),
    "pathways.answer_seen": ("pathways.to_validate", "pathways.badges_ready"),
    "pathways.answer_training": ("pathways.to_validate", "pathways.badges_ready"),
    "pathways.badge_page": ("pathways.badges_ready", "pathways.to_validate"),
    "pathways.revoke_many": ("pathways.badges_ready", "pathways.to_validate"),
    "pathways.second_check": ("pathways.badges_ready",),
    "pathways.second_looks": ("pathways.to_validate", "pathways.badges_ready"),
    "pathways.seen_requests": ("pathways.to_validate", "pathways.badges_ready"),
    "pathways.trainings": ("pathways.to_validate", "pathways.badges_ready"),
    "machines.plan_training": ("pathways.to_validate", "pathways.badges_ready"),
    "machines.training": ("pathways.to_validate", "pathways.badges_ready"),
    "pathways.move_session": ("pathways.groups",),
    "pathways.my_evidence": ("pathways.my_path",),
    "pathways.my_piece": ("pathways.my_path",),
    "pathways.my_sheet": ("pathways.my_path",),
    "pathways.new_sheet": ("pathways.my_path",),
    "pathways.revoke_badge": ("pathways.badges_ready", "home.front"),
    "pathways.rights": ("pathways.badges_ready",),
    "pathways.session_evidence": ("pathways.to_validate", "pathways.groups"),
    "pathways.take_back": ("pathways.groups",),
    "pathways.session_page": ("pathways.groups",),
    "pathways.validate": ("pathways.to_validate", "pathways.groups"),
    "search.find": ("young.index",),
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
        ("telling.index", lazy("Prévenir"), "megaphone"),
    ),
    Role.COORDINATOR: (
        ("home.front", lazy("Tableau de bord"), "speedometer2"),
        ("young.index", lazy("Jeunes"), "people"),
        ("pathways.groups", lazy("Groupes"), "collection"),
        ("telling.index", lazy("Prévenir"), "megaphone"),
        ("data_requests.index", lazy("Demandes"), "inbox"),
        ("pathways.badges_ready", lazy("Badges"), "award"),
        ("machines.index", lazy("Machines"), "tools"),
        ("staff.index", lazy("Équipe"), "person-vcard"),
        ("bookings.closures", lazy("Fermetures"), "slash-circle"),
        ("catalogue.show", lazy("Catalogue"), "list-ul"),
        ("journal.show", lazy("Journal"), "clock-fill"),
    ),
    Role.RECEPTION: (
        ("home.front", lazy("Aujourd’hui"), "sun"),
        ("machines.week", lazy("Machines"), "tools"),
        ("young.index", lazy("Jeunes"), "people"),
        ("telling.index", lazy("Prévenir"), "megaphone"),
    ),
    Role.STRUCTURE: (("home.front", lazy("Accueil"), "house-door"),),
    Role.REFERENT: (("home.front", lazy("Mes jeunes"), "people"),),
    Role.ADMINISTRATOR: (
        ("operations.overview", lazy("Installation"), "house-door"),
        ("staff.index", lazy("Équipe"), "people"),
        ("settings.index", lazy("Réglages"), "sliders"),
        ("catalogue.show", lazy("Catalogue"), "list-ul"),
        ("bookings.closures", lazy("Fermetures"), "slash-circle"),
        ("machines.year", lazy("Heures"), "tools"),
        ("journal.show", lazy("Journal"), "clock-fill"),
    ),
}
