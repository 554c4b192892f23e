"""What a form about a piece of evidence holds, made ready to keep: photos drawn anew, files looked at."""

import secrets
from typing import Any

from fablab import pictures, sent_files
from fablab.pictures import Crop
from pathways.forms_evidence import FORMS, FileForm, LinkForm, PhotoForm, PieceForm, WordsForm, fields_of_crop
from pathways.models_evidence import Evidence
from pathways.upkeep_evidence import Piece

#: bytes that a request with a file in it may have: the largest file, and what a form writes around it
MOST = sent_files.HEAVIEST + 256 * 1024


def new_key() -> str:
    """The key of a form: sent twice, it adds one piece."""
    return secrets.token_hex(16)


def piece_of(form: PieceForm) -> Piece:
    """The piece that a valid form holds. Raises Refused."""
    words = form.text.data
    if isinstance(form, PhotoForm):
        return photo_of(form)
    if isinstance(form, FileForm):
        name = sent_files.name_of(form.file.data.filename or "")
        raw = form.file.data.read(sent_files.HEAVIEST + 1)
        sent_files.check(raw, name)
        return Piece("file", words, contents={"file": raw}, file_name=name)
    if isinstance(form, LinkForm):
        return Piece("link", words, url=form.url.data)
    return Piece(str(form.kind.data) if isinstance(form, WordsForm) else "", words)


def photo_of(form: Any) -> Piece:
    """A photo as a piece: drawn anew, cut as the form says. Raises Refused."""
    raw = form.photo.data.read(pictures.HEAVIEST + 1)
    drawn = pictures.drawn_anew(raw, Crop(*fields_of_crop(form)))
    return Piece("photo", form.text.data, contents={"large": drawn.large, "small": drawn.small}, file_name="photo.jpg")


def form_for(kind: str | None, *, by_team: bool) -> PieceForm | None:
    """The form of what is to be added, its key new unless it was sent; None when there is no such kind for them."""
    made = FORMS.get(kind or "photo")
    if made is None or (made is WordsForm and not by_team):
        return None
    return made(data={"key": new_key()})


def what_of(piece: Evidence) -> str:
    """Which of its files shows a piece: the photo drawn anew, or the file as it came."""
    return "large" if piece.kind == "photo" else "file"
