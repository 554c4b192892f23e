"""The web server's worker: a client that has not yet said what it wants costs no thread.

gunicorn's threaded worker gives a new connection to a thread, which then waits for its words: 5 seconds for the first
byte, for ever for the next. Sixteen clients that say nothing, or a letter now and then, or phones that lose the network
in the middle of a form, would hold all sixteen threads. Here connections wait with the poller, and a thread gets a
request that has arrived whole. What this does not protect from, and a proxy in front does: docs/decisions/0003.

Plain HTTP only: a proxy in front speaks TLS. Written against gunicorn 25.3, which requirements.lock holds.
"""

import errno
import gc
import os
import re
import socket
import struct
import sys
import time
from collections.abc import Iterable
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

#: from the first byte expected to the last one of a request, seconds
TIME_TO_ASK = 20
#: what a thread waits for the next bytes of a large body, or for a client that does not read its answer, seconds
TIME_TO_GO_ON = 20
#: the longest headers, and the longest body that is awaited outside a thread: all our forms, no upload
HEADERS_MAX = BODY_MAX = 64 * 1024

#: things made and not let go before a search for garbage: about a page's worth
GARBAGE = 20_000
#: seconds that a thread keeps the interpreter when others want it (Python's own: ten times as long): whoever holds the
#: lock of the house gives the interpreter up at each statement, and everybody waits until it has its turn again
TURN = 0.0005

_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,9})[ \t]*\r\n", re.IGNORECASE)
_WAITS_FOR_LEAVE = re.compile(rb"\r\nexpect:", re.IGNORECASE)


def wanted(heard: bytes) -> int | None:
    """How many bytes a request has that began so, or None while its headers last.

    A body that a thread had better read (large, in chunks, or sent only after a «100 Continue») is not counted.
    """
    end = heard.find(_END)
    if end < 0:
        return None
    headers, size = heard[: end + 2], end + len(_END)
    length = _LENGTH.search(headers)
    if length is None or int(length[1]) > BODY_MAX or _WAITS_FOR_LEAVE.search(headers):
        return size
    return size + int(length[1])


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's threaded worker; requests are awaited by its poller, not by its threads."""

    def load_wsgi(self) -> None:
        """Load the house; then what lasts as long as the process is left out of every search for garbage."""
        super().load_wsgi()
        # A full search through all that libraries keep stopped every hundredth page for a fifth of a second.
        gc.collect()
        gc.freeze()
        gc.set_threshold(GARBAGE, 20, 20)
        sys.setswitchinterval(TURN)

    def handle_exit(self, sig: int, frame: object) -> None:
        """Asked to stop: the loop sees it within a second. A handler that took a lock could wait for itself."""
        self.alive = False

    def handle_quit(self, sig: int, frame: object) -> None:
        """Asked to stop at once, perhaps twice (Ctrl+C, then gunicorn): only what a thread answers is finished."""
        self.alive = False

    def murder_keepalived(self) -> None:
        """Close the connections kept too long; all of them when it stops."""
        self._let_go(self.keepalived_conns)
        super().murder_keepalived()

    def murder_pending(self) -> None:
        """Close the connections that asked nothing in time; all of them when it stops."""
        self._let_go(self.pending_conns)
        super().murder_pending()

    def _let_go(self, connections: Iterable[Any]) -> None:
        if not self.alive:
            for connection in connections:
                connection.timeout = 0

    def accept(self, listener: socket.socket) -> None:
        """Take a new connection and wait for its first request."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        self.nr_conns += 1
        limit = struct.pack("ll", TIME_TO_GO_ON, 0)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
        self._listen(TConn(self.cfg, client, address, listener.getsockname()))

    def on_client_socket_readable(self, conn: Any, client: socket.socket) -> None:
        """A connection that was kept begins to ask again."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._listen(conn)

    def on_pending_socket_readable(self, conn: Any, client: socket.socket) -> None:
        """Hear a little more of a request; once it is whole a thread answers it."""
        try:
            said = client.recv(HEADERS_MAX)
        except BlockingIOError:
            return
        except OSError:
            said = b""
        conn.heard += said
        size = wanted(conn.heard)
        if said and (len(conn.heard) <= HEADERS_MAX if size is None else len(conn.heard) < size):
            return
        self.poller.unregister(client)
        self.pending_conns.remove(conn)
        if size is None or not said:  # gone half-way, or headers without end
            self.nr_conns -= 1
            conn.close()
            return
        conn.init()
        # After what the last request may have left: bytes are read in the order they came.
        conn.parser.unreader.buf.seek(0, os.SEEK_END)
        conn.parser.unreader.buf.write(conn.heard)
        conn.data_ready = True
        self.enqueue_req(conn)

    def _listen(self, conn: Any) -> None:
        conn.heard = b""
        conn.timeout = time.monotonic() + TIME_TO_ASK  # the poller closes it then
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))
