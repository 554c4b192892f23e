"""The file of a paper made ready to keep: a PDF as it came, a photo drawn anew."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fablab import pictures, sent_files
from fablab.refusals import Refused

#: bytes that a request with a paper in it may have: the largest file, and what a form writes around it
MOST = sent_files.HEAVIEST + 256 * 1024


def file_of(sent: Any) -> tuple[Mapping[str, bytes], str]:
    """The file of a form ready to keep, and its name. Raises Refused, beside the field «file»."""
    name = sent_files.name_of(sent.filename or "")
    if name.endswith(".pdf"):
        raw = sent.read(sent_files.HEAVIEST + 1)
        sent_files.check(raw, name)
        return {"file": raw}, name
    try:
        drawn = pictures.drawn_anew(sent.read(pictures.HEAVIEST + 1))
    except Refused as refused:
        raise Refused([replace(one, field="file") for one in refused.refusals]) from refused
    return {"file": drawn.large}, f"{name.rpartition('.')[0] or name}.jpg"
