"""Forms of problems of machines, and of what was done about them."""

from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp

from fablab.form_words import LONG, NO_NAMES, OFFERED, SAY_WHAT_IS_WRONG, WRITE_WHAT_WAS_DONE
from fablab.forms import BaseForm, about_the_act, real_words
from fablab.i18n import lazy
from fablab.people.fields import DateBox
from machines.values_repair import CAUSES, TEXT_LENGTH, Report
from pathways.forms_evidence import CropForm

CAUSE_WORDS = {
    "wear": lazy("Pièce usée"),
    "setting": lazy("Réglage à refaire"),
    "consumable": lazy("Consommable fini ou abîmé"),
    "material": lazy("Matière qui ne convient pas"),
    "software": lazy("Logiciel ou fichier"),
    "power": lazy("Courant, câble ou réseau"),
    "stuck": lazy("Choc ou blocage"),
    "unknown": lazy("On ne sait pas"),
}


class ReportForm(CropForm):
    """What is wrong with a machine, as whoever saw it says it; a photo where there is one."""

    key = HiddenField(validators=[Regexp(r"^[0-9a-f]{32}\Z")])
    text = StringField(
        lazy("Ce qui ne va pas"),
        [
            InputRequired(SAY_WHAT_IS_WRONG),
            Length(max=TEXT_LENGTH, message=LONG),
            real_words,
            about_the_act,
        ],
        description=NO_NAMES,
    )
    cause = RadioField(
        lazy("D’où cela vient"),
        [InputRequired(OFFERED)],
        choices=[SelectChoice(code, CAUSE_WORDS[code]) for code in CAUSES],
    )
    hazard = BooleanField(lazy("Quelqu’un pourrait se blesser"))
    photo = FileField(lazy("Une photo"), [Optional()])

    @property
    def said(self) -> Report:
        """The problem said; only after validation."""
        return Report(self.cause.data, self.text.data, bool(self.hazard.data), self.key.data)


class TeamReportForm(ReportForm):
    """The same by the team, who also say whether the machine may go on."""

    severity = RadioField(
        lazy("Et la machine ?"),
        [InputRequired(OFFERED)],
        choices=[
            SelectChoice("to_check", lazy("Elle sert encore\u00a0: à vérifier")),
            SelectChoice("grave", lazy("Elle s’arrête tout de suite\u00a0: c’est grave")),
        ],
    )
    back_on = DateBox(
        lazy("Retour prévu"), [Optional()], description=lazy("Si elle s’arrête. Vide\u00a0: on ne sait pas.")
    )


class RepairForm(BaseForm):
    """What was done about a problem."""

    done = TextAreaField(
        lazy("Ce qui a été fait"),
        [
            InputRequired(WRITE_WHAT_WAS_DONE),
            Length(max=300, message=LONG),
            real_words,
            about_the_act,
        ],
        description=lazy("Par exemple «\u00a0Courroie changée, essai fait\u00a0»."),
    )
