"""What takes a letter away: a mail server, or a folder. Says what is certain: it left, it did not, or nobody knows.

Until the dot that ends a letter is handed to the server, nothing has left. After it only the server's answer counts:
without one nobody knows.
"""

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from pathlib import Path
from typing import Protocol

from fablab.config import Settings

#: seconds that a server may take for one answer, for the last one (it looks for spam first), and for a whole letter
PATIENCE, LAST_PATIENCE, WHOLE_PATIENCE = 20.0, 120.0, 240.0
#: answers to «RCPT» that speak of the address: no such mailbox, not here, not a name (RFC 5321, 4.2.3)
_NO_SUCH = (550, 551, 553)


class NotAccepted(Exception):
    """The letter certainly did not leave. ``code`` says why, for the page: "answered:data:451"."""

    def __init__(self, code: str, *, unreachable: bool = False, no_such_address: bool = False) -> None:
        super().__init__(code)
        self.code = code
        #: the server is not there, or does not speak: other letters would fare no better
        self.unreachable = unreachable
        #: the address itself is wrong, for good
        self.no_such_address = no_such_address


class NobodyKnows(Exception):
    """Everything was handed over and no answer came. ``code`` says how, for the page."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Carrier(Protocol):
    """What takes a letter away."""

    def carry(self, letter: EmailMessage) -> None:
        """Take one letter. Raises NotAccepted when it surely did not leave, NobodyKnows when it may have."""


class SmtpCarrier:
    """A mail server, one connection a letter."""

    def __init__(
        self,
        settings: Settings,
        *,
        patience: float = PATIENCE,
        last_patience: float = LAST_PATIENCE,
        whole_patience: float = WHOLE_PATIENCE,
    ) -> None:
        self.settings = settings
        self.patience, self.last_patience, self.whole_patience = patience, last_patience, whole_patience

    def carry(self, letter: EmailMessage) -> None:
        """Hand over one letter, in ``whole_patience`` seconds at most, however slowly the server speaks."""
        talk = _Talk(self.settings, letter, self.patience, self.last_patience)
        # Each word that a server dribbles begins its timeout anew: the whole needs a limit of its own.
        limit = threading.Timer(self.whole_patience, talk.cut)
        limit.daemon = True
        limit.start()
        try:
            talk.run()
        finally:
            limit.cancel()
            talk.hang_up()


def tls_context() -> ssl.SSLContext:
    """How a mail server proves that it is the one asked for: smtplib by itself believes any certificate.

    A server with a certificate of its own: SSL_CERT_FILE names the file to believe.
    """
    return ssl.create_default_context()


class _Server(smtplib.SMTP):
    """A server not yet called: so that whoever limits the whole can cut the call from its first word on."""

    def __init__(self, host: str, patience: float) -> None:
        super().__init__(timeout=patience)
        self._host = host  # the name that its certificate must bear


class _Talk:
    """One conversation with a mail server about one letter."""

    def __init__(self, settings: Settings, letter: EmailMessage, patience: float, last_patience: float) -> None:
        self.settings, self.letter, self.last_patience = settings, letter, last_patience
        self.server = _Server(settings.smtp_host, patience)
        self.sender, self.reader = settings.mail_from, str(letter["To"])
        self.step = "connect"
        #: the dot that ends the letter was, or may have been, handed over
        self.handed = False

    def run(self) -> None:
        """Say everything, step by step. Raises NotAccepted or NobodyKnows."""
        try:
            self._greet()
            options = self._mail_options()
            self._say("sender", lambda: self.server.mail(self.sender, options), 250)
            self._say("recipient", lambda: self.server.rcpt(self.reader), 250, 251)
            self._say("data", lambda: self.server.docmd("DATA"), 354)
            self._hand_over(options)
        except UnicodeError as error:
            raise NotAccepted("plain_only", no_such_address=not self.reader.isascii()) from error
        except smtplib.SMTPResponseException as error:
            if self.handed:
                raise NobodyKnows(f"garbled:{self.step}") from error
            raise NotAccepted(f"answered:{self.step}:{error.smtp_code}", unreachable=True) from error
        except (OSError, smtplib.SMTPException) as error:
            how = "silent" if isinstance(error, TimeoutError) or "timed out" in str(error) else "broken"
            if self.handed:
                raise NobodyKnows(f"{how}:{self.step}") from error
            raise NotAccepted(f"{how}:{self.step}", unreachable=True) from error

    def cut(self) -> None:
        """End the conversation at once, from another thread."""
        if self.server.sock is not None:
            with suppress(OSError):
                self.server.sock.shutdown(socket.SHUT_RDWR)

    def hang_up(self) -> None:
        """Close the connection, politely where a word is expected; the answer matters to nobody."""
        if self.server.sock is not None and self.step not in ("letter", "answer"):
            with suppress(OSError, ValueError):
                self.server.sock.settimeout(0.2)
                self.server.sock.sendall(b"QUIT\r\n")
        self.cut()
        self.server.close()

    def _greet(self) -> None:
        self._say("connect", lambda: self.server.connect(self.settings.smtp_host, self.settings.smtp_port), 220)
        self.step = "greeting"
        self.server.ehlo_or_helo_if_needed()
        if self.settings.smtp_starttls:
            self.step = "starttls"
            self.server.starttls(context=tls_context())
            self.server.ehlo_or_helo_if_needed()
        if self.settings.smtp_user:
            self.step = "login"
            self.server.login(self.settings.smtp_user, self.settings.smtp_password)

    def _mail_options(self) -> list[str]:
        """What to ask for an address with accents. Raises NotAccepted where the server knows only plain ones."""
        if self.reader.isascii():
            return []
        if not self.server.has_extn("smtputf8"):
            raise NotAccepted("plain_only", no_such_address=True)
        self.server.command_encoding = "utf-8"
        return ["SMTPUTF8", "BODY=8BITMIME"]

    def _say(self, step: str, ask: Callable[[], tuple[int, bytes]], *welcome: int) -> None:
        self.step = step
        code, said = ask()
        if code not in welcome:
            raise NotAccepted(
                f"answered:{step}:{code}",
                unreachable=step == "connect",
                no_such_address=step == "recipient" and is_no_such_address(code, said),
            )

    def _hand_over(self, options: list[str]) -> None:
        written = self.letter.as_bytes(policy=SMTPUTF8 if options else SMTP)
        self.step = "letter"
        self.server.send(re.sub(rb"(?m)^\.", b"..", written.rstrip(b"\r\n")) + b"\r\n")
        if self.server.sock is not None:
            self.server.sock.settimeout(self.last_patience)
        self.step, self.handed = "answer", True
        self.server.send(b".\r\n")
        code, _said = self.server.getreply()
        if not 200 <= code < 600:
            raise NobodyKnows("garbled:answer")
        if code != 250:
            raise NotAccepted(f"answered:letter:{code}")
        self.step = "done"


class FileCarrier:
    """A folder of .eml files, for a house without a mail server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def carry(self, letter: EmailMessage) -> None:
        """Write one file, named after the letter's own id."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = str(letter["Message-ID"]).strip("<>").split("@")[0]
        (self.folder / f"{name}.eml").write_bytes(letter.as_bytes(policy=SMTP))


def carrier_for(settings: Settings, instance: Path) -> Carrier:
    """The mail server when one is set, else the folder instance/letters/."""
    return SmtpCarrier(settings) if settings.smtp_host else FileCarrier(instance / "letters")


def is_no_such_address(code: int, said: bytes) -> bool:
    """Whether a server's answer to an address says that there is no such mailbox, and not that it minds us.

    5.7.x speaks of policy (relay denied), 5.2.2 of a full mailbox, 4.x of now: the address may be right.
    """
    detailed = re.match(rb"\s*(\d\.\d{1,3}\.\d{1,3})", said)
    return code in _NO_SUCH and (detailed is None or detailed[1].startswith((b"5.1.", b"5.2.1")))
