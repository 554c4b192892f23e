"""A letter as it leaves: its text, the same words in HTML, and what it carries for the reader's calendar."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage

from flask import current_app

from fablab import calendars
from fablab.i18n import speaking
from fablab.outbox import Letter

_ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Block:
    """A piece of a letter: words ("text"), a list ("list"), an address ("link") or what is said last ("foot")."""

    kind: str
    lines: tuple[str, ...]


def blocks(body: str) -> Iterator[Block]:
    """The pieces of a letter's text: blank lines part them, «- » begins a line of a list, «-- » the foot."""
    foot = False
    for part in re.split(r"\n\s*\n", body.strip()):
        lines = [line.strip() for line in part.split("\n") if line.strip()]
        foot = foot or lines[:1] == ["--"]
        run: list[str] = []
        kind = "text"
        for line in lines:
            own = "foot" if foot else _kind(line)
            if run and own != kind:
                yield Block(kind, tuple(run))
                run = []
            kind = own
            if line != "--":
                run.append(line.removeprefix("- ") if kind == "list" else line)
        if run:
            yield Block(kind, tuple(run))


def html(letter: Letter) -> str:
    """The letter's text in the one frame of all letters, in the language it was written in."""
    template = current_app.jinja_env.get_template("mail/frame.html")
    with speaking(letter.language):
        found = template.render(
            language=letter.language, title=letter.subject, blocks=list(blocks(letter.body)), address=_ADDRESS
        )
    return found + "\n"


def envelope(letter: Letter, house: str, sender: str, public_url: str) -> EmailMessage:
    """The message handed to the mail server. Sent again, it has the same Message-ID and is still one letter."""
    message = EmailMessage()
    message["From"] = Address(house, addr_spec=sender)
    message["To"] = letter.to_address
    message["Subject"] = letter.subject
    message["Message-ID"] = f"<{hashlib.sha256(letter.key.encode()).hexdigest()[:40]}@{sender.rpartition('@')[2]}>"
    message["Date"] = letter.written_at
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = letter.language
    message.set_content(letter.body)
    message.add_alternative(html(letter), subtype="html")
    if letter.calendar:
        message.add_attachment(
            calendars.written(letter.calendar, house, sender, public_url, letter.written_at),
            subtype="calendar",
            params={"method": calendars.method(letter.calendar)},
            filename="rendez-vous.ics",
        )
    return message


def _kind(line: str) -> str:
    if line.startswith("- "):
        return "list"
    return "link" if _ADDRESS.fullmatch(line) else "text"
