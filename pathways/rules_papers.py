"""The rules of papers: what is asked of whom, what is missing, and what its absence blocks. Facts in, refusals out.

A missing paper warns and refuses nothing. One blocks: the parental authorisation of a minor, and exactly what it
covers, which is taking part in the sessions of the group. Machines of one's own and photos have agreements of their own
(machines/rules.py, pathways/rules_evidence.py); whether an agreement is needed and covers a day is one rule for all,
``may_take_part`` in fablab/people/rules.py.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from fablab.i18n import _, say_short_day
from fablab.people.rules import covered, may_take_part, needs_parental_authorisation
from fablab.refusals import Refusal
from pathways.values_papers import PARENTAL, PHOTOS, PaperLine, PapersKnown

#: the agreement that lets a minor come to sessions
SESSIONS = "participation"


def checklist(asked: Sequence[Mapping[str, Any]], known: PapersKnown, day: date) -> list[PaperLine]:
    """The papers asked of somebody on a day, in the pathway's order; those of minors are not asked of an adult."""
    minor = needs_parental_authorisation(known.birth_date, day)
    wanted = [one for one in asked if minor or not (one.get("minors_only") or one["paper"] == PARENTAL)]
    return [_line(str(one["paper"]), str(one["label"]), known, day) for one in wanted]


def _line(code: str, label: str, known: PapersKnown, day: date) -> PaperLine:
    if code == PARENTAL:
        return _parental(label, known, day)
    if receipt := known.receipts.get(code):
        return PaperLine(code, label, "ticked", on=receipt.on, by=receipt.by)
    if code == PHOTOS and known.photos_said:
        return PaperLine(code, label, "desk")
    return PaperLine(code, label)


def _parental(label: str, known: PapersKnown, day: date) -> PaperLine:
    found = next((one for one in known.agreements if covered([one], SESSIONS, day)), None)
    if found:
        return PaperLine(PARENTAL, label, "agreement", on=found.signed_on, until=found.valid_until)
    if known.held_by:
        return PaperLine(PARENTAL, label, "elsewhere", by=known.held_by)
    blocks = not may_take_part(known.birth_date, known.agreements, SESSIONS, day)
    return PaperLine(PARENTAL, label, blocks=blocks)


def presence_refusals(statuses: Mapping[int, str], blocked: Mapping[int, str], day: date) -> list[Refusal]:
    """Minors who cannot be noted there: ``blocked`` gives the names of those whose parents have not agreed."""
    return [
        Refusal(
            "authorisation_missing",
            _(
                "%(name)s ne participe pas le %(day)s\u00a0: notez d’abord l’accord d’un parent.",
                name=name,
                day=say_short_day(day),
            ),
            facts=(("person_id", person_id),),
        )
        for person_id, name in blocked.items()
        if statuses.get(person_id) in ("present", "late")
    ]


def recording_refusals(*, by_team: bool) -> list[Refusal]:
    """Only the team says which papers came, and which never did."""
    return [] if by_team else [Refusal("not_facilitator", _("Seule l’équipe note les papiers reçus."))]


def keeping_refusals(*, by_team: bool) -> list[Refusal]:
    """Only the team says who keeps the authorisations of a group."""
    return [] if by_team else [Refusal("not_facilitator", _("Seule l’équipe dit qui garde les autorisations."))]


def receive_refusals(
    code: str, asked: Collection[str], received_on: date, today: date, *, may_manage: bool, ended: bool
) -> list[Refusal]:
    """Why this paper cannot be ticked so."""
    found = recording_refusals(by_team=may_manage)
    if ended:
        found.append(Refusal("already_ended", _("Ce parcours est déjà terminé.")))
    if code == PARENTAL:
        sentence = _("L’accord d’un parent se note parmi les autorisations du jeune.")
        found.append(Refusal("paper_is_agreement", sentence, field="paper"))
    elif code not in asked:
        found.append(Refusal("paper_unknown", _("Ce parcours ne demande pas ce papier."), field="paper"))
    if received_on > today:
        found.append(Refusal("received_later", _("Ce jour n’est pas encore venu."), field="received_on"))
    return found
