"""Pure: small numbers that could point at somebody are hidden when a report leaves the house, and cannot be worked out.

CNIL and INSEE practice: no cell under 5. One hidden cell under a published total is no secret: a second one is hidden
with it (complementary suppression).
"""

from collections.abc import Mapping

#: a number of people below this may point at somebody
LEAST = 5


def is_small(count: int) -> bool:
    """Whether a number of people is hidden in what leaves the house; nobody is no secret."""
    return 0 < count < LEAST


def shared(split: Mapping[str, int]) -> Mapping[str, int | None] | None:
    """How people share out, as it may be published beside its total: None in place of what is hidden.

    With the total known, at least two values stay possible for each hidden cell. None for the whole when that cannot
    be, or when the total itself is small.
    """
    if sum(split.values()) < LEAST:
        return None
    hidden = {name for name, count in split.items() if is_small(count)}
    spare = sorted((count, name) for name, count in split.items() if count >= LEAST)
    while hidden and not _secret([split[name] for name in hidden]):
        if not spare:
            return None
        hidden.add(spare.pop(0)[1])
    return {name: None if name in hidden else count for name, count in split.items()}


def _secret(counts: list[int]) -> bool:
    """Whether hidden cells stay unknown once their sum is: none is nought, and those under 5 may be known as such."""
    lowest, highest = len(counts), (LEAST - 1) * len(counts)
    return len(counts) > 1 and sum(counts) > lowest and sum(counts) != highest


def hides_exits(code: str, values: Mapping[str, int]) -> bool:
    """Whether an indicator of exits gives away a small number, itself or beside the others that are published.

    ``values``: indicators and the numbers that their shares are made of, whole (``reports.queries_figures.Figures``).
    """
    exits = values["exits"]
    # Those who left are the sum of these: with the whole and the others known, the small one would be.
    parts = [values[part] for part in ("finished", "dropped", "interrupted")]
    moved = exits - sum(parts)
    # What is known of a hidden whole would say how large it is not.
    if any(is_small(part) for part in (*parts, exits, moved, values["left"] - moved)):
        return True
    if code == "exits":
        return False
    kind, step = code.rsplit("_", 1)
    known, positive, out = values[f"known_{step}"], values[f"positive_{step}"], values[f"not_counted_{step}"]
    if is_small(known) or is_small(exits - known):
        return True
    return kind != "known" and any(is_small(part) for part in (positive, out, known - out - positive))
