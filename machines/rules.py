"""The rules of machines: pure, each with its own code. Facts in, refusals out, ``now`` as an argument.

They say everything at once, in the words of the young person («je»); ``facts`` of a refusal give the team's words
under "staff". Soft ones may be passed by the team with a written reason: never badge, age, supervision, paper.
Where they come from: machines/data/machines.yaml (house rules, not a legal table).
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime

from bookings.values import Ask
from fablab.i18n import _, say_day_from
from fablab.people.rules import Agreement, age_on, covered, may_take_part, needs_parental_authorisation
from fablab.refusals import Refusal, Step
from machines import supervision
from machines.refusing import say_no
from machines.rules_absences import suspended_for_absences
from machines.rules_badges import badge_expires, badge_lapsed, badge_missing
from machines.rules_past_closing import runs_past_closing
from machines.rules_quotas import too_many_bookings, week_hours_all, week_hours_machine
from machines.rules_waiting import kept_for_line
from machines.values import Facts, Level, Sheet, slot_day

Rule = Callable[[Ask, Facts, datetime], list[Refusal]]

#: about the person, whatever the hour: while one of these stands, the machine is «pas encore»
ABOUT_ME = frozenset(
    (
        "badge_missing",
        "badge_expires",
        "badge_lapsed",
        "birth_date_missing",
        "age_too_young",
        "authorisation_missing",
        "derogation_missing",
    )
)


def refusals(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    """Every reason of this part against somebody's own booking; a group session is watched by its leads."""
    if ask.kind != "own":
        return []
    return [refusal for rule in RULES for refusal in rule(ask, facts, now)]


def level_of(ask: Ask, facts: Facts) -> Level | None:
    """The level of supervision of a booking, deduced; None when age or shifts allow none."""
    if facts.holder.birth_date is None:
        return None
    key = (ask.there, ask.moving)
    if key not in facts.known:
        age = age_on(facts.holder.birth_date, slot_day(ask.slot))
        facts.known[key] = supervision.deduce(facts.sheet, age, ask.there, facts.day, moving=ask.moving)
    level: Level | None = facts.known[key]
    return level


