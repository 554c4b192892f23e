"""``flask doctor``: what is wrong with this installation, and how to mend it.

Each check is a function that gives findings; one that cannot be made says so and the others go on.
"""

import os
import smtplib
import ssl
import stat
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from fablab import carriers, config, house, identity, kept_files, scheduler
from fablab.db import db
from fablab.home import evidence_files, invented, nightly, operations, portable, restoring, watching
from fablab.journal import JournalEntry
from fablab.outbox import Letter
from fablab.people import demo as demo_people
from fablab.people import queries as people_queries
from fablab.people.models import Person

GIGABYTE = 1024**3
WAITS_TOO_LONG = timedelta(hours=1)
CLOCKS_APART = timedelta(seconds=30)


@dataclass(frozen=True)
class Finding:
    """What was found: ``level`` is ok, warn (works, but see to it) or wrong; ``mend`` says how."""

    level: str
    what: str
    mend: str = ""


@dataclass(frozen=True)
class House:
    """What every check looks at."""

    app: Flask
    settings: config.Settings
    instance: Path
    now: datetime

    @property
    def session(self) -> Session:
        """The session, nothing begun in it."""
        return db.session()


def examine(app: Flask, now: datetime) -> list[Finding]:
    """Every finding, in the order in which they are best mended. Stops at a database that cannot be used."""
    seen = House(app, app.config["SETTINGS"], Path(app.instance_path), now)
    found = [one for check in FIRST for one in _made(check, seen)]
    if not any(one.level == "wrong" for one in found):
        found += [one for check in THEN for one in _made(check, seen)]
    return found


def _made(check: Callable[[House], Iterator[Finding]], seen: House) -> list[Finding]:
    try:
        return list(check(seen))
    except (SQLAlchemyError, OSError) as error:
        db.session().rollback()
        name = check.__name__.strip("_").replace("_", " ")
        return [Finding("wrong", f"{name}: could not be looked at ({error.__class__.__name__})", "see the logs")]


def _database(seen: House) -> Iterator[Finding]:
    try:
        with db.engine.connect() as connection:
            kind, at = connection.dialect.name, portable.revision(connection)
    except SQLAlchemyError as error:
        mend = "is the server running, and is DATABASE_URL right? On SQLite: may this user read and write the file?"
        yield Finding("wrong", f"the database does not answer ({error.__class__.__name__})", mend)
        return
    if at is None:
        yield Finding("wrong", "the database holds no table", "flask house open PATH EMAIL FIRST LAST")
    elif at not in restoring.heads():
        newer = at not in restoring.known_revisions()
        mend = "install the program that made it" if newer else "flask backup, then flask db upgrade"
        yield Finding("wrong", f"the database is at migration {at}, the program at {max(restoring.heads())}", mend)
    else:
        yield Finding("ok", f"database: {kind}, migration {at}")


