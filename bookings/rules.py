"""The engine's rules: pure, each with its own code. Facts in, refusals out; the numbers come with the facts.

``effect`` says what becomes of a booking already made when a rule latest to refuse it: the rules about
asking itself (step, notice, horizon, length) leave it alone, the others mark it for the team.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bookings import opening
from bookings.values import LONGEST, LONGEST_STAY, Ask, Facts, Gauge, Presence, Shut, Slot, Thing
from fablab import clock
from fablab.i18n import _, ngettext, say_day, say_day_from, say_hour, say_length, say_when
from fablab.refusals import Refusal

#: how long before its start a booking may be checked in
CHECK_IN_FROM = timedelta(minutes=15)


def refusals(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    """Every reason of the engine against an ask, in the order a person would want them."""
    found = _about_things(facts, now)
    if ask.kind != "session":
        # A session is planned by the team, to the minute, months ahead.
        found += _about_asking(ask, facts, now)
    elif ask.slot.end <= now:
        found.append(_past())
    found += _too_long(ask, facts)
    found += _about_opening(ask, facts, now)
    found += _taken(ask, facts)
    found += _two_places(ask, facts)
    found += _place_full(ask, facts)
    return found


def warnings(ask: Ask, facts: Facts) -> list[Refusal]:
    """What the team should know before planning, and may do all the same."""
    found = []
    if ask.kind == "session" and facts.group_windows is not None and not _inside(ask.slot, facts.group_windows):
        found.append(Refusal("outside_group_hours", _("Hors des heures de groupe."), field="slot", soft=True))
    if not facts.calendar_known:
        found.append(Refusal("beyond_calendar", _("Les vacances de cette date ne sont pas encore connues."), soft=True))
    return found


def peak(slot: Slot, presences: Iterable[Presence]) -> int:
    """The most heads at one moment of a slot; who is named counts once, however many reasons to be there."""
    there = [presence for presence in presences if presence.slot.overlaps(slot)]
    moments = {slot.start, *(one.slot.start for one in there if one.slot.start > slot.start)}
    return max(_heads_at(moment, there) for moment in moments)


def _heads_at(moment: datetime, there: Sequence[Presence]) -> int:
    heads, named = 0, set()
    for one in there:
        if one.slot.start <= moment < one.slot.end:
            heads += one.heads
            if one.person_id is not None and one.heads:
                heads -= 1
                named.add(one.person_id)
    return heads + len(named)


def claimed(ask: Ask, leaf: Thing) -> Slot:
    """The time an ask takes on one leaf, cleaning included."""
    return ask.slot.longer(leaf.turnaround)


def taken_sentence(nearest: Sequence[Slot]) -> str:
    """«Ce créneau est pris», and the nearest free ones."""
    said = [_("Ce créneau est pris.")]
    if nearest:
        said.append(_("Le plus proche : %(when)s.", when=say_when(nearest[0].start)))
    return " ".join(said)


def too_early_to_check_in(slot: Slot, now: datetime) -> list[Refusal]:
    """Why a check-in is not possible at this moment: from 15 minutes before the start until the end."""
    if now < slot.start - CHECK_IN_FROM:
        return [Refusal("too_early", _("On pointe au plus tôt 15 minutes avant."))]
    if now >= slot.end:
        return [Refusal("past", _("Ce créneau est fini."))]
    return []


def may_begin(status: str, slot: Slot, now: datetime, *, suspended: bool) -> bool:
    """Whether whoever booked this begins if they come now; what the machine itself asks is asked as they do."""
    return status == "confirmed" and not suspended and not too_early_to_check_in(slot, now)


def still_ahead(slot: Slot, now: datetime) -> list[Refusal]:
    """Why the holder can no longer change a booking: it has begun."""
    if slot.start <= now:
        return [Refusal("already_begun", _("Ce créneau a commencé. Je vois avec l’équipe."))]
    return []


def no_show_refusals(slot: Slot, now: datetime, *, suspended: bool) -> list[Refusal]:
    """Why nobody can be noted as missing: it has not begun, or a closure lay over it."""
    if slot.start > now:
        return [Refusal("too_early", _("Ce créneau n’a pas commencé."))]
    if suspended:
        return [Refusal("suspended", _("C’était fermé : cette absence ne compte pas."))]
    return []


def runs_on_refusals(there_until: datetime | None) -> list[Refusal]:
    """Why a booking is not moved or made longer: somebody said yes to it as it is, beyond closing."""
    if there_until is None:
        return []
    sentence = _("L’accord vaut pour cette heure et cette durée\u00a0: annuler, puis demander de nouveau.")
    return [Refusal("agreed_as_it_is", sentence, field="slot")]


def holds(status: str, *, first_come: bool) -> bool:
    """Whether a booking of this status takes its time: a request does where who asks first is served."""
    return status == "confirmed" or (status == "requested" and first_come)


def not_passed(refusals: Iterable[Refusal], override_reason: str | None) -> list[Refusal]:
    """Those that stand against a booking made with a written reason (None: without one), which passes soft ones.

    A thing that broke since is said whatever was passed before.
    """
    return [one for one in refusals if not (one.soft and override_reason and one.code != "out_of_service")]


def _past() -> Refusal:
    return Refusal("past", _("Cette heure est passée. Choisir un autre créneau."), field="slot")


def _about_things(facts: Facts, now: datetime) -> list[Refusal]:
    today = clock.local_day(now)
    return [
        Refusal(
            "retired",
            _("%(thing)s n’est plus dans la maison.", thing=thing.name),
            effect="warn",
            values=(("thing", thing.name),),
        )
        for thing in facts.things
        if thing.retired_on is not None and thing.retired_on <= today
    ]


def _about_asking(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    found, thing, limits = [], facts.main, facts.limits
    latest = ask.slot.end if ask.at_once else ask.slot.start + timedelta(minutes=thing.step)
    if latest <= now:
        # The step under way may still be taken at the desk: somebody walks in at five past. What is begun at once, or
        # goes on, only needs some time left.
        return [_past()]
    if not _on_the_step(ask, facts):
        length = say_length(thing.step)
        sentence = _("Choisir une heure ronde : toutes les %(length)s.", length=length)
        found.append(Refusal("off_step", sentence, field="slot"))
    if limits.notice and ask.slot.start < now + limits.notice:
        hours = int(limits.notice.total_seconds()) // 3600
        if hours >= 48:
            days = hours // 24
            sentence = ngettext("Demander au moins %(num)s jour avant.", "Demander au moins %(num)s jours avant.", days)
        else:
            sentence = ngettext("Réserver au moins %(num)s h avant.", "Réserver au moins %(num)s h avant.", hours)
        found.append(Refusal("too_soon", sentence, field="slot", soft=True))
    if limits.horizon is not None:
        last = clock.local_day(now) + limits.horizon
        if clock.local_day(ask.slot.start) > last:
            sentence = _("On peut réserver jusqu’au %(day)s.", day=say_day_from(last, now))
            found.append(Refusal("too_far", sentence, field="slot", soft=True))
    if ask.slot.minutes < thing.shortest:
        sentence = _("Il faut au moins %(length)s.", length=say_length(thing.shortest))
        found.append(Refusal("too_short", sentence, field="slot", soft=True))
    return found


def _too_long(ask: Ask, facts: Facts) -> list[Refusal]:
    if ask.slot.end - ask.slot.start > (LONGEST if ask.kind == "rental" else LONGEST_STAY):
        # Every reading of the calendar rests on it: nobody passes it, not even with a reason.
        sentence = _("C’est une semaine au plus.") if ask.kind == "rental" else _("C’est un jour au plus.")
        return [Refusal("too_long", sentence, field="slot")]
    if ask.kind == "session" or ask.slot.minutes <= facts.main.longest:
        return []
    sentence = _("C’est %(length)s au plus.", length=say_length(facts.main.longest))
    return [Refusal("too_long", sentence, field="slot", soft=True)]


def _on_the_step(ask: Ask, facts: Facts) -> bool:
    """A round start, or the first free minute after a booking; then a round end or a round length."""
    slot, step = ask.slot, facts.main.step
    starts = (
        ask.at_once or opening.on_step(slot.start, step) or any(one.claimed.end == slot.start for one in facts.taken)
    )
    return starts and (opening.on_step(slot.end, step) or slot.minutes % step == 0)


def _inside(slot: Slot, windows: Sequence[Slot]) -> bool:
    return any(window.covers(slot) for window in windows)


def _about_opening(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    over = [shut for shut in facts.shut if shut.covers(ask.slot)]
    if ask.kind == "session" or ask.moving is not None:
        # Planned, or standing already: it waits for the day the machine should be back.
        over = [shut for shut in over if not shut.is_back_by(ask.slot, now)]
    found = [_shut(shut, facts, session=ask.kind == "session") for shut in over]
    if facts.house_hours is not None and not _inside(ask.there, facts.house_hours):
        sentence = _("La maison est fermée à cette heure.") + _hours(ask.slot, facts.house_hours)
        found.append(Refusal("closed", sentence, field="slot", effect="warn"))
    elif ask.kind == "own" and facts.windows is not None and not _inside(ask.there, facts.windows):
        sentence = _("Pas de réservation à cette heure.") + _hours(ask.slot, facts.windows)
        found.append(Refusal("outside_hours", sentence, field="slot", soft=True, effect="warn"))
    return _once_each(found)


def _once_each(found: Iterable[Refusal]) -> list[Refusal]:
    """The first of each code: two closures over one slot are said once."""
    first: dict[str, Refusal] = {}
    for refusal in found:
        first.setdefault(refusal.code, refusal)
    return list(first.values())


def _hours(slot: Slot, windows: Sequence[Slot]) -> str:
    day = clock.local_day(slot.start)
    said = [
        _("de %(start)s à %(end)s", start=say_hour(window.start), end=say_hour(window.end))
        for window in windows
        if clock.local_day(window.start) == day
    ]
    if not said:
        return ""
    return " " + _("Ce jour-là : %(hours)s.", hours=", ".join(said))


def _shut(shut: Shut, facts: Facts, *, session: bool) -> Refusal:
    if shut.kind == "breakdown":
        sentence = _("%(thing)s est en panne.", thing=shut.thing)
        if shut.back_on:
            sentence += " " + _("Retour prévu %(day)s.", day=say_day(shut.back_on))
        # A session may be planned for the day the machine should be back: the team knows.
        return Refusal("out_of_service", sentence, soft=session, effect="warn", values=(("thing", shut.thing),))
    sentence = _("C’est fermé à ce moment : %(reason)s.", reason=shut.reason)
    return Refusal("closed", sentence, field="slot", effect="warn")


def _taken(ask: Ask, facts: Facts) -> list[Refusal]:
    if not facts.taken:
        return []
    wanted = {leaf.id: claimed(ask, leaf) for leaf in facts.leaves}
    crossed = any(one.claimed.overlaps(wanted[one.resource_id]) for one in facts.taken)
    return [taken(())] if crossed else []


def taken(nearest: Sequence[Slot]) -> Refusal:
    """The refusal of a slot that crosses another, with the nearest free ones when they are known."""
    return Refusal("taken", taken_sentence(nearest), field="slot", effect="warn", facts=(("nearest", tuple(nearest)),))


def _two_places(ask: Ask, facts: Facts) -> list[Refusal]:
    met = [one for one in facts.elsewhere if one.slot.overlaps(ask.there)]
    if not met:
        return []
    if ask.kind == "session":
        count = len({one.person_id for one in met})
        sentence = ngettext(
            "%(num)s personne est déjà ailleurs à ce moment.",
            "%(num)s personnes sont déjà ailleurs à ce moment.",
            count,
        )
        return [Refusal("two_places", sentence, field="slot", soft=True)]
    first = min(met, key=lambda one: one.slot)
    sentence = _(
        "Déjà quelque chose à ce moment : %(what)s, de %(start)s à %(end)s.",
        what=first.what,
        start=say_hour(first.slot.start),
        end=say_hour(first.slot.end),
    )
    return [Refusal("two_places", sentence, field="slot", effect="warn", values=(("what", first.what),))]


def _place_full(ask: Ask, facts: Facts) -> list[Refusal]:
    if not ask.headcount and not ask.staff_ids:
        return []
    mine = [Presence(facts.main.place_id, ask.there, ask.headcount, ask.holder_id)]
    mine += [Presence(facts.main.place_id, ask.there, 1, adult) for adult in ask.staff_ids]
    return full_refusals(ask.there, [*facts.crowd, *mine], facts.gauges)


def full_refusals(slot: Slot, everybody: Sequence[Presence], gauges: Iterable[Gauge]) -> list[Refusal]:
    """The first of these gauges, from the inside out, that is passed at some moment of a slot."""
    found = []
    for gauge in gauges:
        there = [one for one in everybody if one.place_id in gauge.place_ids]
        # Where even all of them at once would fit, no moment need be looked at.
        if sum(max(one.heads, 0) for one in there) > gauge.most and peak(slot, there) > gauge.most:
            sentence = _(
                "%(place)s : c’est complet à ce moment (%(most)s personnes au plus).",
                place=gauge.name,
                most=gauge.most,
            )
            values = (("place", gauge.name), ("most", gauge.most))
            found.append(Refusal("place_full", sentence, field="slot", effect="warn", values=values))
    return found[:1]
