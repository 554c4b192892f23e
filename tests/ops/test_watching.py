"""Whether the house works, what it counts, and logs that name nobody."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from fablab import logs, metrics, scheduler
from fablab.home import nightly, watching
from fablab.people.models import Person
from tests.conftest import NOW, make_app
from tests.make import log_in, make_young

TOKEN = "a-token-for-the-metrics"


def scheduler_worked(ago: timedelta) -> None:
    """Its lease was taken so long ago, for a minute."""
    assert scheduler.take_lease("scheduler", "me", NOW - ago)


# health


def test_a_house_whose_scheduler_works_is_well(client: FlaskClient) -> None:
    scheduler_worked(timedelta(seconds=10))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("ago", [None, timedelta(minutes=10)])
def test_a_house_whose_scheduler_is_silent_is_not(client: FlaskClient, ago: timedelta | None) -> None:
    if ago:
        scheduler_worked(ago)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (503, "not ok\n")


def test_nor_is_one_whose_database_does_not_answer(tmp_path: Path) -> None:
    app = make_app(tmp_path, f"sqlite:///{tmp_path / 'no-table.sqlite'}")
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.text) == (503, "not ok\n")


# metrics


@pytest.fixture
def counted(app: Flask, tmp_path: Path) -> Iterator[None]:
    settings = app.config["SETTINGS"]
    object.__setattr__(settings, "metrics_token", TOKEN)
    object.__setattr__(settings, "backup_folder", str(tmp_path / "backups"))
    metrics.keep_in(tmp_path / "run")
    yield
    metrics.keep_in(None)
    object.__setattr__(settings, "metrics_token", "")
    object.__setattr__(settings, "backup_folder", "")


def asked(client: FlaskClient, token: str = TOKEN) -> Any:
    return client.get("/metrics", headers={"Authorization": f"Bearer {token}"})


def test_metrics_are_nobodys_without_the_token(client: FlaskClient, counted: None) -> None:
    assert client.get("/metrics").status_code == 404
    assert asked(client, "another").status_code == 404
    assert asked(client, "é").status_code == 404
    assert asked(client).status_code == 200


def test_without_a_token_in_the_settings_there_are_none(client: FlaskClient) -> None:
    assert asked(client, "").status_code == 404


def test_requests_are_counted_by_route_never_by_address(client: FlaskClient, counted: None) -> None:
    young = make_young()
    log_in(client, young)
    client.get("/")
    client.get("/")
    client.get(f"/jeunes/{young.public_id}")
    client.get("/no/such/page")
    said = asked(client).text.splitlines()
    assert 'dynamo_requests_total{method="GET",route="/",status="200"} 2' in said
    assert 'dynamo_requests_total{method="GET",route="unknown",status="404"} 1' in said
    assert not any(young.public_id in line or "such" in line for line in said)


def test_methods_that_somebody_makes_up_are_counted_together(client: FlaskClient, counted: None) -> None:
    for made_up in ("BREW", "WHEN", "GET2"):
        assert client.open("/", method=made_up).status_code == 405
    said = asked(client).text
    assert 'dynamo_requests_total{method="other",route="unknown",status="405"} 3' in said
    assert "BREW" not in said


def test_what_other_processes_counted_is_added(client: FlaskClient, counted: None, tmp_path: Path) -> None:
    client.get("/")
    other = {"counts": {"GET\t/\t200": 40}, "milliseconds": {"GET\t/\t200": 1500}}
    (tmp_path / "run").mkdir(exist_ok=True)
    (tmp_path / "run" / "requests-1.json").write_text(json.dumps(other))
    (tmp_path / "run" / "requests-2.json").write_text("{")  # being written when its process was killed
    assert 'dynamo_requests_total{method="GET",route="/",status="200"} 41' in asked(client).text
    metrics.begin_anew(tmp_path / "run")
    assert list((tmp_path / "run").glob("requests-*")) == []


def test_jobs_letters_database_disk_and_backup_are_there(client: FlaskClient, counted: None) -> None:
    scheduler_worked(timedelta(seconds=10))
    scheduler.run_job(scheduler.Job("letters", timedelta(seconds=20), lambda _now: "0 sent"), NOW)
    (nightly.folder() / nightly.name_at(NOW - timedelta(hours=2))).write_bytes(b"x")
    said = asked(client).text
    assert 'dynamo_job_well{job="letters"} 1' in said
    assert 'dynamo_letters{state="waiting"} 0' in said
    assert "dynamo_backup_age_seconds 7200" in said
    assert "dynamo_scheduler_silent_seconds 0" in said
    assert all(f"# TYPE dynamo_{name} gauge" in said for name in ("database_bytes", "disk_free_bytes"))


def test_a_full_disk_costs_the_counts_not_the_answer(client: FlaskClient, counted: None, tmp_path: Path) -> None:
    (tmp_path / "run").write_text("a file where the folder should be")
    metrics.keep_in(tmp_path / "run")
    assert client.get("/").status_code == 200


# logs


@pytest.fixture
def heard() -> Iterator[io.StringIO]:
    """What JSON logging writes."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.JsonLines())
    root, ours = logging.getLogger(), logging.getLogger("fablab")
    root.addHandler(handler)
    ours.setLevel(logging.INFO)
    yield written
    root.removeHandler(handler)
    ours.setLevel(logging.NOTSET)


