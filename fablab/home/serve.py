"""``make run``: prepares the house, serves it, keeps the scheduler beside it, fills the demonstration."""

import dataclasses
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import click
from flask import Flask, current_app
from flask_migrate import upgrade
from gunicorn.app import wsgiapp
from sqlalchemy import inspect
from sqlalchemy.exc import OperationalError

from fablab import config, house, metrics, scheduler
from fablab.db import db
from fablab.home import restoring
from fablab.home.demo import TOLD, print_log_ins
from fablab.home.jobs import JOBS
from fablab.people.models import Person

#: seconds after which gunicorn kills what it asked to end; stopping waits longer, else its workers would be left alone
TO_END = 5
#: what is beside this process begins as its copy: reading the program anew takes three times as long as all the rest
FORK = multiprocessing.get_context("fork")
Child = multiprocessing.context.ForkProcess
FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")
#: two processes of eight threads; see fablab/home/worker.py for what is ours
GUNICORN = (
    *(sys.executable, "-m", "gunicorn", "--workers", "2", "--threads", "8"),
    *("--worker-class", "fablab.home.worker.PatientWorker", "--log-level", "warning", "--no-control-socket"),
    # The worker hears 64 kB of headers at most: what is too long for gunicorn gets a page of the house, not its own.
    *("--limit-request-line", "0", "--limit-request-field_size", "0"),
)


def serve(port: int) -> None:
    """Serve this house on 127.0.0.1 until interrupted; an empty database becomes the demonstration house."""
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, lambda *_: sys.exit(0))
    require_free(port)
    require_database()
    with_own_address(port)
    upgrade()
    empty = is_empty()
    if empty:
        run("catalogue", "load")
        run("demo", "--people-only")
    elif is_half_told():
        click.echo("The demonstration was interrupted while it was written: it begins anew (a minute or two) …")
        run("demo", "--again")
    children = [start("the web server", lambda: serve_web(f"127.0.0.1:{port}"))]
    try:
        # The first page does not wait for what the scheduler finds to do.
        wait_for(port, children[0])
        require_alive(children)  # else another program may be what answers, or nothing
        children.append(start("the scheduler", work))
        announce(port)
        if empty:
            click.echo("The demonstration year is being written (a minute or two) …")
            run_beside(children, "demo", "--fill")
            click.echo("The demonstration is complete.")
        while True:
            require_alive(children)
            time.sleep(0.5)
    finally:
        stop(children)


def require_alive(children: list[Child]) -> None:
    """Stop here, naming it, when one of these processes has ended: the house is not half served."""
    ended = [f"{child.name} ({how_it_ended(child.exitcode)})" for child in children if not child.is_alive()]
    if ended:
        raise click.ClickException(f"It ended by itself, so all is stopped: {', '.join(ended)}.")


def how_it_ended(code: int | None) -> str:
    """«exit code 1», «killed by SIGKILL»: what the system says of a process that has ended."""
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"


