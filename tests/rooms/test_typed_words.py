"""What organisations and the team type about rooms claims no language in an English page (decision 37)."""

from datetime import date, timedelta

from flask.testing import FlaskClient
from sqlalchemy import update

from bookings import actions
from bookings.models import Booking, Claim
from bookings.values import Ask
from fablab.db import transaction
from fablab.permissions import Role
from rooms import actions_money
from rooms.models import Room
from tests.conftest import NOW
from tests.make import log_in, make_staff
from tests.make_bookings import slot
from tests.make_rooms import lend, make_tenant

DAY = date(2026, 12, 15)


def test_purposes_and_reasons_about_rooms_are_said_to_be_in_no_known_language(
    client: FlaskClient, leysse: Room
) -> None:
    choir, nadia = make_tenant(), make_staff("Nadia", roles=(Role.COORDINATOR,))
    asked = Ask(
        leysse.id, slot("09:00", "10:00", DAY), kind="rental", structure_id=choir.id, headcount=8, purpose="bal"
    )
    request = actions.request(asked, None, NOW)
    kept = lend(leysse, choir, slot("17:00", "19:00", DAY), purpose="concert")
    now = lend(leysse, choir, slot("19:00", "20:00", DAY), purpose="chorale")
    with transaction() as session:
        today = {"starts_at": NOW + timedelta(minutes=10), "ends_at": NOW + timedelta(hours=2)}
        session.execute(update(Booking).where(Booking.id == now.id).values(**today))
        session.execute(update(Claim).where(Claim.booking_id == now.id).values(**today))
        nadia.language = "en"
    actions_money.ask_deposit(kept, 30_000, nadia, NOW)
    actions_money.receive_deposit(kept, nadia, NOW)
    actions_money.keep_deposit(kept, "Une chaise cassée.", nadia, NOW)
    log_in(client, nadia)
    pages = {
        f"/salles/reservations/{kept.public_id}": ("concert", "Une chaise cassée."),
        f"/salles/reservations/{request.public_id}": ("bal",),
        f"/salles/comptes/{kept.public_id}/caution": ("Une chaise cassée.",),
        "/salles/demandes": ("bal",),
        f"/salles/semaine/liste?jour={DAY}": ("concert",),
        "/salles-du-jour": ("chorale",),
    }
    for page, words in pages.items():
        said = client.get(page).text
        for typed in words:
            assert f'<span lang="">{typed}</span>' in said, (page, typed)
            assert f'<span lang="fr">{typed}</span>' not in said, (page, typed)