def said(heard: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in heard.getvalue().splitlines()]


def test_a_request_is_one_line_by_the_pattern_of_its_address(client: FlaskClient, heard: io.StringIO) -> None:
    young = make_young("Inès", "Benali")
    answer = log_in(client, young).get(f"/jeunes/{young.public_id}?q=benali")
    (line,) = said(heard)
    assert {key: line[key] for key in ("what", "method", "route", "status", "level")} == {
        "what": "request",
        "method": "GET",
        "route": "/jeunes/<public_id>",
        "status": 403,
        "level": "info",
    }
    assert line["id"] == answer.headers["X-Request-ID"]
    assert 0 <= line["ms"] < 60000
    assert young.public_id not in heard.getvalue()


def test_what_is_typed_to_enter_is_in_no_log(client: FlaskClient, heard: io.StringIO) -> None:
    young = make_young("Inès", "Benali")
    client.post("/entrer", data={"handle": young.handle, "secret": "482915"})
    client.post("/entrer", data={"handle": young.handle, "secret": "111111"})
    client.get("/mot-de-passe/a-secret-token")
    assert len(said(heard)) == 3
    assert not any(
        word in heard.getvalue() for word in ("Inès", str(young.handle), "482915", "111111", "a-secret-token")
    )


def test_an_error_says_where_never_what(app: Flask, heard: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    young = make_young("Inès", "Benali")

    def fail(_self: Person) -> None:
        try:
            raise KeyError("Benali")
        except KeyError as error:
            raise ValueError(f"no such name: Benali {young.handle}") from error

    client = app.test_client()
    app.testing, app.config["PROPAGATE_EXCEPTIONS"] = False, False
    log_in(client, young)
    monkeypatch.setattr(Person, "roles", property(fail))
    try:
        assert client.get("/").status_code == 500
    finally:
        app.testing = True
    error = next(line for line in said(heard) if line["level"] == "error")
    assert [one["error"] for one in error["errors"]] == ["builtins.ValueError", "builtins.KeyError"]
    assert any("test_watching.py" in step and step.endswith(" fail") for step in error["errors"][0]["trace"])
    assert not any(word in heard.getvalue() for word in ("Benali", str(young.handle), "no such name"))


def test_of_a_librarys_line_only_the_fixed_words_are_kept(heard: io.StringIO) -> None:
    logging.getLogger("gunicorn.error").warning("Error handling request %s", "/mot-de-passe/token")
    assert [line["what"] for line in said(heard)] == ["Error handling request %s"]


def test_json_is_set_up_once() -> None:
    root = logging.getLogger()
    before = list(root.handlers)
    try:
        logs.use_json()
        logs.use_json()
        assert len(root.handlers) == 1
    finally:
        root.handlers[:] = before
        logging.getLogger("fablab").setLevel(logging.NOTSET)


def test_a_lease_that_holds_is_no_silence(app: Flask, session: Any) -> None:
    scheduler_worked(timedelta(seconds=10))
    assert watching.scheduler_silence(session, NOW) == timedelta()
