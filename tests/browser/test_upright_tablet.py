"""On a tablet held upright nothing of a table is cut off: its last column and its buttons are on the screen."""

import pytest
from playwright.sync_api import BrowserContext

from fablab.permissions import Role
from tests.browser.entering import enter_staff

pytestmark = pytest.mark.browser

CUT = """() => [...document.querySelectorAll(".table-region, .grid-region")]
  .filter((region) => region.scrollWidth > region.clientWidth)
  .map((region) => `${region.scrollWidth} in ${region.clientWidth}`)"""


@pytest.mark.parametrize(
    ("role", "address"),
    [
        (Role.RECEPTION, "/machines/semaine"),
        (Role.RECEPTION, "/salles/semaine"),
        (Role.RECEPTION, "/salles"),
        (Role.ADMINISTRATOR, "/installation"),
        (Role.COORDINATOR, "/machines/heures"),
    ],
)
def test_a_table_is_whole(context: BrowserContext, role: Role, address: str) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 768, "height": 1024})
    enter_staff(page, role)
    page.goto(address)
    assert page.locator("table").count() > 0
    assert page.evaluate(CUT) == []