def _folder(seen: House) -> Iterator[Finding]:
    if not os.access(seen.instance, os.W_OK):
        yield Finding("wrong", f"{seen.instance} cannot be written", "give it to the user of the services (chown)")
    for path in [seen.instance, *seen.instance.glob("*")]:
        if path.name != ".gitkeep" and stat.S_IMODE(path.stat().st_mode) & 0o007:
            level = "warn" if house.is_demo(seen.session) else "wrong"
            yield Finding(level, f"{path} can be read by anybody on this machine", f"chmod -R o-rwx {seen.instance}")
            break
    free, total = watching.disk_free()
    size = watching.database_size(seen.session)
    if free < max(GIGABYTE // 10, 3 * size):
        yield Finding("wrong", f"disk: {_gigabytes(free)} free", "make room: a backup needs three times the database")
    elif free < GIGABYTE or free < total // 20:
        yield Finding("warn", f"disk: {_gigabytes(free)} free of {_gigabytes(total)}", "make room soon")
    else:
        yield Finding("ok", f"disk: {_gigabytes(free)} free; database: {size / 1024 / 1024:.1f} MB")


def _people(seen: House) -> Iterator[Finding]:
    if people_queries.administrators(seen.session) == 0:
        yield Finding("wrong", "nobody can administer this house", "flask administrator EMAIL FIRST LAST")
    if house.is_demo(seen.session):
        yield Finding("warn", "this is a demonstration: its log-ins are public", "never let a real person into it")
        return
    handles = [young.handle for young in demo_people.YOUNG]
    of_the_cast = Person.email.endswith("@" + demo_people.DOMAIN) | Person.handle.in_(handles)
    cast = seen.session.scalar(select(func.count()).where(of_the_cast, Person.left_at.is_(None))) or 0
    if cast:
        yield Finding("wrong", f"people of the demonstration: {cast}", "end their access on their pages")
    if lacking := identity.of(seen.session).lacking:
        what = ", ".join(name.replace("_", " ") for name in lacking)
        yield Finding("warn", f"the house has not said: {what}", "the page «Réglages», «La maison»; the law wants them")
    still = invented.count(seen.session)
    if still:
        yield Finding(
            "warn", f"invented values left: {still}", "the page «Ce qui reste inventé» lists them; replace each"
        )


def _address(seen: House) -> Iterator[Finding]:
    address, settings = urlsplit(settings_url(seen)), seen.settings
    if config.is_local(settings_url(seen)):
        if not house.is_demo(seen.session):
            yield Finding("warn", "PUBLIC_URL is this machine", "say the https address where people reach the house")
        return
    if address.scheme != "https":
        yield Finding(
            "wrong", "PUBLIC_URL is not https", "put a proxy with a certificate in front (docs/operations.md)"
        )
    if settings.trusted_proxies == 0:
        yield Finding("wrong", "TRUSTED_PROXIES is 0 behind a public address", "set it to the number of proxies: 1")
    if settings.log_format != "json":
        yield Finding("warn", "LOG_FORMAT is text", "json keeps a line for each request, and no value in errors")
    yield from _reached(settings_url(seen))


def settings_url(seen: House) -> str:
    """Where people reach the house, without a slash at its end."""
    return str(seen.app.config["PUBLIC_URL"])


def _reached(address: str) -> Iterator[Finding]:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:
            answer.read(64)
    except urllib.error.HTTPError as error:
        if error.code != 503:  # 503 is ours: said by the scheduler's own check
            yield Finding(
                "wrong", f"{address}/healthz answers {error.code}", "is it this program that the proxy serves?"
            )
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, ssl.SSLCertVerificationError):
            yield Finding("warn", "the certificate is not trusted by this machine", "fine for a trial; else renew it")
        else:
            mend = "does the proxy run, and does the name lead here? Some networks cannot call themselves"
            yield Finding("warn", f"{address} was not reached ({reason.__class__.__name__})", mend)
    else:
        yield Finding("ok", f"{address} answers")


def _mail(seen: House) -> Iterator[Finding]:
    settings = seen.settings
    if not settings.smtp_host:
        level = "ok" if house.is_demo(seen.session) else "warn"
        yield Finding(
            level,
            "no mail server: letters become files in instance/letters/",
            "set SMTP_HOST" if level == "warn" else "",
        )
        return
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=10) as server:
            if settings.smtp_starttls:
                server.starttls(context=carriers.tls_context())
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password)
            server.noop()
    except smtplib.SMTPAuthenticationError:
        yield Finding("wrong", f"{where} refuses SMTP_USER and SMTP_PASSWORD", "ask for them again")
    except ssl.SSLCertVerificationError as error:
        mend = "SMTP_HOST as its certificate names it; a certificate of its own: SSL_CERT_FILE"
        yield Finding("wrong", f"{where} does not prove who it is ({error.verify_message})", mend)
    except (OSError, smtplib.SMTPException) as error:
        yield Finding(
            "wrong", f"{where} takes no letter ({error.__class__.__name__})", "SMTP_HOST, SMTP_PORT, firewall?"
        )
    else:
        yield Finding("ok", f"mail server: {where}")
    if seen.settings.mail_from.endswith("@localhost"):
        yield Finding("wrong", "MAIL_FROM is nobody's address", "say an address that can be answered")


