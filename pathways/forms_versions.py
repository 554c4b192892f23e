"""The forms of a draft: they check shape; what must agree is said before publishing. Choices are handed in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from wtforms import (
    BooleanField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from fablab.forms import BaseForm
from fablab.i18n import _, lazy
from fablab.people.forms import SITUATION_LABELS
from fablab.seen import stamp
from pathways.forms import Choices
from pathways.words_versions import COMPETENCY, FAMILIES, PAPERS, STAGE, VERSION

#: lines of a list and letters of one
MOST_LINES, LINE_LENGTH = 12, 160


class CheckboxesField(SelectMultipleField):  # type: ignore[misc]  # wtforms has no types
    """Several ticks."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class LinesField(TextAreaField):  # type: ignore[misc]  # wtforms has no types
    """A list, one thing a line; empty lines are left out."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "\n".join(self.data or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the lines."""
        self.data = [line.strip() for line in (valuelist or [""])[0].splitlines() if line.strip()]

    def pre_validate(self, form: Any) -> None:
        """Not too many lines, none too long."""
        if len(self.data or []) > MOST_LINES:
            raise ValidationError(_("%(num)s lignes au plus.", num=MOST_LINES))
        if any(len(line) > LINE_LENGTH for line in self.data or []):
            raise ValidationError(_("%(num)s lettres au plus par ligne.", num=LINE_LENGTH))


class NumberField(IntegerField):  # type: ignore[misc]  # wtforms has no types
    """A whole number, whose fault is said in our words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number; an empty box is nothing. Raises ValueError with what to write."""
        typed = (valuelist or [""])[0].strip()
        self.data = None
        if typed:
            try:
                self.data = int(typed)
            except ValueError:
                raise ValueError(_("Écrire un nombre entier, par exemple 12.")) from None


def _short(most: int) -> Length:
    return Length(max=most, message=lazy("%(max)d lettres au plus."))


def _text(label: Any, most: int, **more: Any) -> StringField:
    return StringField(label, [InputRequired(lazy("Écrire quelque chose.")), _short(most)], **more)


def _number(label: Any, least: int, most: int, *, needed: bool = True, **more: Any) -> NumberField:
    first = InputRequired(lazy("Écrire un nombre entier, par exemple 12.")) if needed else Optional()
    message = lazy("Entre %(min)s et %(max)s.")
    return NumberField(label, [first, NumberRange(least, most, message)], **more)


def _lines(label: Any, *, needed: bool = True) -> LinesField:
    first = [DataRequired(lazy("Écrire au moins une ligne."))] if needed else []
    return LinesField(label, first, description=lazy("Une par ligne."), render_kw={"rows": 5})


class DraftForm(BaseForm):
    """A form of a draft: its fields bear the names of what they change."""

    @property
    def wanted(self) -> dict[str, Any]:
        """What is written, by field."""
        return {one.name: None if one.data == "" else one.data for one in self if one.name != "csrf_token"}

    def stamps(self, held: Mapping[str, Any], sent: Mapping[str, str]) -> list[tuple[str, str]]:
        """What the page carries to know later what it had shown, by field of what is changed.

        A value that somebody else changed is seen once it was said; elsewhere what was shown first is.
        """
        found = []
        for name, value in held.items():
            mark, said = stamp(value), self[name].errors if name in self else self.form_errors
            found.append((f"seen_{name}", mark if said else sent.get(f"seen_{name}", mark)))
        return found


class TextsForm(DraftForm):
    """What is said of the pathway."""

    title = _text(VERSION["title"], 160, description=lazy("Le nom court vient avant le tiret long «\u00a0—\u00a0»."))
    young_label = _text(VERSION["young_label"], 200, description=lazy("«\u00a0Je\u00a0», douze mots au plus."))
    project = _text(VERSION["project"], 200)
    audience = _text(VERSION["audience"], 250)
    certificate = _text(VERSION["certificate"], 200)
    rhythm = _text(VERSION["rhythm"], 120)


