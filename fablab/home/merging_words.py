"""A merge in words: what differs, what each account holds, what stands twice and what becomes of it."""

from collections.abc import Sequence

from bookings.models import Booking
from fablab.home.merging_plan import Plan
from fablab.i18n import _, lazy, ngettext, say_date, say_day, say_hour, say_phone
from fablab.people.forms import SITUATION_LABELS
from fablab.people.models import Person

WHY = {
    "month": lazy("Même prénom, même mois de naissance"),
    "names": lazy("Mêmes noms"),
    "spelling": lazy("Même naissance, noms proches"),
    "phone": lazy("Même téléphone"),
}
#: a line of the comparison -> the tables that it counts
_COUNTED = (
    (lazy("Inscriptions"), ("enrolment.person_id",)),
    (lazy("Présences et absences notées"), ("attendance.person_id",)),
    (lazy("Validations"), ("validation.person_id",)),
    (lazy("Badges remis\u00a0: machines, étapes, parcours"), ("award.person_id",)),
    (lazy("Réservations"), ("booking.holder_id",)),
    (lazy("Autorisations"), ("authorisation.person_id",)),
    (
        lazy("Contacts, réponses, suivi"),
        (
            "person_answer.person_id",
            "person_contact.person_id",
            "referral.person_id",
            "traineeship.person_id",
            "follow_up.person_id",
        ),
    ),
    (lazy("Preuves et fiches"), ("evidence.owner_id", "project_sheet.owner_id")),
    (lazy("Messages et lettres"), ("message.person_id", "letter.person_id")),
    (lazy("Demandes sur les données"), ("data_request.person_id",)),
)


def said(person: Person, name: str) -> str:
    """What an account says in one field."""
    value = getattr(person, name)
    if value is None:
        return "—"
    if name == "birth_date":
        return say_date(value)
    if name == "situation":
        return str(dict(SITUATION_LABELS)[value])
    return say_phone(value) if name == "phone" else str(value)


def asked(plan: Plan, kept: Person, gone: Person) -> dict[str, tuple[str, str]]:
    """The fields to choose, with the words of both."""
    return {name: (said(kept, name), said(gone, name)) for name in plan.differing}


def lines(plan: Plan, kept: Person, gone: Person) -> list[tuple[str, str, str]]:
    """Both accounts side by side: a label, the kept one, the other."""
    found = [
        (_("Identifiant"), kept.handle or "—", gone.handle or "—"),
        (_("Naissance"), said(kept, "birth_date"), said(gone, "birth_date")),
        (_("Situation"), said(kept, "situation"), said(gone, "situation")),
        (_("Téléphone"), said(kept, "phone"), said(gone, "phone")),
        (_("Photos"), _photos(kept), _photos(gone)),
        (_("Arrivée"), say_date(kept.created_at), say_date(gone.created_at)),
    ]
    for label, tables in _COUNTED:
        mine, other = (sum(plan.counts.get(name, (0, 0))[side] for name in tables) for side in (0, 1))
        if mine or other:
            found.append((str(label), str(mine), str(other)))
    return found


def clashes(plan: Plan, most: int) -> list[tuple[str, str]]:
    """What stands twice: the thing, and what becomes of it. ``most``: active bookings that one person may have."""
    twice, found = plan.twice, []
    for mine, other in twice.enrolments:
        group = mine.group or other.group
        where = group.name if group else mine.version.short_title
        title = _("Inscription en double\u00a0: %(group)s", group=where)
        first = min(mine.enrolled_on, other.enrolled_on)
        found.append((title, _("Une seule reste, depuis le %(day)s. L’autre ne compte plus.", day=say_date(first))))
    if count := len(twice.attendances):
        title = ngettext("%(num)s séance notée deux fois", "%(num)s séances notées deux fois", count)
        found.append((title, _("La meilleure présence reste.")))
    if count := len(twice.apologies):
        title = ngettext("%(num)s absence annoncée deux fois", "%(num)s absences annoncées deux fois", count)
        found.append((title, _("Une seule reste.")))
    ended = _("Celui du compte gardé reste, l’autre finit aujourd’hui.")
    for pairs, label in (
        (twice.contacts, _("Deux contacts à appeler")),
        (twice.referrals, _("Deux structures d’origine")),
        (twice.traineeships, _("Deux stages")),
        (twice.follow_ups, _("Le même référent deux fois")),
    ):
        if pairs:
            found.append((label, ended))
    found += [(_("Deux réservations à la même heure"), _pair(one, other)) for one, other in plan.same_hour]
    if plan.coming > most:
        title = _("%(num)s réservations à venir, %(most)s au plus", num=plan.coming, most=most)
        found.append((title, _("Elles restent. Aucune de plus avant d’être sous la limite.")))
    return found


def _pair(one: Booking, other: Booking) -> str:
    first, later = sorted((one, other), key=lambda booking: (booking.created_at, booking.id))
    return _(
        "%(day)s, %(hour)s\u00a0: %(first)s tient, %(later)s est à revoir.",
        day=say_day(later.starts_at),
        hour=say_hour(later.starts_at),
        first=first.resource.simple_name,
        later=later.resource.simple_name,
    )


def _photos(person: Person) -> str:
    if person.photos_allowed is None:
        return _("pas encore demandé")
    return _("d’accord") if person.photos_allowed else _("refusées")


def why(codes: Sequence[str]) -> str:
    """Why two accounts look alike."""
    first, *others = [str(WHY[code]) for code in codes]
    return ", ".join([first, *(one[:1].lower() + one[1:] for one in others)])
