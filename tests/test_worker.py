"""How much of a request the web server awaits before a thread is given to it, and how it stops."""

import os
import signal
import socket
import time
from contextlib import ExitStack
from pathlib import Path

import click
import pytest

from fablab.home.serve import GUNICORN, require_free
from fablab.home.worker import BODY_MAX, wanted
from tests import bound


@pytest.mark.parametrize(
    ("heard", "size"),
    [
        (b"", None),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", None),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27),
        (b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab", 43),
        (b"POST / HTTP/1.1\r\nCONTENT-LENGTH:5\r\n\r\nab", 42),
        (b"POST / HTTP/1.1\r\nX-Content-Length: 5\r\n\r\n", 40),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 47),
    ],
)
def test_a_request_is_awaited_whole(heard: bytes, size: int | None) -> None:
    assert wanted(heard) == size


@pytest.mark.parametrize("more", [b"Expect: 100-continue\r\nContent-Length: 5", b"Content-Length: %d" % (BODY_MAX + 1)])
def test_a_body_that_a_thread_had_better_read_is_not_awaited(more: bytes) -> None:
    headers = b"POST / HTTP/1.1\r\n" + more + b"\r\n\r\n"
    assert wanted(headers) == len(headers)


def is_gone(group: int) -> bool:
    """Whether no process of a group is left, waited for a few seconds."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_within_seconds_whatever_connections_are_open(number: signal.Signals, tmp_path: Path) -> None:
    address = str(tmp_path / "web")
    command = [*GUNICORN, "--bind", f"unix:{address}", "wsgiref.simple_server:demo_app"]
    server = bound.start(command, own_group=True)
    asked = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    try:
        until = time.monotonic() + 20
        while not Path(address).exists() and time.monotonic() < until:
            time.sleep(0.1)
        with ExitStack() as stack:
            for said in (asked, b"", asked[:9]) * 3:
                client = stack.enter_context(socket.socket(socket.AF_UNIX))
                client.settimeout(20)
                client.connect(address)
                client.sendall(said)
                if said == asked:
                    assert client.recv(100).startswith(b"HTTP/1.1 200")
            os.killpg(server.pid, number)
            server.wait(timeout=8)
            assert is_gone(server.pid)
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def test_a_port_already_taken_is_said_before_anything_is_served() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(click.ClickException, match="cannot be used"):
            require_free(taken.getsockname()[1])
    require_free(0)
