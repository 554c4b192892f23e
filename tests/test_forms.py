"""What a form says of an answer that no page of ours sends, in plain words of the reader's language."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import wtforms
from bs4 import BeautifulSoup
from flask import Flask, get_template_attribute
from werkzeug.datastructures import MultiDict
from wtforms.fields.choices import SelectChoice, SelectFieldBase

from fablab.form_words import WORDS
from fablab.forms import BaseForm, french_choices
from fablab.i18n import speaking

SENTENCES = (Path(wtforms.__file__).parent / "locale" / "wtforms.pot").read_text(encoding="utf-8")
THEIRS = {text.replace('"\n"', "") for text in re.findall(r'msgid "((?:[^"]|"\n")+)"', SENTENCES)}
#: a field asked for what cannot be -> French, English
ODD = [
    (wtforms.SelectField(choices=["a", "b"]), "c", "Choisir une des réponses proposées.", "Choose one of the answers"),
    (
        wtforms.SelectField(choices=[SelectChoice(1, "a")], coerce=int),
        "x",
        "Choisir une des réponses proposées.",
        "Choose one of",
    ),
    (wtforms.RadioField(choices=["a", "b"]), "c", "Choisir une des réponses proposées.", "Choose one of the answers"),
    (
        wtforms.SelectMultipleField(choices=["a"]),
        "c",
        "Choisir une des réponses proposées.",
        "Choose one of the answers",
    ),
    (wtforms.IntegerField(), "douze", "Écrire un nombre entier.", "Write a whole number."),
    (wtforms.DecimalField(), "x", "Écrire un nombre.", "Write a number."),
    (wtforms.DateField(), "31/02", "Cette date n’existe pas", "This date does not exist"),
    (wtforms.TimeField(), "25:99", "Cette heure n’existe pas.", "This hour does not exist."),
    (wtforms.IntegerField(validators=[wtforms.validators.NumberRange(1, 9)]), "12", "Un nombre de 1 à 9.", "A number"),
    (wtforms.StringField(validators=[wtforms.validators.Length(max=3)]), "long", "3 lettres au plus.", "3 letters"),
    (
        wtforms.StringField(validators=[wtforms.validators.DataRequired()]),
        "",
        "Cette réponse manque.",
        "This answer is",
    ),
    (wtforms.StringField(validators=[wtforms.validators.UUID()]), "x", "Cette réponse ne convient pas.", "This answer"),
]


def below(form: type[BaseForm]) -> Iterator[type[BaseForm]]:
    for one in form.__subclasses__():
        yield from (one, *below(one))


def errors(app: Flask, form: type[BaseForm], sent: dict[str, str], language: str) -> str:
    with app.test_request_context("/", method="POST"), speaking(language):
        filled = form(formdata=MultiDict(sent))
        filled.validate()
        return " ".join(str(one) for field in filled for one in field.errors)


@pytest.mark.parametrize(("field", "sent", "french", "english"), ODD)
def test_what_the_library_checks_is_said_in_our_words(
    app: Flask, field: wtforms.Field, sent: str, french: str, english: str
) -> None:
    form = type("Asked", (BaseForm,), {"answer": field})
    assert french in errors(app, form, {"answer": sent}, "fr")
    assert english in errors(app, form, {"answer": sent}, "en")


def test_each_sentence_is_still_one_of_the_library() -> None:
    assert set(WORDS) <= THEIRS


def test_no_choice_of_any_form_answers_in_the_words_of_the_library(app: Flask) -> None:
    ours = {form for form in below(BaseForm) if not form.__module__.startswith("tests")}
    spoken = re.compile("choi(x|ce) valide|valid|coerce|field|champ", re.IGNORECASE)
    seen = 0
    for form in ours:
        names = [name for name in dir(form) if issubclass(kind_of(form, name), SelectFieldBase)]
        for name in names:
            with app.test_request_context("/", method="POST"):
                filled = form(formdata=MultiDict({name: "made-up"}))
                filled[name].choices = filled[name].choices or []  # those that a view offers
                filled[name].validate(filled)
                assert not spoken.search(" ".join(map(str, filled[name].errors))), (form, name)
                seen += 1
    assert seen > 8


def kind_of(form: type[BaseForm], name: str) -> type:
    """The class of a form's field; object for what is none."""
    return getattr(getattr(form, name), "field_class", object)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        (wtforms.IntegerField(validators=[wtforms.validators.NumberRange(1, 9)]), "douze", "Écrire un nombre entier."),
        (
            wtforms.RadioField(choices=[SelectChoice(1, "a")], coerce=int),
            "x",
            "Choisir une des réponses proposées.",
        ),
        (wtforms.DecimalField(validators=[wtforms.validators.NumberRange(1, 9)]), "x", "Écrire un nombre."),
    ],
)
def test_an_answer_that_cannot_be_read_has_one_fault(app: Flask, field: object, typed: str, said: str) -> None:
    class Odd(BaseForm):
        asked = field

    class Rows(BaseForm):
        row = wtforms.FieldList(wtforms.FormField(type("Row", (wtforms.Form,), {"asked": field})), min_entries=1)

    with app.test_request_context():
        form, rows = Odd(MultiDict({"asked": typed})), Rows(MultiDict({"row-0-asked": typed}))
        assert not form.validate()
        assert form["asked"].errors == [said]
        assert not rows.validate()
        assert len(rows.row[0].form["asked"].errors) == 1


class ChoicesForm(BaseForm):
    """A list and radio buttons whose names are of the catalogue."""

    machine = wtforms.SelectField()
    material = wtforms.RadioField()


@pytest.mark.parametrize(("page", "marked"), [("fr", False), ("en", True)])
def test_choices_named_by_the_catalogue_say_in_an_english_page_that_they_are_french(
    app: Flask, page: str, marked: bool
) -> None:
    with app.test_request_context(), speaking(page):
        form = ChoicesForm()
        form.machine.choices = [SelectChoice("", "—"), *french_choices([("VIN-01", "La découpe vinyle")])]
        form.material.choices = french_choices([("paper", "Papier"), ("felt", "Feutrine")])
        field = get_template_attribute("components/field.html", "field")
        shown = BeautifulSoup(field(form.machine) + field(form.material), "html.parser")
    assert [one.text for one in shown.select("option[lang=fr], span[lang=fr]")] == (
        ["La découpe vinyle", "Papier", "Feutrine"] if marked else []
    )
