"""What the house says of itself, as settings: names, how to reach it, what the law wants said."""

from fablab import identity
from fablab.home.settings_facts import Fact, Group
from fablab.i18n import _, lazy

_NAMES = (
    Fact(
        "house.name", lazy("Nom"), lazy("Dans les pages, les lettres, les cartes, la copie des données."),
        most=160, required=True,
    ),
    Fact(
        "house.short_name", lazy("Nom court"), lazy("Dans le titre des pages."),
        most=40, default=lambda: identity.ours().name,
    ),
    Fact(
        "house.mark", lazy("Mots du logo"), lazy("À côté de la roue, en haut de chaque page."),
        most=40, default=lambda: identity.ours().short_name,
    ),
    Fact(
        "house.workshop", lazy("Nom de l’atelier"),
        lazy("Avec son petit article, «\u00a0le Fablab\u00a0»\u00a0: titres et aides des pages."),
        most=60, default=lambda: "le Fablab",
    ),
    Fact("house.city", lazy("Ville"), lazy("Page d’accueil publique et mentions légales."), most=80),
)  # fmt: skip
_REACHED = (
    Fact(
        "house.welcome", lazy("Phrase d’ouverture"), lazy("En tête de la page d’accueil publique, en français."),
        default=lambda: identity.ours().usual_welcome,
    ),
    Fact(
        "house.welcome_english", lazy("La même en anglais"), lazy("Pour qui lit les pages en anglais."),
        default=lambda: _("une phrase toute faite"),
    ),
    Fact("house.address", lazy("Adresse"), lazy("Mentions légales."), default=lambda: _("pas encore indiquée")),
    Fact("house.phone", lazy("Téléphone de l’accueil"), lazy("Mentions légales."), kind="phone"),
    Fact(
        "house.email", lazy("Adresse e-mail de l’accueil"), lazy("Mentions légales, et réponses aux lettres."),
        kind="email", most=254,
    ),
)  # fmt: skip
_OWED = (
    Fact(
        "house.publisher", lazy("Éditeur"), lazy("Qui répond du service, dans les mentions légales."),
        most=120, default=lambda: identity.ours().name,
    ),
    Fact(
        "house.publication_director", lazy("Direction de la publication"), lazy("La loi le demande."),
        most=120, default=lambda: _("pas encore indiquée"),
    ),
    Fact(
        "house.host", lazy("Hébergement"), lazy("Mentions légales\u00a0: nom et adresse de l’hébergeur."),
        default=lambda: _("pas encore indiqué"),
    ),
    Fact(
        "house.public_service", lazy("Mission de service public"),
        lazy("La page des données personnelles le dit comme raison de garder des données."),
        kind="yes_no", default=lambda: _("non"),
    ),
    Fact(
        "house.dpo", lazy("Protection des données"), lazy("À qui écrire\u00a0: page des données personnelles."),
        default=lambda: _("l’équipe"),
    ),
    Fact(
        "house.accessibility_contact", lazy("Accessibilité"), lazy("À qui écrire quand une page bloque."),
        default=lambda: _("l’accueil"),
    ),
)  # fmt: skip

GROUP = Group(
    "maison",
    lazy("La maison"),
    lazy("Comment elle se nomme et se présente"),
    ((lazy("Noms"), _NAMES), (lazy("Accueil"), _REACHED), (lazy("Ce que la loi demande"), _OWED)),
)
