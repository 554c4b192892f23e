"""Why a letter has not left, in the reader's words. The sender keeps a code: «answered:recipient:550»."""

from fablab.i18n import _, lazy

#: where the conversation with the mail server was
_STEPS = {
    "connect": lazy("à l’appel du serveur"),
    "greeting": lazy("aux présentations"),
    "starttls": lazy("au chiffrement"),
    "login": lazy("à la connexion au compte"),
    "sender": lazy("à l’adresse de la maison"),
    "recipient": lazy("à l’adresse de la personne"),
    "data": lazy("avant la lettre"),
    "letter": lazy("pendant la lettre"),
    "answer": lazy("après la lettre, avant la réponse"),
}


def why(code: str | None) -> str:
    """What a code says; one that nobody knows stays as it is."""
    if code is None:
        return _("L’envoi a été coupé deux fois.")
    kind, _colon, rest = code.partition(":")
    step, _colon, answer = rest.partition(":")
    where = _STEPS.get(step, step)
    if kind == "answered":
        return _("Le serveur a dit non %(where)s (%(answer)s).", where=where, answer=answer)
    if kind == "silent":
        return _("Le serveur s’est tu %(where)s.", where=where)
    if kind == "broken":
        return _("Le serveur a coupé %(where)s.", where=where)
    if kind == "garbled":
        return _("Le serveur a répondu autre chose qu’attendu %(where)s.", where=where)
    if kind == "plain_only":
        return _("Le serveur ne connaît que les adresses sans accent.")
    if kind == "folder":
        return _("Le dossier des lettres ne s’écrit pas.")
    if kind == "fault":
        return _("La lettre n’a pas pu être mise en forme (voir les journaux).")
    return code
