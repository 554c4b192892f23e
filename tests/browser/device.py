"""What a page leaves on the device that shows it."""

import json

from playwright.sync_api import Page


def kept(page: Page) -> dict[str, object]:
    """What forms keep on this device."""
    found: dict[str, str] = page.evaluate(
        "Object.fromEntries(Object.entries(localStorage).filter(([name]) => name.startsWith('dynamo.kept.')))"
    )
    return {name: json.loads(value) for name, value in found.items()}
