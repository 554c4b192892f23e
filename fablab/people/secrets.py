"""Secrets: argon2 hashes of PINs and passwords, tokens of cards, digests of identifiers.

Parameters come from the settings (OWASP minimum by default) and are upgraded at log-in.
"""

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app
from itsdangerous import BadSignature, Signer, URLSafeTimedSerializer

from fablab.config import Settings

CARD_BYTES = 20  # 160 bits: 32 letters and figures
INVITATION_DAYS = 7
RESET_MINUTES = 60


def hash_secret(secret: str) -> str:
    """The argon2id hash of a PIN or password, with the house's parameters."""
    return _hasher(*_parameters()).hash(secret)


def verify(secret_hash: str | None, secret: str) -> bool:
    """Whether this is the secret; without a hash a dummy one is verified, so that time does not tell who exists."""
    hasher = _hasher(*_parameters())
    try:
        return hasher.verify(secret_hash or _dummy_hash(*_parameters()), secret) and secret_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(secret_hash: str) -> bool:
    """Whether a hash was made with other parameters than the house's present ones."""
    return _hasher(*_parameters()).check_needs_rehash(secret_hash)


def new_card_token() -> str:
    """The random code of a card: capitals and figures (base 32), 160 bits."""
    return base64.b32encode(secrets.token_bytes(CARD_BYTES)).decode("ascii")


def card_digest(token: str) -> str:
    """What is kept of a card's code, however it was typed: spaces, hyphens and case do not count."""
    plain = "".join(letter for letter in token.upper() if letter.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


def identifier_digest(identifier: str) -> str:
    """The keyed digest under which wrong tries on an identifier ("handle:renard-42") are counted."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, identifier.encode(), hashlib.sha256).hexdigest()


def link_with(endpoint: str, token: str) -> str:
    """The address of a page that takes a token, for a letter. It stands after the #: browsers send that to nobody.

    From the settings, never from the request: a forged Host header must not lead this link elsewhere.
    """
    path = current_app.url_map.bind("house").build(endpoint)
    return f"{current_app.config['PUBLIC_URL']}{path}#{token}"


def sign_invitation(public_id: str, enter_version: int) -> str:
    """The token of a link with which somebody chooses a first password, once: the version rises then."""
    return _signer("first-password").dumps([public_id, enter_version])


def read_invitation(token: str) -> tuple[str, int] | None:
    """Public id and version of an invitation younger than a week; None for any other text."""
    return _read("first-password", token, INVITATION_DAYS * 86400)


def sign_reset(public_id: str, enter_version: int) -> str:
    """The token of a link with which somebody chooses another password, once: the version rises then."""
    return _signer("another-password").dumps([public_id, enter_version])


def read_reset(token: str) -> tuple[str, int] | None:
    """Public id and version of a link younger than an hour; None for any other text."""
    return _read("another-password", token, RESET_MINUTES * 60)


def feed_key(nonce: str) -> str:
    """What stands in the secret address of a calendar. The database alone does not say it: it takes the house's key."""
    return _feeds().sign(nonce).decode("ascii")


def feed_nonce(key: str) -> str | None:
    """The mark of the calendar whose address holds this key; None for any other text."""
    try:
        return _feeds().unsign(key).decode("utf-8")
    except (BadSignature, UnicodeError):
        return None


def _feeds() -> Signer:
    return Signer(current_app.config["SECRET_KEY"], salt="calendar-feed", digest_method=hashlib.sha256)


def _signer(what_for: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=what_for)


def _read(what_for: str, token: str, seconds: int) -> tuple[str, int] | None:
    try:
        public_id, version = _signer(what_for).loads(token, max_age=seconds)
    except BadSignature:
        return None
    return str(public_id), int(version)


def _parameters() -> tuple[int, int]:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.argon2_memory, settings.argon2_rounds


@lru_cache(maxsize=8)
def _hasher(memory: int, rounds: int) -> PasswordHasher:
    return PasswordHasher(time_cost=rounds, memory_cost=memory, parallelism=1)


@lru_cache(maxsize=8)
def _dummy_hash(memory: int, rounds: int) -> str:
    return _hasher(memory, rounds).hash(secrets.token_hex(16))
