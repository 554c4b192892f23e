"""The rules of machines about badges: held to the END of the slot, and those they rest on too. Pure."""

from dataclasses import replace
from datetime import datetime

from bookings.values import Ask
from fablab.i18n import _, ngettext, say_date, say_day_from
from fablab.refusals import Refusal, Step
from machines.refusing import say_no
from machines.values import Facts
from pathways.progress import missing_words, renewal_words
from pathways.values import last_day
from pathways.values_badges import Gap, Lack, Standing


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
            refusal = say_no("badge_missing", young, staff, step=_my_path(), effect="cancel", values={"badge": name})
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
            found.append(say_no("badge_expires", young, staff, step=_my_badges(), effect="cancel", values=values))
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
            found.append(say_no("badge_lapsed", young, staff, step=_my_badges(), effect="warn", values=values))
    return found


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


def _my_path() -> Step:
    return Step(_("Voir mon parcours"), "/mon-parcours")


def _my_badges() -> Step:
    return Step(_("Voir mes badges"), "/mes-badges")
