"""Where a kind of resource adds its own facts and rules to the engine's."""

from typing import Any

_KINDS: dict[str, Any] = {}


def register(name: str, kind: Any) -> None:
    """Say which rules go with resources of this kind."""
    _KINDS[name] = kind
