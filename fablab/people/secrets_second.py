"""The second step: codes of an authenticator (RFC 6238: six digits, thirty seconds) and recovery codes.

The secret shared with the phone is not kept: it is made again from a nonce in the database and the house's own key,
so that neither a copy of the database nor the key alone is enough.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

import pyotp
from flask import current_app

from fablab.people.secrets import identifier_digest

PERIOD = 30  # seconds
#: a phone may be half a minute early or late
_AROUND = (0, -1, 1)
RECOVERY_CODES = 8
_RECOVERY_BYTES = 10  # 80 bits: nobody guesses one


def new_nonce() -> str:
    """A nonce from which the secret of one person is made."""
    return secrets.token_hex(16)


def shared_secret(nonce: str) -> str:
    """The secret of a nonce, as it is typed into a phone: 32 letters and figures (base 32, 160 bits)."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    made = hmac.new(key, f"second-step:{nonce}".encode(), hashlib.sha256).digest()
    return base64.b32encode(made[:20]).decode("ascii")


def address(nonce: str, email: str, house: str) -> str:
    """What the QR code says to the phone: an otpauth:// address, under the name of the house."""
    return str(pyotp.TOTP(shared_secret(nonce)).provisioning_uri(name=email, issuer_name=house))


def step_of(nonce: str, code: str, now: datetime, *, after: int) -> int | None:
    """The thirty seconds whose code this is, around now and later than ``after``; None when it is none of them."""
    totp, present = pyotp.TOTP(shared_secret(nonce)), int(now.timestamp()) // PERIOD
    for away in _AROUND:
        step = present + away
        if step > after and hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()):
            return step
    return None


def new_recovery_code() -> str:
    """A code to keep on paper: four groups of four letters and figures."""
    plain = base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode("ascii")
    return "-".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def recovery_digest(public_id: str, code: str) -> str:
    """What is kept of a recovery code, however it was typed: spaces, hyphens and case do not count."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return identifier_digest(f"recovery:{public_id}:{plain}")