def require_free(port: int) -> None:
    """Stop here when another program answers at this port: nothing is served yet, nothing is said to be."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} cannot be used ({error.strerror}): PORT=8001 takes another."
            ) from error


def require_database() -> None:
    """Stop here, with a sentence that names the setting, when the database cannot be opened."""
    try:
        db.engine.connect().close()
    except OperationalError as error:
        where = db.engine.url.render_as_string(hide_password=True)
        why = str(error.orig).strip().splitlines()[0]
        raise click.ClickException(f"DATABASE_URL ({where}): this database cannot be opened ({why}).") from error


def require_known() -> None:
    """Stop here, with a sentence, when a newer release wrote the database: an older one would write beside it."""
    try:
        restoring.refuse_newer()
    except restoring.NewerData as error:
        raise click.ClickException(str(error)) from None


def is_empty() -> bool:
    """Whether nobody has an account yet."""
    found = db.session().query(Person.id).first()
    db.session().rollback()
    return found is None


def is_half_told() -> bool:
    """Whether this is a demonstration whose year was not written to its end."""
    found = house.read(db.session(), "demo", TOLD)
    db.session().rollback()
    return bool(found.get("demo")) and TOLD not in found


def with_own_address(port: int) -> None:
    """Letters and cards say where the house really is, when nobody set another address."""
    if "PUBLIC_URL" not in os.environ and current_app.config["PUBLIC_URL"] == config.Settings().public_url:
        address = os.environ["PUBLIC_URL"] = f"http://127.0.0.1:{port}"
        settings = dataclasses.replace(current_app.config["SETTINGS"], public_url=address)
        current_app.config.update(PUBLIC_URL=address, SETTINGS=settings)


def announce(port: int) -> None:
    """Say where to go, and how to enter a demonstration."""
    click.echo(f"\nThe house is served at http://127.0.0.1:{port}  (Ctrl+C stops it)")
    if house.is_demo(db.session()):
        print_log_ins(db.session())
    db.session().rollback()


def wait_for(port: int, web: Child) -> None:
    """Wait until the web server answers, whatever it says, half a minute at most; not for one that has ended."""
    until = time.monotonic() + 30
    while web.is_alive() and time.monotonic() < until:
        asked = HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            asked.request("HEAD", "/")
            asked.getresponse()
        except (OSError, HTTPException):
            time.sleep(0.1)  # it does not listen yet
        else:
            return
        finally:
            asked.close()


def start(name: str, task: Callable[[], None]) -> Child:
    """Do a task in a copy of this process, which leads a group of its own. It takes no connection along."""
    db.session.remove()
    db.engine.dispose()

    def begin() -> None:
        os.setpgid(0, 0)
        task()

    child = FORK.Process(target=begin, name=name)
    child.start()
    return child


def serve_web(bind: str) -> None:
    """Be the web server. It keeps no list of requests: addresses name bookings and people by their ids."""
    # gunicorn reads its options where a command has them, and finds the house already loaded.
    sys.argv = [*GUNICORN[2:], "--graceful-timeout", str(TO_END), "--bind", bind, "wsgi:app"]
    wsgiapp.run()


def work() -> None:
    """Run the background jobs until stopped; a second one waits for the first to end."""
    require_known()
    asked: list[int] = []  # stopped politely, it gives its lease back
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda number, _frame: asked.append(number))
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy's own way to unwrap
    scheduler.serve(app, JOBS, lambda: bool(asked))


def become_web_server(bind: str) -> NoReturn:
    """Become the web server of a real house: for a service file, with the scheduler in a service of its own."""
    require_database()
    require_known()
    metrics.begin_anew(Path(current_app.instance_path) / "run")
    as_json = current_app.config["SETTINGS"].log_format == "json"
    logger = ("--logger-class", "fablab.logs.ServerLogger") if as_json else ()
    os.execv(GUNICORN[0], [*GUNICORN, *logger, "--bind", bind, "wsgi:app"])


def run(*command: str) -> None:
    """Run one of our commands to its end; stops here when it fails."""
    finished = subprocess.run([*FLASK, *command], check=False)
    if finished.returncode:
        sys.exit(finished.returncode)


def run_beside(children: list[Child], *command: str) -> None:
    """Run one of our commands to its end like ``run``, while these processes live: it ends when one of them does."""
    with subprocess.Popen([*FLASK, *command]) as begun:
        try:
            while begun.poll() is None:
                require_alive(children)
                time.sleep(0.5)
        finally:
            begun.terminate()
    if begun.returncode:
        sys.exit(begun.returncode)


def stop(children: list[Child]) -> None:
    """End what was started, politely; then whatever a child left behind, each being a group of processes."""
    # A second Ctrl+C must not leave half of it behind.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for child in children:
        child.terminate()
    for child in children:
        child.join(timeout=2 * TO_END)
        if child.pid:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)


def refuse_public_demo(app: Flask) -> None:
    """Exit when a demonstration, whose log-ins everybody knows, would be reachable from elsewhere."""
    address = app.config["PUBLIC_URL"]
    if config.is_local(address):
        return
    with app.app_context():
        if inspect(db.engine).has_table("house_setting") and house.is_demo(db.session()):
            host = urlsplit(address).hostname
            sys.exit(
                f"The house cannot start: this database is a demonstration, whose log-ins are public, "
                f"and PUBLIC_URL ({host}) is not on this machine."
            )
        db.session.remove()
