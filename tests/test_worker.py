"""How much of a request the web server awaits before a thread is given to it."""

import pytest

from fablab.home.worker import BODY_MAX, wanted


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
