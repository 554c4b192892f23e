"""How tests of log-ins knock at the door, and see whether somebody is in."""

from typing import Any

from flask.testing import FlaskClient

from tests.make import PIN


def knock(client: FlaskClient, handle: str, pin: str = PIN, **more: str) -> Any:
    return client.post("/entrer", data={"handle": handle, "secret": pin, **more})


def is_in(client: FlaskClient) -> bool:
    return bool(client.get("/mon-compte").status_code == 200)
