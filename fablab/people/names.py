"""Names as people type them and as the search compares them. Pure."""

import re
import unicodedata

#: what the search does not hear: spaces, hyphens, apostrophes, signs
_SILENT = re.compile(r"[\W_]+")
_LETTERLIKE = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
WORD_LENGTH = 80


def fold(text: str) -> str:
    """Lower case, without accents, words apart by one space: «Éloïse Le-Goff» becomes "eloise le goff"."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in spread if not unicodedata.combining(letter))
    plain = "".join(_LETTERLIKE.get(letter, letter) for letter in bare)
    return _SILENT.sub(" ", plain).strip()


def full_name(first_name: str, last_name: str, email: str | None) -> str:
    """First and last name: for staff only. Who was invited and has not come yet is known by the e-mail."""
    return f"{first_name} {last_name}".strip() or email or ""


def short_name(first_name: str, last_name: str, email: str | None) -> str:
    """«Inès B.»: for staff only; never shown to another young person or to the public."""
    return f"{first_name} {last_name[:1]}." if first_name else full_name(first_name, last_name, email)


def words_of(*texts: str | None) -> set[str]:
    """The folded words of names and handles: what can be searched by its beginning.

    Each word, and those that a hyphen, an apostrophe or a space parts, made one: «O’Brien» gives "o", "brien",
    "obrien".
    """
    folded = [fold(one) for text in texts if text for one in (text, *text.split())]
    found = {word for text in folded for word in (*text.split(), text.replace(" ", ""))}
    return {word[:WORD_LENGTH] for word in found if word}


def after(prefix: str) -> str:
    """The first text that no longer begins with ``prefix``, byte by byte; ``prefix`` is not empty."""
    following = ord(prefix[-1]) + 1
    # The surrogates are no characters: a text cannot hold them.
    return prefix[:-1] + chr(0xE000 if following == 0xD800 else min(following, 0x10FFFF))


def is_a_name(text: str) -> bool:
    """Whether a text can be somebody's name, in any script: letters, and what stands between them (- ' . space)."""
    allowed = "'’ʼ‘-‐‑. ·ʻ\u00a0\u200c\u200d"  # the joiners are letters' business in Persian and Indian scripts
    return any(letter.isalpha() for letter in text) and all(
        letter.isalpha() or unicodedata.category(letter) in ("Mn", "Mc") or letter in allowed for letter in text
    )


def mask_of(label: str | None, number: int) -> str:
    """What stands for a sensitive organisation: its number tells two masks of the same words apart, nothing else."""
    return f"{label or ''} {number}".strip()