class PublicForm(DraftForm):
    """For whom, how many, how often."""

    situations = CheckboxesField(
        VERSION["situations"],
        [InputRequired(lazy("Choisir au moins une situation."))],
        choices=[SelectChoice(*one) for one in SITUATION_LABELS],
    )
    min_age = _number(VERSION["min_age"], 3, 120)
    max_age = _number(VERSION["max_age"], 3, 120)
    extended_max_age = _number(VERSION["extended_max_age"], 3, 120, needed=False)
    group_min = _number(VERSION["group_min"], 1, 100)
    group_max = _number(VERSION["group_max"], 1, 100)
    adults = _number(VERSION["adults"], 1, 20)
    groups_per_year = _number(VERSION["groups_per_year"], 1, 1000)
    places_per_year = _number(VERSION["places_per_year"], 1, 10000)
    session_hours = _number(
        VERSION["session_hours"], 1, 12, description=lazy("Les heures de chaque étape suivent ses séances.")
    )
    per_week = _number(VERSION["per_week"], 1, 7, needed=False)
    weeks = _number(VERSION["weeks"], 1, 52, needed=False)
    own_pace = BooleanField(VERSION["own_pace"])
    max_months = _number(VERSION["max_months"], 1, 36, needed=False)
    attendance_percent = _number(VERSION["attendance_percent"], 0, 100)


class BadgesForm(DraftForm):
    """Which safety badges are taught, and which are chosen among."""

    target_badges = CheckboxesField(VERSION["target_badges"])
    choice_count = _number(lazy("Combien de badges au choix"), 1, 20, needed=False)
    choice_among = CheckboxesField(lazy("Parmi"))

    def offer(self, badges: Choices) -> None:
        """Show the safety badges of the house."""
        for field in (self.target_badges, self.choice_among):
            field.choices = [SelectChoice(*one) for one in badges]

    def validate_choice_among(self, field: Field) -> None:
        """Both or none."""
        if bool(field.data) != bool(self.choice_count.data):
            raise ValidationError(_("Dire combien, et parmi lesquels."))

    @property
    def wanted(self) -> dict[str, Any]:
        """The two fields of the version."""
        count, among = self.choice_count.data, list(self.choice_among.data or [])
        return {
            "target_badges": list(self.target_badges.data or []),
            "badge_choice": {"count": count, "among": among} if count else None,
        }


ASKED = (("no", lazy("Non")), ("all", lazy("À tous")), ("minors", lazy("Aux mineurs")))


def papers_form(papers: Sequence[Mapping[str, Any]]) -> "PapersForm":
    """The form of the pieces asked: for each kind, to whom, and how it is called."""
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {}
    known = {str(one["paper"]): one for one in papers}
    for code, name in PAPERS.items():
        choices = [SelectChoice(*one) for one in ASKED]
        fields[f"{code}_asked"] = RadioField(
            _capital(name), [InputRequired(lazy("Choisir une réponse."))], choices=choices
        )
        fields[f"{code}_label"] = StringField(lazy("Comment on l’appelle"), [Optional(), _short(120)])
        held = known.get(code)
        data[f"{code}_asked"] = "no" if held is None else "minors" if held.get("minors_only") else "all"
        data[f"{code}_label"] = held["label"] if held else str(name)
    made: type[PapersForm] = type("PapersForm", (PapersForm,), {**fields, "held": tuple(papers)})
    return made(data=data)


def _capital(words: Any) -> str:
    said = str(words)
    return said[:1].upper() + said[1:]


class PapersForm(DraftForm):
    """The pieces asked; made by ``papers_form``."""

    held: Sequence[Mapping[str, Any]] = ()

    @property
    def wanted(self) -> dict[str, Any]:
        """The one field of the version: those that were there first in their order, what else is said of each kept."""
        return {"papers": list(self._pieces())}

    def _pieces(self) -> Iterator[dict[str, Any]]:
        known = {str(one["paper"]): one for one in self.held}
        for code in dict.fromkeys([*known, *PAPERS]):
            asked = self[f"{code}_asked"].data
            if asked == "no":
                continue
            kept = dict(known.get(code, {"paper": code, "signed": code == "passeur_charter", "minors_only": False}))
            if bool(kept.get("minors_only")) != (asked == "minors"):
                kept["minors_only"] = asked == "minors"
            yield kept | {"label": self[f"{code}_label"].data or str(PAPERS[code])}


