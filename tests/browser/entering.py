"""Entering the demonstration house as each of its people, as a person would: type, press Enter."""

from playwright.sync_api import Page

from fablab.people import demo
from fablab.permissions import Role


def enter_young(page: Page, handle: str = "renard-42") -> None:
    """Enter with the identifier of a card and its code."""
    page.goto("/entrer")
    page.locator("input[name=handle]").fill(handle)
    page.locator("input[name=secret]").fill(demo.PIN)
    page.locator("input[name=secret]").press("Enter")
    page.wait_for_url(lambda url: "/entrer" not in url)


def enter_staff(page: Page, role: Role) -> None:
    """Enter as the first of the cast who holds this role."""
    person = next(one for one in demo.STAFF if one.role == role)
    page.goto("/entrer/equipe")
    page.locator("input[name=email]").fill(person.email)
    page.locator("input[name=secret]").fill(demo.PASSWORD)
    page.locator("input[name=secret]").press("Enter")
    page.wait_for_url(lambda url: "/entrer" not in url)


def enter(page: Page, role: Role | None) -> None:
    """Enter with a role of the demonstration; None stays a visitor."""
    if role is Role.YOUNG:
        enter_young(page)
    elif role is not None:
        enter_staff(page, role)
