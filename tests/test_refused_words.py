"""Free text speaks of a skill or an act: words of what the house refuses to know send it back."""

import pytest
from flask import Flask

from bookings.forms import MoveForm
from fablab.forms import BaseForm
from fablab.refused_words import first_in
from pathways.forms import RevokeForm


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("A une reconnaissance de handicap", "handicap"),
        ("Dépressif depuis l’été", "depressif"),
        ("suivi par la PJJ", "pjj"),
        ("n’a pas de titre de séjour", "titre de sejour"),
        ("1 85 05 78 006 084 36", "1 85 05 78 006 084 36"),
        ("numéro 285057800608436.", "285057800608436"),
        ("sans-papiers", "sans papiers"),
    ],
)
def test_what_the_house_refuses_to_know_is_found(text: str, word: str) -> None:
    assert first_in(text) == word


@pytest.mark.parametrize(
    "text",
    [
        "Règle bien la hauteur du laser, oublie encore les lunettes.",
        "Le traitement de l’image est à refaire ; je juge la pièce bonne.",
        "Les notes sont dans le carnet, pièce 12, 3 mm, fichier 20261124-1030.",
        "Pièce montée à l’envers, colle à sécher.",
    ],
)
def test_what_is_said_in_a_workshop_passes(text: str) -> None:
    assert first_in(text) is None


@pytest.mark.parametrize(("form", "field"), [(RevokeForm, "reason"), (MoveForm, "override")])
def test_free_texts_about_a_young_person_are_sent_back_with_it(app: Flask, form: type[BaseForm], field: str) -> None:
    with app.test_request_context(method="POST", data={field: "Il est autiste"}):
        filled = form()
        filled.validate()
        assert "autiste" in " ".join(filled[field].errors)
