"""The rules of machines: pure, each with its own code. Facts in, refusals out, ``now`` as an argument.

They say everything at once, in the words of the young person («je»); ``facts`` of a refusal give the team's words
under "staff". Soft ones may be passed by the team with a written reason: never badge, age, supervision, paper.
Where they come from: machines/data/machines.yaml (house rules, not a legal table).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime

from bookings.values import Ask, Slot
from fablab import clock
from fablab.i18n import _, ngettext, say_date, say_day_from, say_length
from fablab.people.rules import age_on, covered, needs_parental_authorisation
from fablab.refusals import Effect, Refusal, Step
from machines import supervision
from machines.values import Facts, Level
from pathways.progress import missing_words, renewal_words
from pathways.values import Gap, Lack, Standing, last_day

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
#: first and last minutes that count of a machine which runs without somebody in front of it
STARTED, ENDED = 30, 30


def refusals(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    """Every reason of this part against somebody's own booking; a group session is watched by its leads."""
    if ask.kind != "own":
        return []
    return [refusal for rule in RULES for refusal in rule(ask, facts, now)]


def level_of(ask: Ask, facts: Facts) -> Level | None:
    """The level of supervision of a booking, deduced; None when age or shifts allow none."""
    if facts.holder.birth_date is None:
        return None
    key = (ask.slot, ask.moving)
    if key not in facts.known:
        age = age_on(facts.holder.birth_date, slot_day(ask.slot))
        facts.known[key] = supervision.deduce(facts.sheet, age, ask.slot, facts.day, moving=ask.moving)
    level: Level | None = facts.known[key]
    return level


def slot_day(slot: Slot) -> date:
    """The local day on which ages and papers are looked at: that of the slot's start."""
    return clock.local_day(slot.start)


def counted_minutes(slot: Slot, *, constant_watch: bool) -> int:
    """Minutes that a slot takes from the weekly hours.

    A machine that runs alone counts only its first and last half hours, when somebody stands in front of it.
    """
    return slot.minutes if constant_watch else min(slot.minutes, STARTED + ENDED)


