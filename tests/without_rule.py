"""A pytest plugin that takes one rule away: nothing is refused with the code named by WITHOUT_RULE.

Used by tests/without_each_rule.py; the suite must then go red.
"""

import importlib
import inspect
import os
from collections.abc import Callable
from functools import wraps
from typing import Any

from fablab.refusals import Refusal


def pytest_configure() -> None:
    """Wrap every rule of the module before any test imports it by another name."""
    code, module = os.environ["WITHOUT_RULE"], importlib.import_module(os.environ["WITHOUT_RULE_MODULE"])
    for name, rule in inspect.getmembers(module, inspect.isfunction):
        if rule.__module__ == module.__name__:
            setattr(module, name, _without(code, rule))


def _without(code: str, rule: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(rule)
    def silenced(*args: Any, **kwargs: Any) -> Any:
        found = rule(*args, **kwargs)
        if isinstance(found, list | tuple) and any(isinstance(one, Refusal) for one in found):
            kept = [one for one in found if getattr(one, "code", None) != code]
            return kept if isinstance(found, list) else tuple(kept)
        return found

    return silenced
