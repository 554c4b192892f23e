"""Documents to print, made by Typst from a file of templates/pdf/ and data that are never read as markup."""

import json
from pathlib import Path
from typing import Any

import typst

_FOLDER = Path(__file__).resolve().parent.parent / "templates" / "pdf"


def make(name: str, *, readable: bool = False, **data: Any) -> bytes:
    """The PDF of ``templates/pdf/<name>.typ``, with each of ``data`` as JSON in sys.inputs; fonts are Typst's own.

    ``readable``: to the standard PDF/UA-1 (ISO 14289): Typst refuses a file that a screen reader could not read.
    """
    said = {key: json.dumps(value, ensure_ascii=False) for key, value in data.items()}
    made = typst.compile(
        str(_FOLDER / f"{name}.typ"),
        root=str(_FOLDER),
        sys_inputs=said,
        ignore_system_fonts=True,
        pdf_standards=["ua-1"] if readable else [],
    )
    if not isinstance(made, bytes):
        raise TypeError("a document of one file was expected")
    return made