def badge_missing(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    """The badge of the machine, or one it rests on, was never handed over, or was taken back."""
    found = []
    for lack in facts.lacking(ask.slot.end, now):
        if lack.reason in ("never", "revoked"):
            name = _badge_name(lack.code, facts)
            gap = facts.holder.gaps.get(lack.code)
            young = _("Il me faut le badge %(badge)s.", badge=name)
            staff = _("Badge %(badge)s non obtenu.", badge=name)
            if lack.reason == "revoked":
                revoked = facts.holder.standings[lack.code]
                young, staff = _revoked_words(revoked, gap), _("Badge %(badge)s retiré.", badge=name)
            elif gap is not None:
                young += " " + _what_is_there(gap)
            refusal = _refusal("badge_missing", young, staff, step=_my_path(), effect="cancel", values={"badge": name})
            found.append(replace(refusal, facts=(*refusal.facts, ("gap", gap))))
    return found


def _what_is_there(gap: Gap) -> str:
    """What somebody already has of a badge never handed over."""
    if gap.ready:
        return missing_words(gap)
    total = len(gap.missing) + len(gap.reached) + len(gap.badge.prerequisites)
    held = max(total - len(gap.missing) - len(gap.badges), 0)
    return ngettext("J’ai %(num)s chose sur %(total)s.", "J’ai %(num)s choses sur %(total)s.", held, total=total)


def _revoked_words(standing: Standing, gap: Gap | None) -> str:
    """A badge taken back: since when, why, and how to get it again, as the page of badges says it."""
    day = say_date(standing.ended_at) if standing.ended_at else ""
    said = [_("Mon badge %(badge)s est retiré depuis le %(day)s.", badge=standing.name, day=day)]
    said.append(standing.ended_reason or "")
    said.append(renewal_words(gap) if gap else _("Pour le reprendre, je demande à un animateur."))
    return " ".join(one for one in said if one)


def badge_expires(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    """A badge is over, or will be before the END of the slot."""
    found = []
    for lack in facts.lacking(ask.slot.end, now):
        if lack.reason in ("expired", "expires_before"):
            name, last = _badge_name(lack.code, facts), _last_day(lack, now)
            young = _("Mon badge %(badge)s est fini le %(day)s.", badge=name, day=last)
            if lack.reason == "expires_before":
                young = _("Mon badge %(badge)s se termine le %(day)s.", badge=name, day=last)
            young += " " + _("Je le renouvelle avec un animateur.")
            staff = _("Badge %(badge)s : fin le %(day)s, avant la fin du créneau.", badge=name, day=last)
            values = {"badge": name, "day": _iso_day(lack)}
            found.append(_refusal("badge_expires", young, staff, step=_my_badges(), effect="cancel", values=values))
    return found


def badge_lapsed(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    """A badge sleeps since its machines were not used for too long; checking in before that moment keeps it awake."""
    found = []
    for lack in facts.lacking(ask.slot.end, now):
        too_late = lack.since is not None and lack.since <= ask.slot.start
        if lack.reason == "lapsed" or (lack.reason == "lapses_before" and too_late):
            name, last = _badge_name(lack.code, facts), _last_day(lack, now)
            young = _("Mon badge %(badge)s dort : je ne m’en sers plus.", badge=name)
            young += " " + _("Je refais un essai avec un animateur.")
            staff = _("Badge %(badge)s en sommeil depuis le %(day)s : essai à refaire.", badge=name, day=last)
            values = {"badge": name, "day": _iso_day(lack)}
            found.append(_refusal("badge_lapsed", young, staff, step=_my_badges(), effect="warn", values=values))
    return found


def birth_date_missing(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    """Without a birth date nobody can say at what level of supervision this person works."""
    if facts.holder.birth_date is not None:
        return []
    young = _("Ma date de naissance n’est pas notée.") + " " + _("Je la donne à l’accueil.")
    return [_refusal("birth_date_missing", young, _("Date de naissance à noter."), effect="warn")]


def age_too_young(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    """Too young on the local day of the SLOT, even with a facilitator beside."""
    birth, sheet = facts.holder.birth_date, facts.sheet
    if birth is None or supervision.allowed_levels(sheet, age_on(birth, slot_day(ask.slot))):
        return []
    least = min(age for age in (sheet.min_age(level) for level in supervision.LEVELS) if age is not None)
    young = _("Cette machine, c’est à partir de %(age)s ans.", age=least) + " " + _("J’en choisis une autre.")
    staff = _("Trop jeune le jour du créneau : à partir de %(age)s ans.", age=least)
    return [_refusal("age_too_young", young, staff, step=_other_machine(), effect="warn", values={"age": least})]


def authorisation_missing(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    """Under 18 on the day of the slot, without a parental authorisation for machines that covers that day."""
    holder, day = facts.holder, slot_day(ask.slot)
    if holder.birth_date is None or not needs_parental_authorisation(holder.birth_date, day):
        return []
    if covered(holder.agreements, "machines", day):
        return []
    young = _("Il me manque l’accord d’un parent pour les machines.") + " " + _("Je demande le papier à l’accueil.")
    staff = _("Pas d’autorisation parentale « machines » le %(day)s.", day=say_day_from(day, now))
    return [_refusal("authorisation_missing", young, staff, effect="cancel", values={"day": day.isoformat()})]


def derogation_missing(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    """A vocational trainee under 18 on a regulated machine, without a derogation that covers the day of the slot.

    Labour code, D.4153-15 and following (domain notes, 1.4): reference, end and medical opinion are all recorded.
    """
    holder, day = facts.holder, slot_day(ask.slot)
    if not facts.sheet.regulated or not needs_parental_authorisation(holder.birth_date, day):
        return []
    if not covered(holder.agreements, "trainee", day) or covered(holder.agreements, "derogation", day):
        return []
    young = (
        _("Stagiaire et mineur\u00a0: il me manque un papier pour cette machine.")
        + " "
        + _("Je le demande à l’équipe.")
    )
    staff = _("Stagiaire mineur, sans dérogation en cours le %(day)s.", day=say_day_from(day, now))
    return [_refusal("derogation_missing", young, staff, effect="cancel", values={"day": day.isoformat()})]


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
    return [_refusal("supervision_missing", young, staff, field="slot", effect="warn")]


def two_adults(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    """A machine of high risk runs only with enough adults of the team in the room, the whole slot long."""
    least = facts.limits.min_adults_high_risk
    if facts.sheet.risk != "high" or supervision.adults_in_room(ask.slot, facts.day) >= least:
        return []
    young = _("Cette machine demande %(num)s adultes dans la salle.", num=least)
    young += " " + _("Je choisis une autre heure.")
    staff = _("Moins de %(num)s adultes dans la salle : machine à risque élevé.", num=least)
    return [_refusal("two_adults", young, staff, field="slot", effect="warn", values={"num": least})]


def too_many_minors(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    """One more minor would be too many for the adults in the room."""
    birth, most = facts.holder.birth_date, facts.limits.max_minors_per_adult
    if birth is None or not needs_parental_authorisation(birth, slot_day(ask.slot)):
        return []
    if not supervision.minors_over(ask.slot, facts.day, most, moving=ask.moving):
        return []
    young = _("La salle est pleine à cette heure.") + " " + _("Je choisis une autre heure.")
    staff = _("Plus de %(num)s mineurs par adulte à ce moment.", num=most)
    return [_refusal("too_many_minors", young, staff, field="slot", effect="warn", values={"num": most})]


def too_many_bookings(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    """So many bookings still to be lived, and no more."""
    most = facts.limits.max_active_bookings
    active = sum(own.active for own in facts.holder.own if own.booking_id != ask.moving)
    if active < most:
        return []
    young = ngettext("J’ai déjà %(num)s réservation.", "J’ai déjà %(num)s réservations.", active)
    young += " " + _("J’en annule une, ou j’attends.")
    staff = ngettext("Déjà %(num)s réservation à venir.", "Déjà %(num)s réservations à venir.", active)
    return [_refusal("too_many_bookings", young, staff, soft=True, step=Step(_("Mes réservations"), "/"))]


def week_hours_all(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    """So many hours in the ISO week of the slot, all machines together."""
    most = facts.limits.max_weekly_hours * 60
    used = _week_minutes(ask, facts)
    if used + counted_minutes(ask.slot, constant_watch=facts.sheet.constant_watch) <= most:
        return []
    young = _("Par semaine, c’est %(most)s au plus.", most=say_length(most))
    young += " " + _("J’ai déjà %(used)s cette semaine-là.", used=say_length(used))
    staff = _("Déjà %(used)s cette semaine-là, sur %(most)s.", used=say_length(used), most=say_length(most))
    return [_refusal("week_hours_all", young, staff, field="slot", soft=True)]


def week_hours_machine(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    """So many minutes of this machine in the ISO week of the slot."""
    most = facts.sheet.max_week_minutes
    used = _week_minutes(ask, facts, machine_id=facts.sheet.id)
    if used + counted_minutes(ask.slot, constant_watch=facts.sheet.constant_watch) <= most:
        return []
    young = _("Cette machine, c’est %(most)s par semaine.", most=say_length(most))
    young += " " + _("J’ai déjà %(used)s cette semaine-là.", used=say_length(used))
    staff = _("Cette machine : déjà %(used)s, sur %(most)s par semaine.", used=say_length(used), most=say_length(most))
    return [_refusal("week_hours_machine", young, staff, field="slot", soft=True)]


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
    too_many_bookings,
    week_hours_all,
    week_hours_machine,
)


def _badge_name(code: str, facts: Facts) -> str:
    standing = facts.holder.standings.get(code)
    if standing is not None:
        return standing.name
    return facts.sheet.badge_name if code == facts.sheet.badge_code else facts.badge_names.get(code, code)


def _last_day(lack: Lack, now: datetime) -> str:
    """The last day of a badge whose first moment over is known."""
    last = last_day(lack.since)
    return say_day_from(last, now) if last else ""


def _iso_day(lack: Lack) -> str:
    """The same day, as it is kept."""
    last = last_day(lack.since)
    return last.isoformat() if last else ""


def _week_minutes(ask: Ask, facts: Facts, machine_id: int | None = None) -> int:
    week = slot_day(ask.slot).isocalendar()[:2]
    return sum(
        counted_minutes(own.slot, constant_watch=own.constant_watch)
        for own in facts.holder.own
        if own.booking_id != ask.moving
        and slot_day(own.slot).isocalendar()[:2] == week
        and machine_id in (None, own.machine_id)
    )


def _my_path() -> Step:
    return Step(_("Voir mon parcours"), "/mon-parcours")


def _my_badges() -> Step:
    return Step(_("Voir mes badges"), "/mes-badges")


def _other_machine() -> Step:
    return Step(_("Voir les machines"), "/reserver")


def _refusal(
    code: str,
    young: str,
    staff: str,
    *,
    field: str = "",
    soft: bool = False,
    effect: Effect = "keep",
    step: Step | None = None,
    values: Mapping[str, str | int] | None = None,
) -> Refusal:
    kept = tuple((values or {}).items())
    facts = (("staff", staff),)
    return Refusal(code, young, field=field, soft=soft, effect=effect, step=step, facts=facts, values=kept)
