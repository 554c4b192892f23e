"""A real server for the races, and visitors who log in and send forms over real HTTP."""

import http.client
import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from fablab.db import db
from fablab.home.serve import GUNICORN
from tests import bound, databases
from tests.conftest import make_app

ROOT = Path(__file__).parent.parent.parent
SECRET_KEY = "for the races only, never elsewhere"


@dataclass
class Served:
    """Where the server listens, and what it says to its logs."""

    port: int
    log: Path

    def complaints(self) -> list[str]:
        """Lines of the log that no healthy server writes."""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        bad = ("locked", "traceback", "error", "deadlock", "timeout")
        return [line for line in text.splitlines() if any(word in line.lower() for word in bad)]


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    text: str
    location: str = ""


class Visitor:
    """A browser of one person: cookies and the token of its forms; it waits ``patience`` seconds for an answer."""

    def __init__(self, served: Served) -> None:
        self._served, self.patience = served, 60.0
        self._cookies: dict[str, str] = {}
        self.token = ""

    def enter(self, handle: str, pin: str) -> "Visitor":
        """Log in as a young person does."""
        self.get("/entrer")
        answer = self.post("/entrer", handle=handle, secret=pin)
        assert answer.status in (302, 303), answer
        self.get("/reserver")
        return self

    def leave(self) -> None:
        """Log out; the browser's name stays."""
        self.get("/mon-compte")
        assert self.post("/sortir").status in (302, 303)

    def keep(self, name: str, value: str) -> None:
        """Hold a cookie given elsewhere."""
        self._cookies[name] = value

    def forget(self, name: str) -> None:
        """Throw a cookie away."""
        self._cookies.pop(name, None)

    def enter_team(self, email: str, password: str) -> "Visitor":
        """Log in as the team does."""
        self.get("/entrer/equipe")
        answer = self.post("/entrer/equipe", email=email, secret=password)
        assert answer.status in (302, 303), answer
        self.get("/mon-compte")
        return self

    def get(self, path: str) -> Answer:
        """Open a page; its form's token is remembered."""
        answer = self._ask("GET", path, None)
        if found := re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.text):
            self.token = found.group(1)
        return answer

    def post(self, path: str, **fields: str) -> Answer:
        """Send a form with its token."""
        return self._ask("POST", path, urlencode({"csrf_token": self.token, **fields}))

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        # A connection of its own for each, so that the balance between the two workers is real.
        connection = http.client.HTTPConnection("127.0.0.1", self._served.port, timeout=self.patience)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        with closing(connection):
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
        for line in response.headers.get_all("Set-Cookie") or ():
            self._cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items()})
        return Answer(response.status, text, response.headers.get("Location", ""))


def at_once(acts: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Every act in a thread of its own, let go together; the answers in the same order."""
    answers: list[Answer | None] = [None] * len(acts)
    gate = threading.Barrier(len(acts), timeout=60)

    def run(number: int) -> None:
        gate.wait()
        answers[number] = acts[number]()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert None not in answers, "somebody got no answer"
    return [answer for answer in answers if answer is not None]


@contextmanager
def serve(address: str, folder: Path) -> Iterator[Served]:
    """Start the server as «make run» does on this database; stops it afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "DATABASE_URL": address,
        "SECRET_KEY": SECRET_KEY,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "ARGON2_MEMORY": "8",
        "ARGON2_ROUNDS": "1",
    }
    served = Served(port, folder / "server.log")
    command = [*GUNICORN, "--bind", f"127.0.0.1:{port}"]
    with served.log.open("wb") as log:
        server = bound.start([*command, "wsgi:app"], cwd=ROOT, env=environment, log=log)
        try:
            _wait(port)
            yield served
        finally:
            server.terminate()
            server.wait(timeout=60)


@contextmanager
def served_beside(migrated: str, folder: Path) -> Iterator[Served]:
    """A real server (2 workers of 8 threads) on a database of its own, and an app on the same database beside it."""
    with databases.copy_of(migrated, folder) as address:
        app = make_app(folder, address)
        with app.app_context(), serve(address, folder) as served:
            yield served
            db.session.remove()
            db.engine.dispose()


def _wait(port: int) -> None:
    for _try in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")
