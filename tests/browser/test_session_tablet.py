"""A session on the team's tablet: few gestures, a lost connection, two facilitators at once, fingers in gloves."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from fablab.people import demo
from fablab.permissions import Role
from tests.browser.conftest import TABLET, House
from tests.browser.device import kept
from tests.browser.entering import enter_staff

pytestmark = pytest.mark.browser

FIRST, SECOND = [one for one in demo.STAFF if one.role is Role.FACILITATOR][:2]


@pytest.fixture
def lesson(house: House) -> Iterator[str]:
    """The public id of a session that began ten minutes ago, led by the first facilitator, not called yet."""
    with closing(sqlite3.connect(house.environment["DATABASE_URL"].removeprefix("sqlite:///"))) as base:
        begun = int(time.time()) - 600
        row = base.execute(
            "SELECT s.id, s.public_id, s.starts_at, s.ends_at FROM training_session s "
            "WHERE s.status = 'planned' AND s.attendance_at IS NULL AND s.starts_at > ? "
            "AND (SELECT count(*) FROM session_part p WHERE p.session_id = s.id) = 1 "
            "AND (SELECT count(*) FROM enrolment e WHERE e.group_id = s.group_id AND e.ended_on IS NULL"
            " AND e.status <> 'referred') >= 4 ORDER BY s.starts_at, s.id",
            (begun,),
        ).fetchone()
        id_, public_id, starts, _ends = row
        lead = base.execute("SELECT id FROM person WHERE email = ?", (FIRST.email,)).fetchone()[0]
        shift = begun - starts
        for table, key in (("training_session", "id"), ("session_part", "session_id")):
            base.execute(
                f"UPDATE {table} SET starts_at = starts_at + ?, ends_at = ends_at + ? WHERE {key} = ?",
                (shift, shift, id_),
            )
        base.execute("INSERT OR IGNORE INTO session_lead (session_id, person_id) VALUES (?, ?)", (id_, lead))
        base.commit()
        yield public_id
        base.execute(
            "UPDATE training_session SET attendance_at = coalesce(attendance_at, ?) WHERE id = ?", (begun, id_)
        )
        base.commit()


def tablet_of(chromium: Browser, house: House) -> BrowserContext:
    context = chromium.new_context(base_url=house.url, viewport=TABLET, locale="fr-FR", timezone_id="Europe/Paris")
    context.set_default_timeout(15_000)
    return context


@pytest.fixture
def tablet(chromium: Browser, house: House) -> Iterator[BrowserContext]:
    """The tablet of the first facilitator, who has entered."""
    context = tablet_of(chromium, house)
    enter_staff(context.new_page(), Role.FACILITATOR)
    yield context
    context.close()


@pytest.fixture
def colleague(chromium: Browser, house: House) -> Iterator[BrowserContext]:
    """The tablet of another one."""
    context = tablet_of(chromium, house)
    page = context.new_page()
    page.goto("/entrer/equipe")
    page.locator("input[name=email]").fill(SECOND.email)
    page.locator("input[name=secret]").fill(demo.PASSWORD)
    page.locator("input[name=secret]").press("Enter")
    page.wait_for_url(lambda url: "/entrer" not in url)
    yield context
    context.close()


def marks(page: Page) -> list[str]:
    return [text.strip() for text in page.locator("main .rows .chip").all_inner_texts()]


def test_from_open_to_saved_in_six_activations_when_all_goes_as_planned(tablet: BrowserContext, lesson: str) -> None:
    page = tablet.pages[0]
    activations = 0

    def press(name: str, role: str = "button") -> None:
        nonlocal activations
        activations += 1
        page.locator("main").get_by_role(role, name=name).first.click()  # type: ignore[arg-type]  # a role

    page.goto("/")
    press("Faire l’appel", "link")
    page.wait_for_url("**/appel")
    press("Tous présents")
    page.wait_for_url(f"**/seances/{lesson}")
    expect(page.locator(".toasts")).to_contain_text("Appel enregistré.")
    press("Valider", "link")
    page.wait_for_url("**/valider*")
    press("Tous les présents")
    press("Enregistrer")
    expect(page.locator(".toasts")).to_contain_text("enregistrée")
    assert activations <= 6
    assert kept(page) == {}


def test_what_is_wrong_is_brought_into_sight_where_the_button_was_pressed(tablet: BrowserContext, lesson: str) -> None:
    page = tablet.new_page()
    page.goto(f"/seances/{lesson}/appel")
    line = page.locator("fieldset.roll-line").nth(1)
    line.locator("input[value=late]").check()
    line.locator("input[type=number]").fill("-4")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.locator("[data-save]").click()
    expect(page.locator("[data-notice]")).to_contain_text("en minutes")
    expect(page.locator("[data-notice]")).to_be_in_viewport()


def test_a_call_made_without_connection_leaves_by_itself_when_it_is_back(tablet: BrowserContext, lesson: str) -> None:
    page = tablet.pages[0]
    page.goto(f"/seances/{lesson}/appel")
    page.locator("input[value=absent]").first.check(force=True)
    tablet.set_offline(True)
    page.get_by_role("button", name="Enregistrer l’appel").click()
    expect(page.locator("[data-notice]")).to_contain_text("Pas de connexion. L’appel est gardé sur cet appareil.")
    [(name, held)] = kept(page).items()
    assert name.endswith(f"roll.{lesson}")
    people = page.locator("legend b").all_inner_texts()
    assert not [one for one in people if one.split()[0] in json.dumps(held, ensure_ascii=False)], "ids and ticks only"
    tablet.set_offline(False)
    page.wait_for_url(f"**/seances/{lesson}")
    assert marks(page).count("absent") == 1
    assert kept(page) == {}


def test_a_call_that_waited_in_a_closed_tab_leaves_when_its_page_opens_again(
    tablet: BrowserContext, lesson: str
) -> None:
    page = tablet.pages[0]
    page.goto(f"/seances/{lesson}/appel")
    page.locator("input[value=excused]").first.check(force=True)
    tablet.set_offline(True)
    page.get_by_role("button", name="Enregistrer l’appel").click()
    expect(page.locator("[data-notice]")).to_contain_text("Pas de connexion")
    page.close()
    tablet.set_offline(False)
    page = tablet.new_page()
    page.goto(f"/seances/{lesson}/appel")
    page.wait_for_url(f"**/seances/{lesson}")
    assert marks(page).count("excusé") == 1


def test_a_late_call_shows_what_the_colleague_noted_and_asks_line_by_line(
    tablet: BrowserContext, colleague: BrowserContext, lesson: str
) -> None:
    page, other = tablet.pages[0], colleague.pages[0]
    page.goto(f"/seances/{lesson}/appel")
    tablet.set_offline(True)
    page.locator("input[value=absent]").nth(1).check(force=True)
    page.get_by_role("button", name="Enregistrer l’appel").click()
    expect(page.locator("[data-notice]")).to_contain_text("Pas de connexion")
    other.goto(f"/seances/{lesson}/appel")
    other.locator("input[value=absent]").first.check(force=True)
    other.get_by_role("button", name="Enregistrer l’appel").click()
    other.wait_for_url(f"**/seances/{lesson}")
    tablet.set_offline(False)
    expect(page.get_by_role("heading", name="Noté autrement entre-temps")).to_be_visible()
    choices = page.locator("fieldset:has(input[name^='choice-'])")
    expect(choices).to_have_count(2)
    expect(choices.first).to_contain_text("noté par")
    choices.first.locator("input[value=theirs]").check(force=True)
    choices.last.locator("input[value=mine]").check(force=True)
    page.get_by_role("button", name="Enregistrer l’appel").click()
    page.wait_for_url(f"**/seances/{lesson}")
    assert marks(page).count("absent") == 2
    assert kept(page) == {}


def test_two_facilitators_on_the_same_grid_one_offline_lose_nothing(
    tablet: BrowserContext, colleague: BrowserContext, lesson: str
) -> None:
    page, other = tablet.pages[0], colleague.pages[0]
    for one in (page, other):
        one.goto(f"/seances/{lesson}/valider?etape=4")
    boxes = page.locator("input[name=cell][data-held='0']")
    first, second, third = (str(boxes.nth(number).get_attribute("value")) for number in (0, 1, 2))

    def give(where: Page, cell: str, level: str) -> None:
        where.locator(f"input[name=level][value='{level}']").check(force=True)
        where.locator(f"label.cell:has(input[value='{cell}'])").click()

    tablet.set_offline(True)
    give(page, first, "1")
    give(page, second, "2")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("[data-notice]")).to_contain_text("Pas de connexion")
    time.sleep(1.1)  # the house counts whole seconds
    give(other, first, "2")
    give(other, third, "1")
    other.get_by_role("button", name="Enregistrer").click()
    expect(other.locator(".toasts")).to_contain_text("2 validations enregistrées")
    tablet.set_offline(False)
    expect(page.get_by_role("heading", name="Validé autrement entre-temps")).to_be_visible()
    choice = page.locator("fieldset:has(input[name^='choice-'])")
    expect(choice).to_have_count(1)
    expect(choice).to_contain_text("niveau 2")
    expect(choice).to_contain_text("Ici\u00a0: niveau 1")
    choice.locator("input[value=both]").check(force=True)
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".toasts")).to_contain_text("2 validations enregistrées")
    for cell, level in ((first, "2"), (second, "2"), (third, "1")):
        expect(page.locator(f"input[name=cell][value='{cell}']")).to_have_attribute("data-held", level)
    assert page.locator("#enregistre li").count() == 2
    assert kept(page) == {}


@pytest.mark.parametrize("address", ["", "/appel", "/valider", "/valider?vue=liste"])
@pytest.mark.parametrize("size", [(1024, 768), (768, 1024)])
def test_what_is_touched_is_48_high_for_gloves(
    tablet: BrowserContext, lesson: str, address: str, size: tuple[int, int]
) -> None:
    page = tablet.pages[0]
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"/seances/{lesson}{address}")
    small = page.evaluate(
        """() => [...document.querySelectorAll("main a, main button, main summary, main label:has(input), main select")]
          .filter((one) => one.checkVisibility() && !one.closest("noscript, details:not([open]) > :not(summary)"))
          .map((one) => [one, (one.matches(".choice") ? one.querySelector("span") : one).getBoundingClientRect()])
          .filter(([, box]) => box.height > 0 && (box.height < 47.5 || box.width < 47.5))
          .map(([one, box]) => `${one.textContent.trim().slice(0, 40)}: ${box.width}×${box.height}`)"""
    )
    assert small == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_was_kept_goes_at_log_out_and_with_another_person(
    tablet: BrowserContext, colleague: BrowserContext, lesson: str
) -> None:
    page = tablet.pages[0]
    page.goto(f"/seances/{lesson}/appel")
    page.locator("input[value=absent]").first.check(force=True)
    assert len(kept(page)) == 1
    page.evaluate("localStorage.setItem('dynamo.kept.somebody-else.roll.x', '{}')")
    page.goto("/groupes")
    assert [name for name in kept(page) if "somebody-else" in name] == []
    assert len(kept(page)) == 1
    page.locator("form[action='/sortir'] button").first.click()
    page.wait_for_url("**/")
    assert kept(page) == {}
