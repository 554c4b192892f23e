"""The health of an installation in the reader's words: scheduler, database, backup, disk."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from fablab.home import nightly, watching
from fablab.i18n import _, lazy, ngettext, say_number

MEGABYTE = 1024 * 1024
LITTLE_ROOM = 1024 * MEGABYTE

#: what the tables that carry marks hold
TABLES = {
    "activity": lazy("Activités"),
    "holiday": lazy("Vacances et jours fériés"),
    "house_setting": lazy("Réglages"),
    "opening_rule": lazy("Horaires"),
    "place": lazy("Lieux"),
    "pathway_version": lazy("Parcours"),
    "resource": lazy("Machines, salles et espaces"),
    "scheme": lazy("Dispositifs"),
    "structure": lazy("Structures"),
}


@dataclass(frozen=True)
class Sign:
    """One sign of health: what it is about, how it stands, whether that is well."""

    about: str
    said: str
    well: bool


def health(session: Session, now: datetime) -> list[Sign]:
    """Every sign, in the order in which they are worth reading."""
    return [_scheduler(session, now), _backup(now), _database(session), _disk()]


def _scheduler(session: Session, now: datetime) -> Sign:
    silence = watching.scheduler_silence(session, now)
    if silence is None:
        return Sign(_("Planificateur"), _("n’a jamais tourné"), False)
    if silence >= watching.SILENT_AFTER:
        return Sign(_("Planificateur"), _("muet depuis %(length)s", length=_length(silence)), False)
    return Sign(_("Planificateur"), _("tourne"), True)


def _backup(now: datetime) -> Sign:
    newest = nightly.newest()
    if newest is None:
        return Sign(_("Sauvegarde"), _("aucune"), False)
    age = now - newest.made_at
    said = _("il y a %(length)s, %(size)s, vérifiée", length=_length(age), size=_size(newest.size))
    return Sign(_("Sauvegarde"), said, age <= nightly.TOO_OLD)


def _database(session: Session) -> Sign:
    return Sign(_("Base de données"), _size(watching.database_size(session)), True)


def _disk() -> Sign:
    free, total = watching.disk_free()
    said = _("%(free)s libres sur %(total)s", free=_size(free), total=_size(total))
    return Sign(_("Disque"), said, free >= LITTLE_ROOM)


def _length(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    if minutes < 60:
        return ngettext("%(num)s minute", "%(num)s minutes", minutes)
    if minutes < 48 * 60:
        return ngettext("%(num)s heure", "%(num)s heures", minutes // 60)
    return ngettext("%(num)s jour", "%(num)s jours", minutes // (24 * 60))


def _size(size: int) -> str:
    """«40 ko», «2,8 Mo», «77,7 Go»."""
    if size < MEGABYTE:
        return _("%(number)s ko", number=say_number(round(size / 1024)))
    if size < 1024 * MEGABYTE:
        return _("%(number)s Mo", number=say_number(round(size / MEGABYTE, 1)))
    return _("%(number)s Go", number=say_number(round(size / MEGABYTE / 1024, 1)))
