"""Secrets that may be chosen, handles, names; each rule with a case accepted and a case refused."""

import random
from datetime import date

import pytest
from flask import Flask

from fablab.people import handles, names, secrets
from fablab.people.rules import plausible_birth
from fablab.people.rules_secrets import password_refusals, pin_refusals
from fablab.refusals import Refusal

BORN = date(2010, 5, 3)


def codes(refusals: list[Refusal]) -> list[str]:
    return [refusal.code for refusal in refusals]


@pytest.mark.parametrize("pin", ["482915", "907314", "112358"])
def test_a_pin_that_nobody_guesses_is_accepted(pin: str) -> None:
    assert pin_refusals(pin, BORN) == []


@pytest.mark.parametrize(
    ("pin", "code"),
    [
        ("", "pin_shape"),
        ("4829", "pin_shape"),
        ("4829156", "pin_shape"),
        ("48291a", "pin_shape"),
        ("٤٨٢٩١٥", "pin_shape"),
        ("000000", "pin_easy"),
        ("777777", "pin_easy"),
        ("123456", "pin_easy"),
        ("567890", "pin_easy"),
        ("654321", "pin_easy"),
        ("121212", "pin_easy"),
        ("907907", "pin_easy"),
        ("030510", "pin_birth"),
        ("100503", "pin_birth"),
        ("050310", "pin_birth"),
        ("201005", "pin_birth"),
        ("052010", "pin_birth"),
    ],
)
def test_a_pin_that_is_guessed_at_once_is_refused(pin: str, code: str) -> None:
    assert codes(pin_refusals(pin, BORN)) == [code]


@pytest.mark.parametrize(
    "password", ["trois vélos bleus", "correct cheval batterie", "Kx9#vQ2!mZ7p", "סיסמה ארוכה מאוד"]
)
def test_a_long_password_is_accepted(password: str) -> None:
    assert password_refusals(password, "samir.haddad@example.org") == []


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("onze lettre", "password_short"),
        ("Haddad et ses vélos", "password_name"),
        ("SAMIR-2026-atelier", "password_name"),
        ("motdepasse2026", "password_common"),
        ("azertyuiop123", "password_common"),
        ("Bonjour Chambéry 73", "password_common"),
        ("aaaaaaaaaaaa", "password_common"),
        ("1234567890123", "password_common"),
    ],
)
def test_a_password_tried_first_is_refused(password: str, code: str) -> None:
    assert codes(password_refusals(password, "samir.haddad@example.org")) == [code]


def test_a_handle_is_a_kind_word_and_a_number() -> None:
    assert len(set(handles.WORDS)) == len(handles.WORDS) >= 120
    assert all(word.isascii() and word.islower() and word.isalpha() for word in handles.WORDS)
    chance = random.Random(1)
    for _turn in range(200):
        word, _hyphen, number = handles.propose(chance).partition("-")
        assert word in handles.WORDS
        assert 10 <= int(number) <= 99


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Éloïse Le-Goff", "eloise le goff"),
        ("  D’Artagnan ", "d artagnan"),
        ("Œuvrard ß", "oeuvrard ss"),
        ("Nguyễn Văn", "nguyen van"),
        ("ﬁona", "fiona"),
        ("محمد", "محمد"),
        ("🦊", ""),
    ],
)
def test_the_search_hears_names_without_accents(text: str, folded: str) -> None:
    assert names.fold(text) == folded


@pytest.mark.parametrize("name", ["Inès", "D’Artagnan", "Jean-Noël", "محمد", "שרה", "李", "Nguyễn", "O. K."])
def test_a_name_in_any_script_is_a_name(name: str) -> None:
    assert names.is_a_name(name)


@pytest.mark.parametrize("name", ["🦊", "Inès 🦊", "R2D2", "<b>", "\u202eInès", "-", "a\x00b"])
def test_what_is_not_written_with_letters_is_no_name(name: str) -> None:
    assert not names.is_a_name(name)


def test_what_begins_with_a_prefix_lies_between_it_and_what_comes_after() -> None:
    assert names.after("ine") == "inf"
    for word in ("ines", "inez", "ine", "ineꀀ"):
        assert "ine" <= word < names.after("ine")
    assert names.after("a\ud7ff") == "a\ue000"


def test_a_birth_date_is_plausible_between_8_and_30_years() -> None:
    today = date(2026, 11, 24)
    assert plausible_birth(date(2018, 11, 24), today) == []
    assert plausible_birth(date(1995, 11, 25), today) == []
    assert codes(plausible_birth(date(2018, 11, 25), today)) == ["birth_age"]
    assert codes(plausible_birth(date(1995, 11, 24), today)) == ["birth_age"]
    assert codes(plausible_birth(date(2026, 11, 25), today)) == ["birth_future"]


def test_a_link_to_choose_a_password_is_read_once_signed_and_no_other_text(app: Flask) -> None:
    token = secrets.sign_invitation("abc", 3)
    assert secrets.read_invitation(token) == ("abc", 3)
    assert secrets.read_invitation(token[:-2] + "xx") is None
    assert secrets.read_invitation("") is None


def test_a_card_code_has_160_bits_and_only_its_digest_is_comparable() -> None:
    code = secrets.new_card_token()
    assert len(code) == 32
    assert code.isascii()
    assert secrets.card_digest(code) == secrets.card_digest(f" {code[:4].lower()}-{code[4:]} ")
    assert secrets.card_digest(code) != secrets.card_digest(secrets.new_card_token())
