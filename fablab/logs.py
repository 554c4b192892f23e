"""Logs as lines of JSON that name nobody: one line a request, one an error, no value anywhere.

A request is logged by the pattern of its address («/jeunes/<public_id>»), never by the address itself. An error is
logged by the names of its exceptions and the lines of code it came through, never by its words, which hold what was
typed. Of a library's own line only the fixed words are kept. What our own code logs is written out: it holds counts.
"""

import json
import logging
import os
import secrets
import sys
import time
import traceback
from datetime import UTC, datetime
from typing import Any

from flask import Flask, g, request
from gunicorn.glogging import Logger as GunicornLogger
from werkzeug.wrappers import Response

from fablab import metrics

requests_log = logging.getLogger("fablab.requests")
#: the names of our own loggers begin so
OURS = "fablab"
UNKNOWN_ROUTE = "unknown"
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
OTHER_METHOD = "other"


class JsonLines(logging.Formatter):
    """One JSON object a line: at (UTC), level, logger, pid, what, and the fields of a request or an error."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        ours = record.name.split(".")[0] == OURS
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "pid": record.process,
            "what": record.getMessage() if ours else str(record.msg),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["errors"] = [_told(error) for error in _chain(record.exc_info[1])]
        return json.dumps(line, ensure_ascii=False)


def _chain(error: BaseException) -> list[BaseException]:
    """An exception and those it came from, the last one raised first."""
    found, seen = [], set()
    step: BaseException | None = error
    while step is not None and id(step) not in seen:
        seen.add(id(step))
        found.append(step)
        step = step.__cause__ or (None if step.__suppress_context__ else step.__context__)
    return found


def _told(error: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)
    root = os.getcwd() + os.sep
    steps = [f"{frame.filename.removeprefix(root)}:{frame.lineno} {frame.name}" for frame in frames]
    return {"error": f"{type(error).__module__}.{type(error).__qualname__}", "trace": steps}


def use_json() -> None:
    """Every logger of this process writes JSON lines on its standard error. Done once, however often it is asked."""
    root = logging.getLogger()
    if any(isinstance(handler.formatter, JsonLines) for handler in root.handlers):
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root.handlers[:] = [handler]
    logging.getLogger(OURS).setLevel(logging.INFO)


def init_app(app: Flask) -> None:
    """Give each request an id, said back in the header X-Request-ID, and log it when it ends."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.request_id = secrets.token_hex(8)
    g.request_began = time.perf_counter()


def _end(response: Response) -> Response:
    if "request_began" not in g:
        return response
    seconds = time.perf_counter() - g.request_began
    route = request.url_rule.rule if request.url_rule else UNKNOWN_ROUTE
    response.headers["X-Request-ID"] = g.request_id
    # Any word may be sent as a method: one more key, counted for ever, for each that somebody makes up.
    method = request.method if request.method in METHODS else OTHER_METHOD
    metrics.count_request(method, route, response.status_code, seconds)
    if requests_log.isEnabledFor(logging.INFO):
        fields = {
            "id": g.request_id,
            "method": method,
            "route": route,
            "status": response.status_code,
            "ms": round(seconds * 1000, 1),
        }
        requests_log.info("request", extra={"fields": fields})
    return response


class ServerLogger(GunicornLogger):  # type: ignore[misc]  # gunicorn has no types
    """The web server's own lines, as JSON too: it would write the address of a request that fails."""

    def setup(self, cfg: Any) -> None:
        """Set the server's loggers up, then give them our lines."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonLines())
