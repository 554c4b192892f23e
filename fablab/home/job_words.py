"""Jobs and their results in the reader's words. A job says what it did as counts: «3 sent, 1 late»."""

import re
from collections.abc import Callable

from fablab.i18n import _, lazy, ngettext

NAMES = {
    "letters": lazy("Envoyer les lettres"),
    "bookings ended": lazy("Clore les réservations finies"),
    "hours offered": lazy("Proposer les heures libres à qui attend"),
    "requests unanswered": lazy("Refuser les demandes sans réponse"),
    "badges ending": lazy("Prévenir des badges qui finissent"),
    "small groups": lazy("Voir les groupes trop petits"),
    "own pace ending": lazy("Prévenir des parcours à son rythme qui finissent"),
    "departures forgotten": lazy("Noter les départs oubliés de l’open lab"),
    "sessions over": lazy("Oublier les connexions finies"),
    "files ending": lazy("Effacer les dossiers sans nouvelle depuis longtemps"),
    "merges past": lazy("Oublier de quoi défaire les vieilles fusions"),
    "papers ending": lazy("Prévenir des papiers de structures qui finissent"),
    "desk log": lazy("Oublier le cahier d’il y a plus d’un an"),
    "key holders": lazy("Oublier qui avait les clés et badges rendus"),
    "wrong tries": lazy("Oublier les essais ratés"),
    "not back in time": lazy("Suivre ce qui devait être revenu"),
    "evidence files": lazy("Comparer preuves et fichiers"),
    "backup": lazy("Sauvegarder la maison"),
}

#: the word after a count -> the whole said
COUNTS: dict[str, Callable[[int], str]] = {
    "sent": lambda n: ngettext("%(num)s lettre partie", "%(num)s lettres parties", n),
    "done": lambda n: ngettext("%(num)s réservation close", "%(num)s réservations closes", n),
    "told": lambda n: ngettext("%(num)s personne prévenue", "%(num)s personnes prévenues", n),
    "refused": lambda n: ngettext("%(num)s demande refusée", "%(num)s demandes refusées", n),
    "small groups": lambda n: ngettext("%(num)s groupe trop petit", "%(num)s groupes trop petits", n),
    "departures": lambda n: ngettext("%(num)s départ noté", "%(num)s départs notés", n),
    "forgotten": lambda n: ngettext("%(num)s ligne oubliée", "%(num)s lignes oubliées", n),
    "sessions": lambda n: ngettext("%(num)s connexion oubliée", "%(num)s connexions oubliées", n),
    "openings forgotten": lambda n: ngettext("%(num)s lecture oubliée", "%(num)s lectures oubliées", n),
    "under what is not back": lambda n: ngettext("%(num)s réservation touchée", "%(num)s réservations touchées", n),
    "unexpected": lambda n: ngettext("%(num)s fichier sans ligne", "%(num)s fichiers sans ligne", n),
    "missing": lambda n: ngettext("%(num)s ligne sans fichier", "%(num)s lignes sans fichier", n),
    "erased": lambda n: ngettext("%(num)s dossier effacé", "%(num)s dossiers effacés", n),
    "files ending": lambda n: ngettext("%(num)s dossier annoncé", "%(num)s dossiers annoncés", n),
    "backups": lambda n: ngettext("%(num)s sauvegarde gardée", "%(num)s sauvegardes gardées", n),
}

_COUNT = re.compile(r"(\d+) ([a-z ]+)")


def name(job: str) -> str:
    """The name of a job."""
    return str(NAMES.get(job, job))


def result(said: str, well: bool) -> str:
    """What a job did, or that it failed and with which error."""
    if not well:
        return _("Échec\u00a0: %(error)s (voir les journaux)", error=said)
    return ", ".join(_part(part) for part in said.split(", "))


def _part(said: str) -> str:
    counted = _COUNT.fullmatch(said)
    if counted and counted[2] in COUNTS:
        return COUNTS[counted[2]](int(counted[1]))
    return said
