"""The rules of a pathway at one's own pace: how long, what is chosen, who is at the open lab, who helps. Pure.

Where they come from: pathways/data/pathways.yaml (own pace during the open lab, months at most, choices),
docs/decisions/0014-own-pace.md.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from bookings.values import Slot
from fablab import clock
from fablab.i18n import _, ngettext, say_date
from fablab.refusals import Refusal
from pathways.values import months_later
from pathways.values_own_pace import ChoiceFacts, HelperFacts, Offer, Stretch

#: so many days before its end somebody hears of it; the nearest step counts
STEPS = (7, 30)
#: the longest that somebody is at the open lab: an arrival is not noted further back
LONGEST = timedelta(hours=12)
#: how long somebody is taken to have stayed when nobody said that they left, outside the hours of the open lab
UNSAID = timedelta(hours=1)


def last_day(enrolled_on: date, months: int | None) -> date | None:
    """The last day of a pathway at one's own pace; None: it has no end."""
    return months_later(enrolled_on, months) if months else None


def step_of(last: date, today: date) -> int | None:
    """Which notice is due: 30 days before the end, then 7; None: none, or it is over."""
    left = (last - today).days
    return next((days for days in STEPS if 0 <= left <= days), None)


def minutes_of(stretches: Iterable[Stretch]) -> int:
    """Minutes in these stretches, what they share counted once."""
    total, reached = timedelta(), None
    for start, end in sorted(stretches):
        begin = start if reached is None else max(start, reached)
        if end > begin:
            total += end - begin
            reached = end
    return int(total.total_seconds()) // 60


def presence_minutes(
    known: Mapping[date, Sequence[Stretch]], seen: Collection[date], usual: int, first: date, last: date | None
) -> int:
    """Minutes at one's own pace between two days.

    ``known`` are stretches, by day; on a day of ``seen`` only (a check-in, a validation) nobody said for how long
    somebody was there: it counts as a usual session of ``usual`` minutes.
    """
    days = {day for day in {*known, *seen} if day >= first and (last is None or day <= last)}
    return sum(minutes_of(known[day]) if day in known else usual for day in days)


def choice_refusals(
    offers: Sequence[Offer], chosen: Mapping[str, Collection[str]], facts: ChoiceFacts
) -> list[Refusal]:
    """Why these choices cannot be kept; those of an offer stand beside it."""
    found = []
    if not facts.is_mine:
        found.append(Refusal("not_mine", _("Ce parcours n’est pas à moi.")))
    if facts.ended:
        found.append(Refusal("already_ended", _("Ce parcours est déjà terminé.")))
    if facts.last_day is not None and facts.today > facts.last_day:
        sentence = _("Mon temps est fini depuis le %(day)s. J’en parle à l’équipe.", day=say_date(facts.last_day))
        found.append(Refusal("own_pace_over", sentence))
    for offer in offers:
        wanted = set(chosen.get(offer.code, ()))
        if wanted - {one.code for one in offer.options}:
            found.append(Refusal("choice_unknown", _("Ce choix n’est pas dans la liste."), field=offer.code))
        elif missing := [one.label for one in offer.options if one.locked and one.code not in wanted]:
            sentence = _("C’est déjà validé, je le garde\u00a0: %(what)s.", what=", ".join(missing))
            found.append(Refusal("choice_locked", sentence, field=offer.code))
        elif len(wanted) != offer.count:
            sentence = ngettext(
                "J’en coche %(num)s, pas plus, pas moins.", "J’en coche %(num)s, pas plus, pas moins.", offer.count
            )
            found.append(Refusal("choice_count", sentence, field=offer.code))
    return found


def charter_refusals(facts: ChoiceFacts, *, has_charter: bool) -> list[Refusal]:
    """Why a charter cannot be accepted: what stands against choosing, or there is none."""
    found = choice_refusals((), {}, facts)
    if not has_charter:
        found.append(Refusal("no_charter", _("Ce parcours n’a pas de charte.")))
    return found