class StageForm(DraftForm):
    """A stage."""

    name = _text(STAGE["name"], 60)
    young_label = _text(STAGE["young_label"], 120, description=lazy("«\u00a0Je\u00a0», douze mots au plus."))
    aim = _text(STAGE["aim"], 200)
    milestone = _text(STAGE["milestone"], 200)
    session_total = _number(
        lazy("Nombre de séances"), 1, 200, description=lazy("Les heures suivent\u00a0: séances × heures par séance.")
    )
    expected_proofs = _lines(STAGE["expected_proofs"], needed=False)


class ChoiceForm(DraftForm):
    """Competencies of which some are enough."""

    count = _number(lazy("Combien de compétences au choix"), 1, 20, needed=False)
    level = RadioField(COMPETENCY["level"], [Optional()], coerce=int, validate_choice=False)
    among = CheckboxesField(lazy("Parmi"))

    def offer(self, levels: Mapping[int, str], competencies: Choices) -> None:
        """Show levels and competencies."""
        self.level.choices = [SelectChoice(level, f"{level} · {label}") for level, label in levels.items()]
        self.among.choices = [SelectChoice(*one) for one in competencies]

    def validate_among(self, field: Field) -> None:
        """All three or none."""
        if bool(field.data) != bool(self.count.data) or (self.count.data and not self.level.data):
            raise ValidationError(_("Dire combien, à quel niveau, et parmi lesquelles."))

    @property
    def wanted(self) -> dict[str, Any]:
        """The one field of the stage."""
        count, among = self.count.data, list(self.among.data or [])
        return {"choice": {"count": count, "among": among, "level": self.level.data} if count else None}


class _LevelForm(DraftForm):
    level = RadioField(COMPETENCY["level"], [InputRequired(lazy("Choisir un niveau."))], coerce=int)

    def offer_levels(self, levels: Mapping[int, str]) -> None:
        """Show the levels that can be aimed at."""
        self.level.choices = [SelectChoice(level, f"{level} · {label}") for level, label in levels.items()]


class TargetForm(_LevelForm):
    """A competency aimed at: its level here, its words in this version."""

    title = _text(COMPETENCY["title"], 160)
    i_can = _text(COMPETENCY["i_can"], 200, description=lazy("«\u00a0Je sais…\u00a0», douze mots au plus."))
    criteria = _lines(COMPETENCY["criteria"])


class AddTargetForm(_LevelForm):
    """A competency of the house is aimed at."""

    competency = SelectField(lazy("Compétence"), [InputRequired(lazy("Choisir une compétence."))], coerce=str)

    def offer(self, competencies: Iterable[tuple[str, str]]) -> None:
        """Show those that the stage does not aim at yet."""
        self.competency.choices = [SelectChoice("", _("Choisir")), *(SelectChoice(*one) for one in competencies)]


class NewCompetencyForm(TargetForm):
    """A competency that the house does not have."""

    family = SelectField(COMPETENCY["family"], choices=[SelectChoice(*one) for one in FAMILIES.items()])
    evidence_code = SelectField(COMPETENCY["evidence_code"], [InputRequired(lazy("Choisir une preuve."))])
    replaces = SelectField(
        lazy("Elle remplace"),
        [Optional()],
        description=lazy("Ce qui est validé pour celle-là pourra compter pour celle-ci."),
    )

    def offer(self, kinds: Choices, earlier: Choices) -> None:
        """Show the kinds of proof, and the competencies that a new one may come from."""
        self.evidence_code.choices = [SelectChoice(*one) for one in kinds]
        self.replaces.choices = [SelectChoice(*one) for one in (("", _("Aucune")), *earlier)]
