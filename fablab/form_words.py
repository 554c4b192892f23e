"""What several forms ask, in the same words; and what WTForms' own checks say, by their English sentence."""

from typing import Any

from fablab.i18n import _, lazy

OFFERED = lazy("Choisir une des réponses proposées.")
LONG = lazy("%(max)d lettres au plus.")
_SHORT = lazy("%(min)d lettres au moins.")

#: what forms of several parts ask, in the same words
CHOOSE_DAY, CHOOSE_HOUR = lazy("Choisir un jour."), lazy("Choisir une heure.")
CHOOSE_REAL_DAY = lazy("Choisir un jour qui existe.")
WRITE_HOUR = lazy("Écrire une heure, par exemple 13:30.")
NO_SUCH_HOUR = lazy("Cette heure n’existe pas ce jour-là.")
ENDS_FIRST = lazy("La fin vient après le début.")
WRITE_WHY, WRITE_NAME = lazy("Écrire pourquoi."), lazy("Écrire un nom.")
WRITE_WHO = lazy("Écrire un identifiant ou un nom.")
HALF_ADDRESS = lazy("Cette adresse est incomplète : nom@exemple.org.")
TOO_LONG = lazy("C’est trop long.")
CHOOSE_ANSWER = lazy("Choisir une réponse.")
AT_MOST_200 = lazy("200 caractères au plus.")
AT_MOST_300 = lazy("300 caractères au plus.")
TOO_OLD = lazy("Ce formulaire est trop vieux.")
CHOOSE_PERSON = lazy("Choisir une personne.")
CHOOSE_PEOPLE = lazy("Choisir au moins une personne.")
SAY_WHAT_IS_WRONG = lazy("Dire ce qui ne va pas.")
SAY_HOW_MANY = lazy("Dire combien de personnes viennent.")
SAY_FOR_WHOM = lazy("Dire pour quelle structure.")
WRITE_REASON = lazy("Écrire la raison.")
WRITE_REASON_SHORTLY = lazy("Écrire la raison en quelques mots.")
CHOOSE_REASON = lazy("Choisir une raison.")
CHOOSE_SLOT = lazy("Choisir un créneau.")
NO_NAMES = lazy("Parler de la machine. Aucun nom de personne.")
READ_BY_PEOPLE = lazy("Elle est lue par les personnes concernées.")
WRITE_WHAT_WAS_DONE = lazy("Écrire ce qui a été fait.")
HANDLE_OR_NAME = lazy("Identifiant (renard-42) ou nom.")

#: WTForms' sentence (the singular one, where it has two) -> ours, with its values
WORDS: dict[str, Any] = {
    "This field is required.": lazy("Cette réponse manque."),
    "Not a valid choice.": OFFERED,
    "Invalid Choice: could not coerce.": OFFERED,
    "'%(value)s' is not a valid choice for this field.": OFFERED,
    "Not a valid integer value.": lazy("Écrire un nombre entier."),
    "Not a valid decimal value.": lazy("Écrire un nombre."),
    "Not a valid float value.": lazy("Écrire un nombre."),
    "Not a valid date value.": lazy("Cette date n’existe pas : écrire jour, mois et année."),
    "Not a valid datetime value.": lazy("Cette date n’existe pas : écrire jour, mois et année."),
    "Not a valid time value.": lazy("Cette heure n’existe pas."),
    "Number must be at least %(min)s.": lazy("%(min)s au moins."),
    "Number must be at most %(max)s.": lazy("%(max)s au plus."),
    "Number must be between %(min)s and %(max)s.": lazy("Un nombre de %(min)s à %(max)s."),
    "Field must be at least %(min)d character long.": _SHORT,
    "Field cannot be longer than %(max)d character.": LONG,
    "Field must be exactly %(max)d character long.": lazy("%(max)d lettres exactement."),
    "Field must be between %(min)d and %(max)d characters long.": lazy("De %(min)d à %(max)d lettres."),
}


class Words:
    """The translations that WTForms asks for; what we have no words for is said in general ones."""

    def gettext(self, text: str) -> str:
        """Our sentence for one of WTForms', in the reader's language, its values still to be filled in."""
        return str(WORDS[text]) if text in WORDS else _("Cette réponse ne convient pas.")

    def ngettext(self, one: str, _many: str, _num: int) -> str:
        """The same; ours suit any number."""
        return self.gettext(one)
