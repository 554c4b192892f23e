"""How the house writes: whom its letters come from, which notices leave by mail, and when."""

from fablab import identity
from fablab.home.letter_examples import LETTERS
from fablab.home.settings_facts import Fact, Group
from fablab.i18n import _, lazy

_HOURS = (
    ("0", lazy("À toute heure")),
    ("7", lazy("7\u00a0h")),
    ("8", lazy("8\u00a0h")),
    ("9", lazy("9\u00a0h")),
    ("10", lazy("10\u00a0h")),
)
_NOTICES = tuple((name, letter.title) for name, letter in LETTERS.items() if not letter.always)

_FROM = (
    Fact(
        "letters.sender",
        lazy("Nom de l’expéditeur"),
        lazy("À côté de l’adresse d’envoi, dans la boîte de qui reçoit."),
        most=60,
        default=lambda: identity.ours().name,
    ),
    Fact(
        "letters.reply_to",
        lazy("Adresse des réponses"),
        lazy("Où va une réponse à une lettre."),
        kind="email",
        most=254,
        default=lambda: identity.ours().email or _("l’adresse d’envoi"),
    ),
    Fact(
        "letters.signature",
        lazy("Signature"),
        lazy("La dernière ligne de chaque lettre."),
        most=120,
        default=lambda: _("L’équipe %(of_house)s", of_house=identity.ours().of),
    ),
)
_WHEN = (
    Fact(
        "letters.not_before",
        lazy("Rien ne part avant"),
        lazy("Une lettre écrite dans la nuit attend cette heure. Les liens demandés partent toujours tout de suite."),
        kind="choice",
        choices=_HOURS,
        default=lambda: _("à toute heure"),
    ),
    Fact(
        "letters.only_in_pages",
        lazy("Sans lettre"),
        lazy("Ce qui est coché ne part pas par mail\u00a0: seulement le message en haut de l’accueil."),
        kind="many",
        choices=_NOTICES,
        default=lambda: _("tout part par mail"),
    ),
)

GROUP = Group(
    "lettres",
    lazy("Lettres"),
    lazy("Qui écrit, quand, et ce qui part par mail"),
    ((lazy("Qui écrit"), _FROM), (lazy("Ce qui part, et quand"), _WHEN)),
)