def birth_date_missing(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    """Without a birth date nobody can say at what level of supervision this person works."""
    if facts.holder.birth_date is not None:
        return []
    young = _("Ma date de naissance n’est pas notée.") + " " + _("Je la donne à l’accueil.")
    return [say_no("birth_date_missing", young, _("Date de naissance à noter."), effect="warn")]


def age_too_young(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    """Too young on the local day of the SLOT, even with a facilitator beside."""
    birth, sheet = facts.holder.birth_date, facts.sheet
    if birth is None or supervision.allowed_levels(sheet, age_on(birth, slot_day(ask.slot))):
        return []
    least = min(age for age in (sheet.min_age(level) for level in supervision.LEVELS) if age is not None)
    young = _("Cette machine, c’est à partir de %(age)s ans.", age=least) + " " + _("J’en choisis une autre.")
    staff = _("Trop jeune le jour du créneau : à partir de %(age)s ans.", age=least)
    return [say_no("age_too_young", young, staff, step=_other_machine(), effect="warn", values={"age": least})]


def authorisation_missing(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    """Under 18 on the day of the slot, without a parental authorisation for machines that covers that day."""
    holder, day = facts.holder, slot_day(ask.slot)
    if holder.birth_date is None or may_take_part(holder.birth_date, holder.agreements, "machines", day):
        return []
    young = _("Il me manque l’accord d’un parent pour les machines.") + " " + _("Je demande le papier à l’accueil.")
    staff = _("Pas d’autorisation parentale « machines » le %(day)s.", day=say_day_from(day, now))
    return [say_no("authorisation_missing", young, staff, effect="cancel", values={"day": day.isoformat()})]


def derogation_missing(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    """A vocational trainee under 18 on a regulated machine, without a derogation that covers the day of the slot."""
    holder, day = facts.holder, slot_day(ask.slot)
    if not lacks_derogation(facts.sheet, holder.birth_date, holder.agreements, day):
        return []
    young = (
        _("Stagiaire et mineur\u00a0: il me manque un papier pour cette machine.")
        + " "
        + _("Je le demande à l’équipe.")
    )
    staff = _("Stagiaire mineur, sans dérogation en cours le %(day)s.", day=say_day_from(day, now))
    return [say_no("derogation_missing", young, staff, effect="cancel", values={"day": day.isoformat()})]


def lacks_derogation(sheet: Sheet, birth: date | None, agreements: Iterable[Agreement], day: date) -> bool:
    """Whether somebody would do regulated work that day as a trainee under 18, without the derogation it asks.

    Labour code, D.4153-15 and following: reference, end and medical opinion are recorded together as one agreement.
    """
    if not sheet.regulated or not needs_parental_authorisation(birth, day):
        return False
    held = tuple(agreements)
    return covered(held, "trainee", day) and not covered(held, "derogation", day)


def supervision_missing(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    """Nobody can watch over this person, at the freest level that their age allows, for the whole slot."""
    birth = facts.holder.birth_date
    if birth is None:
        return []
    allowed = supervision.allowed_levels(facts.sheet, age_on(birth, slot_day(ask.slot)))
    if not allowed or level_of(ask, facts) is not None:
        return []
    needs = {
        "beside": _("Il faut un animateur à côté de moi."),
        "in_room": _("Il faut un animateur dans la salle."),
        "autonomous": _("Il faut un adulte de l’équipe dans la maison."),
    }[allowed[0]]
    young = " ".join((needs, _("À cette heure, personne n’est libre."), _("Je choisis une autre heure.")))
    staff = {
        "beside": _("Aucun animateur libre à côté pendant tout le créneau."),
        "in_room": _("Aucune permanence en salle pendant tout le créneau."),
        "autonomous": _("Aucun adulte de l’équipe dans la maison pendant tout le créneau."),
    }[allowed[0]]
    return [say_no("supervision_missing", young, staff, field="slot", effect="warn")]


def two_adults(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    """A machine of high risk runs only with enough adults of the team in the room, the whole slot long."""
    least = facts.limits.min_adults_high_risk
    if not supervision.lacks_adults(facts.sheet, ask.there, facts.day, least):
        return []
    young = _("Cette machine demande %(num)s adultes dans la salle.", num=least)
    young += " " + _("Je choisis une autre heure.")
    staff = _("Moins de %(num)s adultes dans la salle : machine à risque élevé.", num=least)
    return [say_no("two_adults", young, staff, field="slot", effect="warn", values={"num": least})]


def too_many_minors(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    """One more minor would be too many for the adults in the room."""
    birth, most = facts.holder.birth_date, facts.limits.max_minors_per_adult
    if birth is None or not needs_parental_authorisation(birth, slot_day(ask.slot)):
        return []
    mine = (facts.holder.id,)
    if not supervision.minors_over(ask.there, facts.day, most, moving=ask.moving, besides=mine):
        return []
    young = _("La salle est pleine à cette heure.") + " " + _("Je choisis une autre heure.")
    staff = _("Plus de %(num)s mineurs par adulte à ce moment.", num=most)
    return [say_no("too_many_minors", young, staff, field="slot", effect="warn", values={"num": most})]


#: every rule, in the order in which a person would want to hear them
RULES: tuple[Rule, ...] = (
    badge_missing,
    badge_expires,
    badge_lapsed,
    birth_date_missing,
    age_too_young,
    authorisation_missing,
    derogation_missing,
    supervision_missing,
    two_adults,
    too_many_minors,
    suspended_for_absences,
    too_many_bookings,
    week_hours_all,
    week_hours_machine,
    kept_for_line,
    runs_past_closing,
)


def _other_machine() -> Step:
    return Step(_("Voir les machines"), "/reserver")
