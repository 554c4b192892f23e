"""The forms of evidence: pieces, sheets, and hiding one."""

from collections.abc import Iterable
from typing import Any

from flask_wtf.file import FileField
from wtforms import HiddenField, IntegerField, RadioField, StringField, TextAreaField, URLField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from fablab.form_words import OFFERED, WRITE_WHY
from fablab.forms import BaseForm, about_the_act, real_words
from fablab.i18n import lazy
from fablab.people.forms import MultiCheckboxField
from pathways.values_evidence import TEXT_LENGTH

_KEY = [Regexp(r"^[0-9a-f]{32}\Z")]


class ShowsForm(BaseForm):
    """Which competencies a piece shows."""

    shows = MultiCheckboxField(lazy("Cela montre"), [Optional()], coerce=int)

    def offer(self, competencies: Iterable[tuple[int, str]]) -> None:
        """Show the competencies that may be chosen."""
        self.shows.choices = [SelectChoice(*one) for one in competencies]


class PieceForm(ShowsForm):
    """What every piece has: words, and the key by which a form sent twice adds one piece."""

    key = HiddenField(validators=_KEY)
    text = StringField(
        lazy("Ce que cela montre"),
        [InputRequired(lazy("Dire en quelques mots ce que cela montre.")), Length(max=TEXT_LENGTH), about_the_act],
        description=lazy("Par exemple «\u00a0Ma boîte découpée au laser\u00a0». Aucun nom de personne."),
    )


class CropForm(BaseForm):
    """What of a photo is kept, in hundredths of its width and height."""

    left = IntegerField(lazy("À partir de la gauche"), [Optional(), NumberRange(0, 95)], default=0)
    top = IntegerField(lazy("À partir du haut"), [Optional(), NumberRange(0, 95)], default=0)
    width = IntegerField(lazy("Largeur gardée"), [Optional(), NumberRange(5, 100)], default=100)
    height = IntegerField(lazy("Hauteur gardée"), [Optional(), NumberRange(5, 100)], default=100)


class PhotoForm(CropForm, PieceForm):
    """A photo of what was made or tried."""

    photo = FileField(lazy("La photo"), [InputRequired(lazy("Choisir une photo."))])


class SheetPhotoForm(CropForm):
    """A photo on a sheet: its words are said on the sheet."""

    key = HiddenField(validators=_KEY)
    photo = FileField(lazy("La photo"), [InputRequired(lazy("Choisir une photo."))])
    text = StringField(
        lazy("Ce que l’on voit"),
        [InputRequired(lazy("Dire en quelques mots ce que l’on voit.")), Length(max=TEXT_LENGTH), about_the_act],
    )


class FileForm(PieceForm):
    """A file of design, a plan, a text."""

    file = FileField(
        lazy("Le fichier"),
        [InputRequired(lazy("Choisir un fichier."))],
        description=lazy("10\u00a0Mo au plus\u00a0: SVG, DXF, STL, 3MF, PDF, tableur, texte, programme."),
    )


class LinkForm(PieceForm):
    """The address of a page."""

    url = URLField(
        lazy("L’adresse"),
        [InputRequired(lazy("Copier l’adresse de la page.")), Length(max=500)],
        description=lazy("Elle commence par https://."),
    )


class WordsForm(PieceForm):
    """What the team saw or heard, in words."""

    kind = RadioField(
        lazy("Ce que c’est"),
        [InputRequired(OFFERED)],
        choices=[
            SelectChoice("checklist", lazy("Une liste de contrôle cochée")),
            SelectChoice("oral", lazy("Une explication à l’oral")),
            SelectChoice("presence", lazy("Une présence")),
        ],
    )


#: what is added -> its form
FORMS: dict[str, type[PieceForm]] = {"photo": PhotoForm, "fichier": FileForm, "lien": LinkForm, "constat": WordsForm}


class SheetForm(ShowsForm):
    """«Ma fiche projet», as it is written on a phone."""

    key = HiddenField(validators=_KEY)
    title = StringField(
        lazy("Mon projet s’appelle"),
        [InputRequired(lazy("Je donne un titre.")), Length(max=120), about_the_act],
        description=lazy("Sans nom de personne."),
    )
    steps = TextAreaField(
        lazy("Ce que j’ai fait, étape par étape"),
        [Optional(), Length(max=2000), about_the_act],
        description=lazy("Une étape par ligne."),
    )
    materials = TextAreaField(
        lazy("Ce que j’ai utilisé"),
        [Optional(), Length(max=500), about_the_act],
        description=lazy("Matières, machines, logiciels."),
    )
    minutes = IntegerField(
        lazy("Temps passé, en minutes"),
        [Optional(), NumberRange(1, 60_000, lazy("Écrire un nombre de minutes, par exemple 90."))],
    )


class HideForm(BaseForm):
    """Why a sheet is taken out of the gallery."""

    reason = TextAreaField(
        lazy("Motif"),
        [InputRequired(WRITE_WHY), Length(max=300), real_words, about_the_act],
        description=lazy("Le jeune le lira. Parler de la fiche, jamais de la personne."),
    )


def fields_of_crop(form: Any) -> tuple[int, int, int, int]:
    """Left, top, width and height; what was left empty keeps the whole."""
    said = (form.left.data, form.top.data, form.width.data, form.height.data)
    return tuple(whole if one is None else one for one, whole in zip(said, (0, 0, 100, 100), strict=True))  # type: ignore[return-value]  # four of them
