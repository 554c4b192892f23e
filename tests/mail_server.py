"""A mail server on a raw socket that misbehaves where a test says so: it stalls, drops, says no, dribbles."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO

from fablab.config import Settings

#: the steps of a conversation, in order; "letter": while it is handed over, "answer": after its last dot
STEPS = ("connect", "greeting", "sender", "recipient", "data", "letter", "answer")
_WELCOME = {"connect": "220 here", "data": "354 go on"}
_VERBS = {"EHLO": "greeting", "HELO": "greeting", "MAIL": "sender", "RCPT": "recipient", "DATA": "data"}


class OddServer:
    """Speaks SMTP; at a step of ``odd`` it does as said: "stall", "drop", "dribble", or answers with these words."""

    def __init__(self, **odd: str) -> None:
        self.odd = odd
        #: letters taken whole, with the dot that ends them
        self.received: list[bytes] = []
        #: how many of them were answered
        self.answered = 0
        #: called once a letter is taken, before it is answered
        self.on_received: Callable[[], object] = lambda: None
        self._stopped = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.settings = Settings(
            smtp_host="127.0.0.1", smtp_port=self._listening.getsockname()[1], mail_from="la-dynamo@house.test"
        )
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def stop(self) -> None:
        """Hang up on everybody."""
        self._stopped.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(5)

    def ids(self) -> list[bytes]:
        """The Message-ID of each letter taken."""
        lines = [line for letter in self.received for line in letter.splitlines()]
        return [line for line in lines if line.startswith(b"Message-ID:")]

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                client, _where = self._listening.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._talk, args=(client,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _talk(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            client.settimeout(10)
            lines = client.makefile("rb")
            going = self._do(client, "connect")
            while going:
                line = lines.readline()
                verb = line[:4].decode("ascii", "replace").upper()
                if not line or verb == "QUIT":
                    return
                going = self._do(client, _VERBS.get(verb, "greeting"))
                if going and verb == "DATA" and "data" not in self.odd:
                    going = self._take(client, lines)

    def _take(self, client: socket.socket, lines: BinaryIO) -> bool:
        if "letter" in self.odd:
            lines.readline()
            return self._do(client, "letter")
        taken = b""
        while not taken.endswith(b"\r\n.\r\n"):
            line = lines.readline()
            if not line:
                return False
            taken += line
        self.received.append(taken)
        self.on_received()
        going = self._do(client, "answer")
        self.answered += going
        return going

    def _do(self, client: socket.socket, step: str) -> bool:
        """Answer a step; False when the conversation is over."""
        odd = self.odd.get(step)
        if odd == "drop":
            return False
        if odd == "stall":
            self._stopped.wait(10)
            return False
        if odd == "dribble":
            while not self._stopped.is_set():
                client.sendall(b"2")
                time.sleep(0.05)
            return False
        client.sendall((odd or _WELCOME.get(step, "250 well")).encode() + b"\r\n")
        return True
