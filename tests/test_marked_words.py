"""Words of the catalogue are French in every language: marked so in English sentences, and plain where no page is."""

from flask import Flask
from markupsafe import Markup

from fablab.i18n import _, as_typed, in_french, naming, speaking, unmarked

LASER = "Permis laser"
MARKED = '<span lang="fr">Permis laser</span>'


def test_a_sentence_keeps_the_mark_of_its_words_and_escapes_the_others(app: Flask) -> None:
    with app.test_request_context(), speaking("en"):
        said = _("%(person)s peut valider\u00a0: %(badge)s.", person="<b>", badge=in_french(LASER))
    assert isinstance(said, Markup)
    assert said == f"&lt;b&gt; can validate: {MARKED}."


def test_a_name_inside_a_sentence_is_marked_once(app: Flask) -> None:
    with app.test_request_context(), speaking("en"):
        assert naming("I need <the> badge Permis laser.", LASER) == f"I need &lt;the&gt; badge {MARKED}."
        assert naming("I need another badge.", LASER) == "I need another badge."
        assert naming("Anything.", "") == "Anything."


def test_in_french_nothing_is_marked(app: Flask) -> None:
    with app.test_request_context(), speaking("fr"):
        assert naming("Il me faut le badge Permis laser.", LASER) == "Il me faut le badge Permis laser."
        assert not isinstance(_("Badge\u00a0: %(name)s", name=in_french(LASER)), Markup)


def test_what_is_no_page_has_the_words_alone(app: Flask) -> None:
    with app.test_request_context(), speaking("en"):
        assert unmarked(in_french("Soudure & étain")) == "Soudure & étain"
    assert unmarked("2 < 3") == "2 < 3"


def test_no_language_is_claimed_for_what_somebody_typed(app: Flask) -> None:
    with app.test_request_context(), speaking("en"):
        assert as_typed("La buse <0,4> est bouchée") == '<span lang="">La buse &lt;0,4&gt; est bouchée</span>'
        assert as_typed(None) == ""
    with app.test_request_context(), speaking("fr"):
        assert as_typed("La buse est bouchée") == "La buse est bouchée"
