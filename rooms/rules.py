"""The rules of rooms: pure, each with its own code. Facts in, refusals out.

Opening hours, closures, the gauge of the building, notice and horizon are the engine's (bookings/rules.py).
Where they come from: rooms/data/rooms.yaml, ``booking_rules`` (house rules, modelled on documented municipal practice).
"""

from collections.abc import Callable, Collection
from datetime import date

from bookings.values import Ask
from fablab.i18n import _, say_date, say_length
from fablab.refusals import Refusal
from rooms.values import Facts, WaitsFor, last_day

Rule = Callable[[Ask, Facts], list[Refusal]]


def refusals(ask: Ask, facts: Facts) -> list[Refusal]:
    """Every reason of this part against an organisation's booking; anything else in a room is not its business."""
    if ask.kind != "rental":
        return []
    return [refusal for rule in RULES for refusal in rule(ask, facts)]


def warnings(ask: Ask, facts: Facts) -> list[Refusal]:
    """What whoever books should know, and may do all the same."""
    if ask.kind != "rental" or ask.headcount > facts.sheet.safety_gauge:
        return []
    if ask.headcount <= facts.sheet.usual_capacity:
        return []
    sentence = _("La salle est prévue pour %(num)s personnes.", num=facts.sheet.usual_capacity)
    return [Refusal("over_usual", sentence, field="people", soft=True)]


def structure_missing(ask: Ask, facts: Facts) -> list[Refusal]:
    """A room is lent to an organisation that the house knows."""
    if facts.tenant is not None:
        return []
    return [Refusal("structure_missing", _("Dire pour quelle structure."), field="structure")]


def headcount_missing(ask: Ask, facts: Facts) -> list[Refusal]:
    """The number of people is asked of every booking."""
    if ask.headcount >= 1:
        return []
    return [Refusal("headcount_missing", _("Dire combien de personnes viennent."), field="people")]


def over_gauge(ask: Ask, facts: Facts) -> list[Refusal]:
    """More people than the safety gauge of the room: nobody passes it, whatever the reason (fire safety)."""
    most = facts.sheet.safety_gauge
    if ask.headcount <= most:
        return []
    sentence = _("Trop de monde pour cette salle\u00a0: %(most)s personnes au plus.", most=most)
    return [Refusal("over_gauge", sentence, field="people", effect="warn", values=(("most", most),))]


def applicant_refused(ask: Ask, facts: Facts) -> list[Refusal]:
    """The house lends nothing to this kind of applicant."""
    if facts.tenant is None or not facts.limits.terms(facts.tenant.kind).refused:
        return []
    sentence = _("La maison ne prête pas de salle à ce type de demandeur.")
    return [Refusal("applicant_refused", sentence, field="structure")]


def insurance_missing(ask: Ask, facts: Facts) -> list[Refusal]:
    """No certificate of civil liability was ever given; the team may pass it with a reason."""
    tenant = facts.tenant
    if tenant is None or not tenant.insurance_required or tenant.insurance_until is not None:
        return []
    sentence = _("Il manque l’attestation d’assurance de la structure.")
    return [Refusal("insurance_missing", sentence, field="structure", soft=True, effect="warn")]


def insurance_ends(ask: Ask, facts: Facts) -> list[Refusal]:
    """The insurance is over on the DAY of the slot, whatever it is today; the team may pass it with a reason."""
    tenant, day = facts.tenant, last_day(ask.slot)
    if tenant is None or tenant.insured_on(day) or (ended := tenant.insurance_ended(day)) is None:
        return []
    sentence = _("L’assurance de la structure s’arrête le %(day)s.", day=say_date(ended))
    values = (("day", ended.isoformat()),)
    return [Refusal("insurance_ends", sentence, field="structure", soft=True, effect="warn", values=values)]


def insurance_begins(ask: Ask, facts: Facts) -> list[Refusal]:
    """The only insurance known begins after the DAY of the slot; the team may pass it with a reason."""
    tenant, day = facts.tenant, last_day(ask.slot)
    if tenant is None or tenant.insured_on(day) or tenant.insurance_ended(day) is not None:
        return []
    if (begins := tenant.insurance_begins(day)) is None:
        return []
    sentence = _("L’assurance de la structure commence le %(day)s.", day=say_date(begins))
    values = (("day", begins.isoformat()),)
    return [Refusal("insurance_begins", sentence, field="structure", soft=True, effect="warn", values=values)]


def quota_used(ask: Ask, facts: Facts) -> list[Refusal]:
    """The organisation would pass the hours that the house gave it for the season; the team may let it, with a reason.

    What it has and what it asked for count; a date that was granted is never asked again.
    """
    if facts.quota is None or ask.slot.minutes <= facts.quota.left:
        return []
    said = {"hours": say_length(facts.quota.minutes), "left": say_length(facts.quota.left)}
    sentence = _("Il reste %(left)s à la structure, sur %(hours)s pour la saison.", **said)
    return [Refusal("quota_used", sentence, field="structure", soft=True)]


#: every rule, in the order in which a person would want to hear them
RULES: tuple[Rule, ...] = (
    structure_missing,
    applicant_refused,
    headcount_missing,
    over_gauge,
    insurance_missing,
    insurance_ends,
    insurance_begins,
    quota_used,
)


def for_others(structure_id: int | None, own: Collection[int]) -> list[Refusal]:
    """A contact asks for the organisations that they act for that day, and for no other."""
    if structure_id is None or structure_id in own:
        return []
    return [Refusal("not_your_structure", _("Vous n’agissez pas pour cette structure."), field="structure")]


def waits_for(facts: Facts, day: date, *, by_coordination: bool = False) -> list[WaitsFor]:
    """What a booking without any refusal still waits for, its last day being so; nothing: it is confirmed at once.

    ``by_coordination``: they make it themselves, and so say yes to it.
    """
    found: list[WaitsFor] = []
    if facts.sheet.approval == "coordination" and not by_coordination:
        found.append("coordination")
    if facts.tenant is None:
        return found
    asked = facts.limits.terms(facts.tenant.kind).conditions
    if convention_due(facts, day):
        found.append("convention")
    if "committee_agreement" in asked:
        found.append("committee")
    return found


def convention_due(facts: Facts, day: date) -> bool:
    """Whether a convention is asked of whoever has the room and none covers the day; granted already, it is due."""
    if facts.tenant is None or "convention" not in facts.limits.terms(facts.tenant.kind).conditions:
        return False
    return not facts.tenant.convention_on(day)
