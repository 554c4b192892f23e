"""Names stand inside French and English sentences as people say them."""

import pytest

from fablab.articles import at, bare, of, the


@pytest.mark.parametrize(
    ("name", "said_of", "said_at"),
    [
        ("le Fablab", "du Fablab", "au Fablab"),
        ("l’Atelier", "de l’Atelier", "à l’Atelier"),
        ("la Fabrique", "de la Fabrique", "à la Fabrique"),
        ("La Petite Fabrique", "de La Petite Fabrique", "à La Petite Fabrique"),
        ("Le Hangar", "du Hangar", "au Hangar"),
        ("Les Ateliers", "des Ateliers", "aux Ateliers"),
        ("Ici", "d’Ici", "à Ici"),
    ],
)
def test_a_name_takes_its_article_in_french(name: str, said_of: str, said_at: str) -> None:
    assert (of(name, "fr"), at(name, "fr")) == (said_of, said_at)


def test_a_common_article_becomes_english_and_a_name_of_ones_own_stays() -> None:
    assert [the(name, "en") for name in ("le Fablab", "l’Atelier", "La Petite Fabrique")] == [
        "the Fablab",
        "the Atelier",
        "La Petite Fabrique",
    ]
    assert (of("the Fablab", "en"), at("La Petite Fabrique", "en")) == ("of the Fablab", "at La Petite Fabrique")
    assert (bare("le Fablab"), bare("La Petite Fabrique")) == ("Fablab", "La Petite Fabrique")
