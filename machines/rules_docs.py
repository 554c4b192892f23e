"""The rules of what stands on the page of a machine: pure. Facts in, refusals out."""

from fablab.i18n import _
from fablab.refusals import Refusal
from machines.values_docs import MOST
from pathways.rules_evidence import link_refusals


def add_refusals(kind: str, url: str, file_name: str, *, there: int) -> list[Refusal]:
    """Why something is not put on a machine's page; ``there``: how many files and links it has."""
    if kind == "photo":
        return []
    found = []
    if there >= MOST:
        found.append(Refusal("docs_many", _("Déjà %(num)s documents\u00a0: en retirer un d’abord.", num=there)))
    if kind == "link":
        found += link_refusals(url)
    elif not file_name.endswith(".pdf"):
        found.append(Refusal("doc_not_pdf", _("Choisir un fichier PDF."), field="file"))
    return found


def choice_refusals(*, url: bool, file: bool) -> list[Refusal]:
    """Why nothing is to be added: a link or a file is wanted, one of the two."""
    if url and file:
        return [Refusal("doc_two", _("Un lien ou un fichier, l’un des deux."), field="url")]
    return [] if url or file else [Refusal("doc_none", _("Copier un lien, ou choisir un fichier."), field="url")]


def remove_refusals(*, gone: bool) -> list[Refusal]:
    """Why it is not taken off: it was."""
    return [Refusal("doc_gone", _("C’est déjà retiré."))] if gone else []


def put_back_refusals(*, gone: bool) -> list[Refusal]:
    """Why it is not put back: it stands."""
    return [] if gone else [Refusal("doc_there", _("C’est déjà sur la page."))]
