"""Settings as one typed class, read from the environment and from instance/settings.toml.

INSTANCE, in the environment only, says where that folder is.
The environment wins. A wrong or unknown setting stops the start with a sentence naming it.
Secrets are made on the first start and kept in instance/, readable by their owner only.
"""

import os
import secrets
import stat
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent.parent
LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}


class WrongSetting(Exception):
    """A setting that cannot be used; the message names it and says what was expected."""


@dataclass(frozen=True)
class Settings:
    """Everything a house may set. Names in the environment are the same, in capitals."""

    #: sqlite:///… or postgresql://…; by default a file in instance/
    database_url: str = ""
    #: where people reach the house, without a path at the end
    public_url: str = "http://127.0.0.1:8000"
    #: signs cookies and links; made on the first start
    secret_key: str = ""
    #: the server that carries letters; empty: letters become files in instance/letters/
    smtp_host: str = ""
    smtp_port: int = 25
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_starttls: bool = False
    #: the sender written on letters
    mail_from: str = "house@localhost"
    #: how many proxies in front may be believed about address and scheme
    trusted_proxies: int = 0
    #: IANA name of the house's time zone
    time_zone: str = "Europe/Paris"
    #: argon2: memory in KiB and rounds (OWASP minimum by default: small hosts, many at once)
    argon2_memory: int = 19456
    argon2_rounds: int = 2
    #: days before a phone must enter its code again
    phone_session_days: int = 30
    #: connections a process may hold; at least its threads
    pool_size: int = 8
    #: where nightly backups are kept; by default instance/backups/
    backup_folder: str = ""
    #: where photos and files that people add are kept; by default instance/evidence/
    evidence_folder: str = ""
    #: the local hour after which the nightly backup is made
    backup_hour: int = 4
    #: how many backups are kept
    backups_kept: int = 14
    #: text (a person reads it on a screen) or json (one line a request, one an error, kept by a machine)
    log_format: str = "text"
    #: what a Prometheus server must say to read /metrics; empty: there is no such page and nothing is counted
    metrics_token: str = ""


def load(instance: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings of a house.

    ``instance`` is the folder of this machine's database and keys. Raises WrongSetting.
    """
    environment = os.environ if environment is None else environment
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    _keep_private(instance)
    raw = _from_file(instance / "settings.toml")
    for entry in fields(Settings):
        if entry.name.upper() in environment:
            raw[entry.name] = environment[entry.name.upper()]
    values = {
        entry.name: _typed(entry.name, entry.type, raw[entry.name]) for entry in fields(Settings) if entry.name in raw
    }
    if "public_url" not in values and environment.get("PORT", "").isdecimal():
        values["public_url"] = f"http://127.0.0.1:{environment['PORT']}"
    if not values.get("database_url"):
        values["database_url"] = f"sqlite:///{(instance / 'house.sqlite').resolve()}"
    if not values.get("secret_key"):
        values["secret_key"] = _kept_secret(instance / "secret_key")
    settings = Settings(**values)
    _check(settings)
    return settings


def _keep_private(instance: Path) -> None:
    """What anybody on this machine could read, made before or copied here, is closed; a group let in by hand stays."""
    for path in (instance, *instance.glob("*.sqlite*")):
        if stat.S_IMODE(path.stat().st_mode) & 0o007:
            with suppress(PermissionError):
                path.chmod(0o700 if path.is_dir() else 0o600)


def is_local(address: str) -> bool:
    """Whether an address can only be reached from this machine."""
    return urlsplit(address).hostname in LOCAL_HOSTS


def _from_file(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise WrongSetting(f"{path.name} cannot be read: {error}.") from error
    known = {entry.name for entry in fields(Settings)}
    for name in raw:
        if name not in known:
            raise WrongSetting(f"{path.name}: «{name}» is not a setting. Known: {', '.join(sorted(known))}.")
    return raw


def _typed(name: str, kind: Any, value: Any) -> Any:
    if kind in (bool, "bool"):
        words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
        if str(value).lower() not in words:
            raise WrongSetting(f"{name.upper()} must be true or false, not «{value}».")
        return words[str(value).lower()]
    if kind in (int, "int"):
        try:
            return int(value)
        except ValueError:
            raise WrongSetting(f"{name.upper()} must be a whole number, not «{value}».") from None
    return str(value)


def _kept_secret(path: Path) -> str:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def _check(settings: Settings) -> None:
    try:
        backend = make_url(settings.database_url).get_backend_name()
    except (ArgumentError, ValueError):
        raise WrongSetting("DATABASE_URL is not the address of a database.") from None
    if backend not in ("sqlite", "postgresql"):
        raise WrongSetting(f"DATABASE_URL must be sqlite or postgresql, not «{backend}».")
    address = urlsplit(settings.public_url)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise WrongSetting(f"PUBLIC_URL must be an http or https address, not «{settings.public_url}».")
    if len(settings.secret_key) < 32:
        raise WrongSetting("SECRET_KEY must be at least 32 characters long.")
    if "@" not in settings.mail_from:
        raise WrongSetting(f"MAIL_FROM must be an e-mail address, not «{settings.mail_from}».")
    if not 0 < settings.smtp_port < 65536:
        raise WrongSetting(f"SMTP_PORT must be between 1 and 65535, not {settings.smtp_port}.")
    for name in ("argon2_memory", "argon2_rounds", "phone_session_days", "pool_size", "backups_kept"):
        if getattr(settings, name) < 1:
            raise WrongSetting(f"{name.upper()} must be at least 1.")
    if settings.backup_hour not in (0, 1, *range(4, 24)):
        # On two nights a year, 02:00 to 03:00 comes twice or not at all.
        raise WrongSetting("BACKUP_HOUR must be 0, 1, or from 4 to 23.")
    if settings.log_format not in ("text", "json"):
        raise WrongSetting(f"LOG_FORMAT must be text or json, not «{settings.log_format}».")
    if settings.metrics_token and len(settings.metrics_token) < 16:
        raise WrongSetting("METRICS_TOKEN must be at least 16 characters long.")
    if settings.trusted_proxies < 0:
        raise WrongSetting("TRUSTED_PROXIES must be 0 or more.")
    try:
        ZoneInfo(settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise WrongSetting(f"TIME_ZONE «{settings.time_zone}» is not a known time zone.") from None
