"""What changes from a version of a pathway to another, in words. Pure."""

from collections.abc import Iterator, Sequence

from pathways.values_versions import Change, Part


def difference(before: Sequence[Part], after: Sequence[Part]) -> list[Change]:
    """What was added, removed and changed, in the order of the later version; what was removed comes last."""
    known = {part.key: part for part in before}
    kept = {part.key for part in after}
    found: list[Change] = []
    for part in after:
        if part.key in known:
            found += _changed(known[part.key], part)
        else:
            found.append(Change("added", part.title, "", after=_summary(part)))
    found += [Change("removed", part.title, "", before=_summary(part)) for part in before if part.key not in kept]
    return found


def _changed(before: Part, after: Part) -> Iterator[Change]:
    known = {line.key: line for line in before.lines}
    kept = {line.key for line in after.lines}
    for line in after.lines:
        if line.key not in known:
            yield Change("added", after.title, line.label, after=line.value)
        elif known[line.key].value != line.value:
            yield Change("changed", after.title, line.label, known[line.key].value, line.value)
    for line in before.lines:
        if line.key not in kept:
            yield Change("removed", after.title, line.label, before=line.value)


def _summary(part: Part) -> str:
    return " · ".join(f"{line.label}\u00a0: {line.value}" for line in part.lines if line.value)
