"""A reader's side of docs/reader.md, in plain Python: to run on a small box, to read, or to translate.

The box reads a card and switches the current; this keeps what it needs to know, with the network and without it.
"""

import hashlib
import hmac
import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

#: method, path, body -> status and answer; OSError when the house cannot be reached
Send = Callable[[str, str, dict[str, Any] | None], tuple[int, dict[str, Any]]]
Clock = Callable[[], datetime]


@dataclass
class Reader:
    """One reader: asks for each card, falls back on the list it was given, and tells later what happened meanwhile."""

    key: str
    send: Send
    clock: Clock
    untold: list[dict[str, Any]] = field(default_factory=list)
    _list: dict[str, Any] = field(default_factory=dict)
    #: how far the house's clock is ahead of ours
    _ahead: float = 0.0

    def card(self, token: str) -> str | None:
        """A card is held to the reader: the name of the run that begins, or None when the machine stays off."""
        try:
            status, answer = self.send("POST", "/api/reader/decision", {"card": token})
        except OSError:
            return self._answer(token, opens=self._listed(token), offline=True)
        if status != 200:
            return None
        self._set_clock(answer["now"])
        return self._answer(token, opens=answer["allowed"], offline=False)

    def beat(self, run: str) -> None:
        """The current is still on."""
        self._note("beat", run=run)

    def stop(self, run: str) -> None:
        """The current is off."""
        self._note("stop", run=run)

    def tell(self) -> list[dict[str, Any]]:
        """Send what happened. What was not heard is kept and sent again: each event counts once, however often told."""
        if not self.untold:
            return []
        body = {"now": self.clock().isoformat(), "events": self.untold[:200]}
        try:
            status, answer = self.send("POST", "/api/reader/events", body)
        except OSError:
            return []
        if status != 200:
            return []
        self.untold = self.untold[200:]
        found: list[dict[str, Any]] = answer["events"]
        return found

    def fetch_list(self) -> bool:
        """Ask for who may use the machine in the coming hour; a list whose signature is wrong is thrown away."""
        try:
            status, answer = self.send("GET", "/api/reader/list", None)
        except OSError:
            return False
        if status != 200:
            self._list = {}
            return False
        secret = hashlib.sha256(self.key.encode()).hexdigest().encode()
        good = hmac.new(secret, answer["list"].encode(), hashlib.sha256).hexdigest()
        self._list = json.loads(answer["list"]) if hmac.compare_digest(good, answer["signature"]) else {}
        if self._list:
            self._set_clock(self._list["made_at"])
        return bool(self._list)

    def _listed(self, token: str) -> bool:
        now = self.clock().timestamp() + self._ahead
        if not self._list or now >= datetime.fromisoformat(self._list["valid_until"]).timestamp():
            return False
        plain = "".join(letter for letter in token.upper() if letter.isalnum())
        digest = hashlib.sha256(plain.encode()).hexdigest()
        return any(
            one["card"] == digest
            and datetime.fromisoformat(one["from"]).timestamp()
            <= now
            < datetime.fromisoformat(one["until"]).timestamp()
            for one in self._list["cards"]
        )

    def _answer(self, token: str, *, opens: bool, offline: bool) -> str | None:
        key = self._note("start" if opens else "refused", card=token, offline=offline)
        return key if opens else None

    def _note(self, kind: str, **more: Any) -> str:
        key = uuid.uuid4().hex
        self.untold.append({"id": key, "kind": kind, "at": self.clock().isoformat(), **more})
        return key

    def _set_clock(self, said: str) -> None:
        self._ahead = datetime.fromisoformat(said).timestamp() - self.clock().timestamp()


def over_http(address: str, key: str) -> Send:
    """Send to a house at this address."""

    def send(method: str, path: str, body: dict[str, Any] | None) -> tuple[int, dict[str, Any]]:
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        asked = urllib.request.Request(address + path, data, headers, method=method)
        try:
            try:
                with urllib.request.urlopen(asked, timeout=5) as answer:
                    return answer.status, json.load(answer)
            except urllib.error.HTTPError as refused:  # an OSError too: the house answered, and said no
                return refused.code, json.load(refused)
        except ValueError as error:
            raise OSError("something answers that is not the house") from error

    return send
