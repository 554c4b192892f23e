"""A client that costs little: bare sockets, kept alive; and the closed loop that measures."""

import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

HOST = "127.0.0.1"
_COOKIE = re.compile(rb"(?im)^set-cookie: *([^=;]+)=([^;\r\n]*)")
_TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    headers: bytes
    body: bytes

    def header(self, name: str) -> str | None:
        """A header's value, the first of its name."""
        found = re.search(rb"(?im)^" + name.encode() + rb": *(.*?)\r?$", self.headers)
        return found.group(1).decode() if found else None

    @property
    def cookies(self) -> list[tuple[str, str]]:
        """The cookies that it sets."""
        return [(name.decode(), value.decode()) for name, value in _COOKIE.findall(self.headers)]

    @property
    def token(self) -> str:
        """The CSRF token of the first form."""
        found = _TOKEN.search(self.body)
        if found is None:
            raise RuntimeError("no form on this page")
        return found.group(1).decode()


class Line:
    """One connection, opened again when the server has closed it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket: socket.socket | None = None

    def ask(self, request: bytes) -> Answer:
        """Send a request, wait for the whole answer."""
        for attempt in (1, 2):
            if self.socket is None:
                self.socket = socket.create_connection((HOST, self.port), timeout=30)
                self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                self.socket.sendall(request)
                return self._answer(self.socket)
            except (ConnectionError, EOFError):
                # Kept alive for two seconds only: a line that slept is opened again, once.
                self.socket.close()
                self.socket = None
                if attempt == 2:
                    raise
        raise AssertionError("never reached")

    def _answer(self, line: socket.socket) -> Answer:
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more(line)
        headers, body = received[:end], received[end + 4 :]
        found = re.search(rb"(?i)\r\ncontent-length: *(\d+)", headers)
        length = int(found.group(1)) if found else 0
        while len(body) < length:
            body += self._more(line)
        if re.search(rb"(?i)\r\nconnection: *close", headers):
            line.close()
            self.socket = None
        return Answer(int(headers[9:12]), headers, body)

    @staticmethod
    def _more(line: socket.socket) -> bytes:
        piece = line.recv(65536)
        if not piece:
            raise EOFError
        return piece


@dataclass
class Visitor:
    """Somebody's browser: its cookies and the token of their forms."""

    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    @property
    def cookie(self) -> str:
        """The cookies as a request says them."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def get(self, path: str) -> bytes:
        """The request of a page."""
        return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nCookie: {self.cookie}\r\n\r\n".encode()

    def post(self, path: str, **fields: object) -> bytes:
        """The request of a form, its token included."""
        body = urlencode({"csrf_token": self.token, **fields})
        head = f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nCookie: {self.cookie}\r\n"
        kind = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        return (head + kind + body).encode()

    def keep(self, answer: Answer) -> None:
        """Remember the cookies that an answer sets."""
        self.cookies |= dict(answer.cookies)


def log_in(line: Line, door: str, form_page: str, **fields: str) -> Visitor:
    """Enter by the real form, and take the token of a page behind it."""
    visitor = Visitor()
    page = line.ask(visitor.get(door))
    visitor.keep(page)
    visitor.token = page.token
    answer = line.ask(visitor.post(door, **fields))
    if answer.status not in (302, 303):
        raise RuntimeError(f"{door}: {answer.status}, not let in")
    visitor.keep(answer)
    page = line.ask(visitor.get(form_page))
    visitor.keep(page)
    visitor.token = page.token
    return visitor


@dataclass
class Measure:
    """What a closed loop saw: seconds of each answer, and how long it all took."""

    times: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    bytes: int = 0
    lasted: float = 0.0

    def percentile(self, share: float) -> float:
        """Milliseconds within which this share of the answers came."""
        ordered = sorted(self.times)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000 if ordered else 0.0

    @property
    def per_second(self) -> float:
        """Requests answered each second."""
        return len(self.times) / self.lasted if self.lasted else 0.0

    @property
    def kilobytes(self) -> float:
        """The size of one answer's body."""
        return self.bytes / len(self.times) / 1000 if self.times else 0.0


def closed_loop(port: int, clients: int, seconds: float, next_request: Callable[[], bytes | None]) -> Measure:
    """Each client asks, waits for the answer, asks again; until the time or the requests are over."""
    total, lock = Measure(), threading.Lock()
    began = time.perf_counter()
    until = began + seconds

    def client() -> None:
        line, times, size = Line(port), [], 0
        statuses: dict[int, int] = {}
        while (started := time.perf_counter()) < until and (request := next_request()) is not None:
            started = time.perf_counter()
            answer = line.ask(request)
            times.append(time.perf_counter() - started)
            size += len(answer.body)
            statuses[answer.status] = statuses.get(answer.status, 0) + 1
        with lock:
            total.times += times
            total.bytes += size
            for status, number in statuses.items():
                total.statuses[status] = total.statuses.get(status, 0) + number

    threads = [threading.Thread(target=client) for _number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total.lasted = time.perf_counter() - began
    return total