def _scheduler(seen: House) -> Iterator[Finding]:
    silence = watching.scheduler_silence(seen.session, seen.now)
    if silence is None or silence >= watching.SILENT_AFTER:
        since = "never worked" if silence is None else f"is silent since {int(silence.total_seconds() // 60)} minutes"
        yield Finding("wrong", f"the scheduler {since}", "systemctl start la-dynamo-scheduler (or: flask scheduler)")
    else:
        yield Finding("ok", "the scheduler works")
    for name, run in scheduler.last_runs(seen.session).items():
        if not run.well:
            yield Finding("wrong", f"the job «{name}» failed: {run.result}", "see the logs; run it again on its page")


def _backups(seen: House) -> Iterator[Finding]:
    newest = nightly.newest()
    if newest is None:
        yield Finding("wrong", "there is no proved backup", "flask backup")
    elif seen.now - newest.made_at > nightly.TOO_OLD:
        hours = int((seen.now - newest.made_at).total_seconds() // 3600)
        yield Finding("wrong", f"the newest proved backup is {hours} hours old", "flask backup; then see why none came")
    else:
        yield Finding("ok", f"backups: {len(nightly.kept())}, newest {newest.path}")
    if any(nightly.folder().glob("unproved-*")):
        yield Finding("wrong", "a backup did not pass its proof", f"flask backup check {nightly.folder()}/unproved-…")
    if nightly.folder().stat().st_dev == seen.instance.stat().st_dev and not house.is_demo(seen.session):
        yield Finding("warn", "backups are on the disk of the database", "copy them elsewhere each day")


def _evidence(seen: House) -> Iterator[Finding]:
    found = evidence_files.apart(seen.session, seen.now)
    if found.without_file:
        what = f"evidence without its file: {len(found.without_file)} ({found.without_file[0]}…)"
        yield Finding("wrong", what, "take the folder of evidence from the last backup")
    if found.without_row:
        what = f"files of evidence that nothing names: {len(found.without_row)}"
        yield Finding("warn", what, "flask evidence sweep deletes them")
    if not (found.without_file or found.without_row):
        yield Finding("ok", f"evidence: every file has its row ({kept_files.folder()})")


def _letters(seen: House) -> Iterator[Finding]:
    counts = operations.letter_counts(seen.session, seen.now)
    if counts.in_doubt or counts.given_up:
        what = f"letters that wait for a person: {counts.in_doubt + counts.given_up}"
        yield Finding("warn", what, "the page «Installation» shows why, and sends them again")
    waiting = Letter.sent_at.is_(None) & Letter.handed_at.is_(None) & Letter.given_up_at.is_(None)
    late = select(func.count(Letter.id)).where(waiting, Letter.due_at < seen.now - WAITS_TOO_LONG)
    stuck = seen.session.scalar(late) or 0
    if stuck:
        yield Finding("wrong", f"letters due for over an hour: {stuck}", "is the scheduler working?")


def _clock(seen: House) -> Iterator[Finding]:
    last = seen.session.scalar(select(func.max(JournalEntry.at)))
    if last and last > seen.now + CLOCKS_APART:
        yield Finding("wrong", f"the clock is behind the last act of the journal ({last})", "set the clock (NTP)")
    if db.engine.dialect.name == "postgresql":
        theirs: datetime = seen.session.scalars(select(func.now())).one()
        if abs(theirs - seen.now) > CLOCKS_APART:
            yield Finding("wrong", "the database server has another hour", "set both clocks (NTP)")
    said = house.read(seen.session, "house.time_zone").get("house.time_zone")
    if said and said != seen.settings.time_zone:
        yield Finding("wrong", f"the catalogue says {said}, TIME_ZONE says {seen.settings.time_zone}", "set TIME_ZONE")


def _integrity(seen: House) -> Iterator[Finding]:
    if db.engine.dialect.name != "sqlite":
        return
    with db.engine.connect() as connection:
        sound = connection.execute(text("PRAGMA quick_check(1)")).scalar()
        broken = connection.execute(text("PRAGMA foreign_key_check")).first()
    if sound != "ok" or broken:
        yield Finding("wrong", "the database file is damaged", "stop the services and restore the last backup")


def _gigabytes(size: int) -> str:
    return f"{size / GIGABYTE:.1f} GB"


FIRST = (_database,)
THEN = (_integrity, _folder, _clock, _people, _address, _mail, _scheduler, _backups, _evidence, _letters)
