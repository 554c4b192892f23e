"""The forms of a draft: they check shape; what must agree is said before publishing. Choices are handed in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from wtforms import BooleanField, Field, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from fablab.form_words import CHOOSE_ANSWER
from fablab.forms import french_choices
from fablab.i18n import _, lazy
from fablab.people.forms import SITUATION_LABELS
from pathways.forms import Choices
from pathways.forms_drafts import CheckboxesField, DraftForm, lines, number, text
from pathways.words_versions import COMPETENCY, FAMILIES, PAPERS, STAGE, VERSION

#: letters of a line of a charter, as in the catalogue
CHARTER_LINE = 300


class TextsForm(DraftForm):
    """What is said of the pathway."""

    title = text(VERSION["title"], 160, description=lazy("Le nom court vient avant le tiret long «\u00a0—\u00a0»."))
    young_label = text(VERSION["young_label"], 200, description=lazy("«\u00a0Je\u00a0», douze mots au plus."))
    project = text(VERSION["project"], 200)
    audience = text(VERSION["audience"], 250)
    certificate = text(VERSION["certificate"], 200)
    rhythm = text(VERSION["rhythm"], 120)


class CharterForm(DraftForm):
    """What whoever follows the pathway agrees to, line by line."""

    charter = lines(VERSION["charter"], longest=CHARTER_LINE)


class PublicForm(DraftForm):
    """For whom, how many, how often."""

    situations = CheckboxesField(
        VERSION["situations"],
        [InputRequired(lazy("Choisir au moins une situation."))],
        choices=[SelectChoice(*one) for one in SITUATION_LABELS],
    )
    min_age = number(VERSION["min_age"], 3, 120)
    max_age = number(VERSION["max_age"], 3, 120)
    extended_max_age = number(VERSION["extended_max_age"], 3, 120, needed=False)
    group_min = number(VERSION["group_min"], 1, 100)
    group_max = number(VERSION["group_max"], 1, 100)
    adults = number(VERSION["adults"], 1, 20)
    groups_per_year = number(VERSION["groups_per_year"], 1, 1000)
    places_per_year = number(VERSION["places_per_year"], 1, 10000)
    session_hours = number(
        VERSION["session_hours"], 1, 12, description=lazy("Les heures de chaque étape suivent ses séances.")
    )
    per_week = number(VERSION["per_week"], 1, 7, needed=False)
    weeks = number(VERSION["weeks"], 1, 52, needed=False)
    own_pace = BooleanField(VERSION["own_pace"])
    max_months = number(VERSION["max_months"], 1, 36, needed=False)
    attendance_percent = number(VERSION["attendance_percent"], 0, 100)


class BadgesForm(DraftForm):
    """Which safety badges are taught, and which are chosen among."""

    target_badges = CheckboxesField(VERSION["target_badges"])
    choice_count = number(lazy("Combien de badges au choix"), 1, 20, needed=False)
    choice_among = CheckboxesField(lazy("Parmi"))

    def offer(self, badges: Choices) -> None:
        """Show the safety badges of the house."""
        for field in (self.target_badges, self.choice_among):
            field.choices = french_choices(badges)

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
        fields[f"{code}_asked"] = RadioField(_capital(name), [InputRequired(CHOOSE_ANSWER)], choices=choices)
        fields[f"{code}_label"] = StringField(lazy("Comment on l’appelle"), [Optional(), Length(max=120)])
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

    name = text(STAGE["name"], 60)
    young_label = text(STAGE["young_label"], 120, description=lazy("«\u00a0Je\u00a0», douze mots au plus."))
    aim = text(STAGE["aim"], 200)
    milestone = text(STAGE["milestone"], 200)
    session_total = number(
        lazy("Nombre de séances"), 1, 200, description=lazy("Les heures suivent\u00a0: séances × heures par séance.")
    )
    expected_proofs = lines(STAGE["expected_proofs"], needed=False)


class ChoiceForm(DraftForm):
    """Competencies of which some are enough."""

    count = number(lazy("Combien de compétences au choix"), 1, 20, needed=False)
    level = RadioField(COMPETENCY["level"], [Optional()], coerce=int, validate_choice=False)
    among = CheckboxesField(lazy("Parmi"))

    def offer(self, levels: Mapping[int, str], competencies: Choices) -> None:
        """Show levels and competencies."""
        self.level.choices = french_choices((level, f"{level} · {label}") for level, label in levels.items())
        self.among.choices = french_choices(competencies)

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
        self.level.choices = french_choices((level, f"{level} · {label}") for level, label in levels.items())


class TargetForm(_LevelForm):
    """A competency aimed at: its level here, its words in this version."""

    title = text(COMPETENCY["title"], 160)
    i_can = text(COMPETENCY["i_can"], 200, description=lazy("«\u00a0Je sais…\u00a0», douze mots au plus."))
    criteria = lines(COMPETENCY["criteria"])


class AddTargetForm(_LevelForm):
    """A competency of the house is aimed at."""

    competency = SelectField(lazy("Compétence"), [InputRequired(lazy("Choisir une compétence."))], coerce=str)

    def offer(self, competencies: Iterable[tuple[str, str]]) -> None:
        """Show those that the stage does not aim at yet."""
        self.competency.choices = [SelectChoice("", _("Choisir")), *french_choices(competencies)]


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
        self.evidence_code.choices = french_choices(kinds)
        self.replaces.choices = [SelectChoice(*one) for one in (("", _("Aucune")), *earlier)]
