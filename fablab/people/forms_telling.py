"""How somebody is told: where letters go, and for each kind of news by which way."""

from typing import Any

from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Optional

from fablab.form_words import CHOOSE_ANSWER
from fablab.forms import BaseForm
from fablab.i18n import lazy
from fablab.people.fields import not_too_long
from fablab.people.forms import can_exist

GROUP_LABELS = {
    "bookings": lazy("Mes réservations"),
    "sessions": lazy("Mes séances"),
    "badges": lazy("Mes badges et mes fiches"),
}
_BY_LETTER = SelectChoice("letter", lazy("Par e-mail, et sur ma page d’accueil"))
_ON_THE_PAGE = SelectChoice("page", lazy("Sur ma page d’accueil seulement"))
_NOTHING = {
    "bookings": lazy("Rien, sauf ce qui est annulé ou déplacé"),
    "sessions": lazy("Rien, sauf ce qui est annulé ou déplacé"),
    "badges": lazy("Rien, sauf un badge retiré"),
}


def address_field(label: Any, **options: Any) -> StringField:
    """An address where somebody is written to, or nothing."""
    checks = [Optional(), not_too_long(254), can_exist]
    return StringField(label, checks, filters=[lambda typed: typed or None], **options)


def _ways(group: str) -> RadioField:
    choices = [_BY_LETTER, _ON_THE_PAGE, SelectChoice("nothing", _NOTHING[group])]
    missing = DataRequired(CHOOSE_ANSWER)
    return RadioField(GROUP_LABELS[group], [missing], choices=choices)


class ToldForm(BaseForm):
    """By which way somebody is told; those who enter by code say where letters go."""

    address = address_field(lazy("Mon adresse e-mail"))
    bookings = _ways("bookings")
    sessions = _ways("sessions")
    badges = _ways("badges")

    def only(self, groups: tuple[str, ...], *, with_address: bool) -> None:
        """Ask only about these groups, and for an address or not."""
        for group in set(GROUP_LABELS) - set(groups):
            del self[group]
        if not with_address:
            del self.address
