"""Comparing values of a catalogue of which some are at fault: what a faulty value cannot answer is passed over.

A fault in one field leaves ``WRONG`` in its place. Whatever is asked of it ends the comparison that asked, and only
that one: all others are still made, so that every fault is named at once.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any


class UnsoundError(Exception):
    """A value at fault was asked for something."""


class Wrong:
    """Stands where a value is at fault."""

    def _ask(self, *asked: Any) -> Any:
        raise UnsoundError

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __hash__ = __len__ = __iter__ = _ask
    __getitem__ = __contains__ = __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __mod__ = _ask
    __pos__ = __str__ = __format__ = __or__ = __ror__ = _ask

    def __getattr__(self, name: str) -> Any:
        raise UnsoundError


WRONG: Any = Wrong()


@contextmanager
def agreeing() -> Iterator[None]:
    """One comparison; given up when it meets a value at fault, which is named already."""
    with suppress(UnsoundError):
        yield


def numbered(values: Any) -> Iterable[tuple[int, Any]]:
    """The things of a list with their places; none when the list itself is at fault."""
    return [] if values is WRONG else list(enumerate(values))


def pairs(values: Any) -> Iterable[tuple[Any, Any]]:
    """The keys and things of a mapping; none when the mapping itself is at fault."""
    return [] if values is WRONG else list(values.items())


def under(holder: Any, *steps: str) -> Any:
    """What stands at these keys, WRONG when one on the way is at fault."""
    for step in steps:
        if holder is WRONG:
            return WRONG
        holder = holder[step]
    return holder


def coded(values: Any) -> Mapping[str, Any]:
    """The things of a list by their code, without those whose code is at fault."""
    things = (thing for _place, thing in numbered(values) if thing is not WRONG)
    return {thing["code"]: thing for thing in things if thing["code"] is not WRONG}
