"""When a fact changes under a booking, the same rules are asked again."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import actions, upkeep_again
from bookings.kinds import Kind, Known
from bookings.queries import TakenRow
from bookings.values import Ask, Limits, Presence, Scope, Slot, Whereabouts
from fablab.db import transaction
from fablab.outbox import Message
from fablab.refusals import Refusal, Refused
from tests.conftest import NOW
from tests.make import make_staff, make_young
from tests.make_bookings import make_booking, make_place, make_resource, slot


class Badges(Kind, Known):
    """A kind for tests, and what it knows: who holds a badge, who is elsewhere, who watches; counts its readings."""

    def __init__(self) -> None:
        self.without: set[int] = set()
        self.worried: set[int] = set()
        self.presences: list[Presence] = []
        self.whereabouts: list[Whereabouts] = []
        self.readings = 0

    def read(self, session: Session, scope: Scope, taken: Sequence[TakenRow], now: datetime) -> Known:
        self.readings += 1
        return self

    def refusals(self, ask: Ask, now: datetime) -> list[Refusal]:
        if ask.holder_id in self.without:
            return [Refusal("no_badge", "Il manque un badge.", effect="cancel")]
        if ask.holder_id in self.worried:
            return [Refusal("no_adult", "Il manque un adulte.", effect="warn")]
        return []

    def limits(self, ask: Ask) -> Limits:
        return Limits(notice=timedelta(hours=2), horizon=timedelta(days=28))

    def supervision(self, ask: Ask) -> str:
        return "in_room"


@pytest.fixture
def badges(engine_alone: Callable[[str, Kind], None]) -> Badges:
    kind = Badges()
    engine_alone("space", kind)
    return kind


def test_a_kind_refuses_and_writes_its_level_of_supervision(app: Flask, badges: Badges) -> None:
    resource, ada, tom = make_resource(), make_young(), make_young("Tom")
    badges.without = {tom.id}
    assert make_booking(resource, slot("14:00", "15:00"), ada).supervision == "in_room"
    with pytest.raises(Refused, match="no_badge"):
        make_booking(resource, slot("16:00", "17:00"), tom)


def test_the_limits_of_a_kind_are_those_of_its_resources(app: Flask, badges: Badges) -> None:
    resource, ada = make_resource(), make_young()
    with pytest.raises(Refused, match="too_soon"):
        make_booking(resource, Slot(NOW + timedelta(hours=1), NOW + timedelta(hours=2)), ada)
    with pytest.raises(Refused, match="too_far"):
        make_booking(resource, Slot(NOW + timedelta(days=30), NOW + timedelta(days=30, hours=1)), ada)


def test_adults_on_shift_count_among_the_heads_of_a_place(app: Flask, badges: Badges) -> None:
    place = make_place(gauge=2)
    one, two = make_resource(place), make_resource(place)
    badges.presences = [Presence(place.id, slot("14:00", "15:00"), 1, make_staff().id)]
    make_booking(one, slot("14:00", "15:00"), make_young())
    with pytest.raises(Refused, match="place_full"):
        make_booking(two, slot("14:00", "15:00"), make_young())
    make_booking(two, slot("15:00", "16:00"), make_young())


def test_somebody_in_a_session_cannot_book_at_the_same_time(app: Flask, badges: Badges) -> None:
    resource, ada = make_resource(), make_young()
    badges.whereabouts = [Whereabouts(ada.id, slot("14:00", "16:00"), "Séance 3")]
    with pytest.raises(Refused, match="two_places"):
        make_booking(resource, slot("15:00", "16:00"), ada)
    make_booking(resource, slot("16:00", "17:00"), ada)


def test_the_same_person_is_never_in_two_bookings_at_once(app: Flask, badges: Badges) -> None:
    place, ada = make_place(), make_young()
    one, two = make_resource(place), make_resource(place)
    make_booking(one, slot("14:00", "15:00"), ada)
    with pytest.raises(Refused, match="two_places"):
        make_booking(two, slot("14:30", "15:30"), ada)
    make_booking(two, slot("15:00", "16:00"), ada)


def test_asking_again_cancels_marks_or_keeps_and_tells(session: Session, badges: Badges) -> None:
    resource = make_resource()
    ada, tom, ines = make_young("Ada"), make_young("Tom"), make_young("Inès")
    gone = make_booking(resource, slot("14:00", "15:00"), ada)
    marked = make_booking(resource, slot("15:00", "16:00"), tom)
    kept = make_booking(resource, slot("16:00", "17:00"), ines)
    badges.without, badges.worried = {ada.id}, {tom.id}
    asked_before = badges.readings
    with transaction() as writing:
        outcome = upkeep_again.ask_again(writing, [gone, marked, kept], NOW)
    assert badges.readings == asked_before + 1
    assert (outcome.cancelled, outcome.warned, outcome.kept) == ((gone,), (marked,), (kept,))
    assert (gone.status, gone.reason) == ("cancelled", None)
    assert gone.reasons == [{"code": "no_badge", "said": "Il manque un badge."}]
    assert [claim.holds for claim in gone.claims] == [False]
    assert (marked.status, marked.attention) == ("confirmed", "no_adult")
    told = dict(session.execute(select(Message.person_id, Message.text)).all())
    assert set(told) == {ada.id, tom.id}
    assert "Il manque un badge." in told[ada.id]


def test_a_mark_goes_when_all_is_well_again_and_is_told_once(session: Session, badges: Badges) -> None:
    resource, ada = make_resource(), make_young()
    booking = make_booking(resource, slot("14:00", "15:00"), ada)
    for worried in ({ada.id}, {ada.id}, set()):
        badges.worried = worried
        with transaction() as writing:
            upkeep_again.ask_again(writing, [booking], NOW)
    assert booking.attention is None
    assert len(session.scalars(select(Message)).all()) == 1


def test_notice_and_length_matter_no_more_once_booked(app: Flask, badges: Badges) -> None:
    booking = make_booking(make_resource(), slot("14:00", "15:00"), make_young())
    with transaction() as writing:
        outcome = upkeep_again.ask_again(writing, [booking], booking.starts_at - timedelta(minutes=1))
    assert outcome.kept == (booking,)


def test_what_lets_somebody_in_is_asked_again_at_check_in(app: Flask, badges: Badges) -> None:
    ada = make_young()
    booking = make_booking(make_resource(), slot("14:00", "15:00"), ada)
    badges.without = {ada.id}
    with pytest.raises(Refused, match="no_badge"):
        actions.check_in(booking, make_staff(), booking.starts_at)