def taken_to_leave(arrived_at: datetime, lab: Iterable[Slot]) -> datetime:
    """When somebody left of whom nobody said it: as the open lab (its windows that day) in which they came ends."""
    ends = [window.end for window in lab if window.start <= arrived_at < window.end]
    return max(ends, default=arrived_at + UNSAID)


def there_until(arrived_at: datetime, left_at: datetime | None, lab: Iterable[Slot], now: datetime) -> datetime:
    """Until when somebody takes a place: until they left; unsaid, as the open lab ends, and all day as long as now."""
    if left_at is not None:
        return left_at
    ends = taken_to_leave(arrived_at, lab)
    same_day = clock.local_day(arrived_at) == clock.local_day(now)
    return max(ends, now + timedelta(minutes=1)) if same_day else ends


def visit_refusals(*, may_note: bool) -> list[Refusal]:
    """Why somebody cannot note who is at the open lab."""
    return [] if may_note else [Refusal("not_facilitator", _("Seule l’équipe note qui est là."))]


def stay_refusals(*, came_on: date, today: date, there: bool) -> list[Refusal]:
    """Why somebody noted as gone cannot be put back in the list; ``there``: they are in it again already."""
    found = []
    if came_on != today:
        found.append(Refusal("other_day", _("On remet quelqu’un dans la liste le jour même.")))
    if there:
        found.append(Refusal("there_again", _("Cette personne est déjà notée là.")))
    return found


def arrival_refusals(*, may_note: bool, young: bool, at: datetime, now: datetime) -> list[Refusal]:
    """Why this arrival cannot be noted; whether there is room is asked beside."""
    found = visit_refusals(may_note=may_note)
    if not young:
        found.append(Refusal("not_young", _("Cette liste est celle des jeunes."), field="who"))
    if not now - LONGEST <= at <= now:
        found.append(Refusal("arrival_time", _("L’arrivée est d’aujourd’hui."), field="at"))
    return found


def arrival_full(place: str, most: int) -> Refusal:
    """Nobody more comes in: the gauge of a place is one of safety, no reason passes it."""
    sentence = _(
        "%(place)s : c’est complet, %(most)s personnes au plus. Noter d’abord qui est parti.", place=place, most=most
    )
    return Refusal("lab_full", sentence, field="who")


def helper_end_refusals(*, may_manage: bool) -> list[Refusal]:
    """Why somebody cannot say who helps in a session."""
    return [] if may_manage else [Refusal("not_facilitator", _("Seule l’équipe choisit qui aide."))]


def helper_refusals(facts: HelperFacts) -> list[Refusal]:
    """Why somebody cannot help in this session; the gauge is the engine's word."""
    found = helper_end_refusals(may_manage=facts.may_manage)
    if not facts.planned:
        found.append(Refusal("session_cancelled", _("Cette séance est annulée.")))
    if facts.over:
        found.append(Refusal("session_over", _("Cette séance est finie.")))
    if not facts.own_pace:
        sentence = _("%(name)s ne suit pas de parcours à son rythme en ce moment.", name=facts.name)
        found.append(Refusal("not_passeur", sentence, field="who"))
    if facts.of_the_group:
        sentence = _("%(name)s est déjà de ce groupe.", name=facts.name)
        found.append(Refusal("helper_of_group", sentence, field="who"))
    if not facts.authorised:
        sentence = _("%(name)s n’aide pas ce jour-là\u00a0: notez d’abord l’accord d’un parent.", name=facts.name)
        found.append(Refusal("authorisation_missing", sentence, field="who"))
    if facts.elsewhere:
        sentence = _("%(name)s est déjà pris\u00a0: %(what)s.", name=facts.name, what=facts.elsewhere)
        found.append(Refusal("helper_elsewhere", sentence, field="who"))
    return found
