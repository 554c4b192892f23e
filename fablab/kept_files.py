"""Files that the house keeps of people, in a folder of its own that no web server serves.

A file's name says nothing: a key by chance, of which the first two letters are its folder. What it is, whose, and who
may see it is said by a row of the database; every byte goes through a page that asks.
"""

import os
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import current_app, make_response
from werkzeug.wrappers import Response

from fablab.i18n import _
from fablab.refusals import refuse

#: what a file is -> how its name ends: a photo has two
ENDS = {"large": ".jpg", "small": ".small.jpg", "file": ".bin"}
_NAME = re.compile(r"([0-9a-f]{32})(\.jpg|\.small\.jpg|\.bin)")
PARTIAL = ".partial"
#: nothing in such an answer runs, whatever a browser takes it for
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def new_key() -> str:
    """A key nobody can guess."""
    return secrets.token_hex(16)


def folder() -> Path:
    """Where they are: EVIDENCE_FOLDER, or instance/evidence/."""
    chosen = current_app.config["SETTINGS"].evidence_folder
    return Path(chosen) if chosen else Path(current_app.instance_path) / "evidence"


def path_of(key: str, what: str) -> Path:
    """Where a file is or would be."""
    return folder() / key[:2] / f"{key}{ENDS[what]}"


def put(key: str, contents: Mapping[str, bytes]) -> None:
    """Write the files of a key, readable by the house's user only. Raises OSError: nothing of them is then left."""
    try:
        for what, content in contents.items():
            target = path_of(key, what)
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            partial = target.with_name(target.name + PARTIAL)
            with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(partial, target)
    except BaseException:
        remove([key])
        raise


def remove(keys: Iterable[str]) -> None:
    """Delete every file of these keys; one that is gone already is no fault."""
    for key in keys:
        for what in ENDS:
            path = path_of(key, what)
            path.unlink(missing_ok=True)
            path.with_name(path.name + PARTIAL).unlink(missing_ok=True)


@dataclass
class Files:
    """Files being added under one key (none: there are none); ``used`` once a row names them."""

    key: str | None = None
    used: bool = False


@contextmanager
def keeping(contents: Mapping[str, bytes]) -> Iterator[Files]:
    """Write files around the transaction that makes their row: no row is ever left without its files.

    They go again when the row did not come to be. Raises Refused: disk_full.
    """
    files = Files(new_key() if contents else None)
    if files.key:
        try:
            put(files.key, contents)
        except OSError as error:
            raise refuse("disk_full", _("Le fichier n’a pas pu être gardé\u00a0: prévenir l’équipe.")) from error
    try:
        yield files
    except BaseException:
        files.used = False
        raise
    finally:
        if files.key and not files.used:
            remove([files.key])


def everything() -> Iterator[tuple[str, float]]:
    """Every key of which a file is there, and when it was last written; other files are left out."""
    for path in folder().glob("??/*"):
        found = _NAME.fullmatch(path.name)
        if found:
            try:
                yield found[1], path.stat().st_mtime
            except FileNotFoundError:  # deleted meanwhile
                continue


def answer(key: str, what: str, name: str) -> Response | None:
    """A file as the answer to its page, which has asked who may; None when it is not there.

    A photo of ours is shown; anything else is given to be kept, as bytes of no kind.
    """
    try:
        content = path_of(key, what).read_bytes()
    except FileNotFoundError:
        return None
    response = make_response(content)
    photo = what != "file"
    response.headers["Content-Type"] = "image/jpeg" if photo else "application/octet-stream"
    response.headers.set("Content-Disposition", "inline" if photo else "attachment", filename=name)
    for header, value in HEADERS.items():
        response.headers[header] = value
    return response
