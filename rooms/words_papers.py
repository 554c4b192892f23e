"""How the papers of organisations and the conditions asked of them are called."""

from fablab.i18n import lazy

PAPERS = {
    "convention": lazy("convention"),
    "insurance": lazy("attestation d’assurance"),
    "statutes": lazy("statuts et récépissé"),
}
CONDITIONS = {
    "general_interest": lazy("intérêt général"),
    "seat_in_town": lazy("siège dans la ville"),
    "committee_agreement": lazy("accord du comité"),
}
#: where a paper stands: the chip that says so, and its words
STATES = {
    "sent": ("to_check", lazy("À contrôler")),
    "missing": ("paper_missing", lazy("Manque")),
    "over": ("paper_missing", lazy("Fini")),
    "later": ("paper_missing", lazy("Pas commencé")),
    "soon": ("expires_soon", lazy("Finit bientôt")),
    "said": ("not_yet", lazy("Dit, papier pas vu")),
    "valid": ("done", lazy("En ordre")),
}
#: why a paper will not do
REASONS = {
    "unreadable": lazy("On ne peut pas le lire."),
    "other_paper": lazy("Ce n’est pas le papier demandé."),
    "other_name": lazy("Il n’est pas au nom de la structure."),
    "not_signed": lazy("Il n’est pas signé."),
    "ended": lazy("Sa date de fin est passée, ou ne suffit pas."),
}
