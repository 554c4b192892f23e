"""Reads the house's catalogue: YAML files with the line of every key and value, and faults named by line.

Each part says in its own ``catalogue.py`` what its file may hold (``fablab.catalogue_shapes``), what must agree
across files, and how it comes into the database (``fablab.catalogue_parts``). Nothing here touches the database.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from fablab.catalogue_agreeing import WRONG
from fablab.catalogue_words import code_of, short

# libyaml's loader where it is there: ten times faster, with the same marks.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Trail = tuple[str | int, ...]
"""The way to a value inside a file: ``("machines", 3, "slot", "min_minutes")``."""

DATA_STATUSES = ("source", "documented", "category", "invented")
"""Where a value comes from: the house's published description, another public document, a kind named in the
description (the organisation itself is invented), or invention to be replaced before real use."""


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong in a file: where, what was found, what was expected."""

    file: str
    line: int
    field: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.field}: found {self.found}, expected {self.expected}"


def dotted(trail: Trail) -> str:
    """``machines[3].slot.min_minutes``: how a trail is written for people."""
    words = ""
    for step in trail:
        words += f"[{step}]" if isinstance(step, int) else f".{step}" if words else str(step)
    return words or "(file)"


@dataclass
class Document:
    """One file as read: plain data, the line of every trail, and the faults found so far."""

    name: str
    file: str
    data: Any = None
    lines: dict[Trail, int] = field(default_factory=dict)
    written: dict[Trail, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    faulty: set[Trail] = field(default_factory=set)
    broken: set[Trail] = field(default_factory=set)

    def line(self, trail: Trail) -> int:
        """The line of the value at this trail, or of what holds it."""
        while trail and trail not in self.lines:
            trail = trail[:-1]
        return self.lines.get(trail, 1)

    def fault(self, trail: Trail, expected: str, found: str | None = None, line: int | None = None) -> None:
        """Record a fault; by default what is written at this trail was found, on its line."""
        self.faulty.update(trail[:size] for size in range(len(trail) + 1))
        self.broken.add(trail)
        shown = found if found is not None else self._shown(trail)
        self.faults.append(Fault(self.file, line or self.line(trail), dotted(trail), shown, expected))

    def sound(self, *trail: str | int) -> bool:
        """True when nothing at, below or around this trail is at fault: what must agree may then be compared."""
        around = (trail[:size] for size in range(len(trail)))
        return (
            isinstance(self.data, dict) and trail not in self.faulty and not any(step in self.broken for step in around)
        )

    def lose(self, trail: Trail, code: str) -> None:
        """A code points at nothing: nothing is compared with it any more."""
        *steps, last = trail
        holder = self.data
        for step in steps:
            holder = holder[step]
        if holder[last] == code:
            holder[last] = WRONG

    def _shown(self, trail: Trail) -> str:
        if trail in self.written:
            return short(self.written[trail])
        value = self.data
        for step in trail:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return "nothing"
        if isinstance(value, dict | list):
            return "a mapping" if isinstance(value, dict) else "a list"
        return short(str(value))


@dataclass
class References:
    """Codes that files define, and those they point at, by kind ("machine", "safety_badge" …)."""

    defined: dict[str, dict[str, tuple[Document, Trail]]] = field(default_factory=dict)
    used: list[tuple[tuple[str, ...], str, Document, Trail]] = field(default_factory=list)

    def define(self, kind: str, code: str, document: Document, trail: Trail) -> None:
        """Note a code; a second one of the same kind is a fault that says where the first is."""
        known = self.defined.setdefault(kind, {})
        if code in known:
            first, where = known[code]
            expected = f"a code used once (first in {first.file}:{first.line(where)})"
            document.fault(trail, expected)
        else:
            known[code] = (document, trail)

    def use(self, kinds: tuple[str, ...], code: str, document: Document, trail: Trail) -> None:
        """Note that this trail points at a code of one of these kinds."""
        self.used.append((kinds, code, document, trail))

    def resolve(self, whole: bool) -> None:
        """Report every code that points at nothing.

        When the files are not ``whole`` (one could not be read), kinds that none defines are not judged.
        """
        for kinds, code, document, trail in self.used:
            known = [self.defined.get(kind) for kind in kinds]
            judged = whole or None not in known
            if judged and not any(code in codes for codes in known if codes):
                document.fault(trail, code_of(kinds), short(code))
                document.lose(trail, code)


def load_yaml(path: Path, name: str) -> Document:
    """One file to a Document; whatever keeps it from being read is a fault in it, never an exception."""
    document = Document(name, str(path))
    try:
        text = path.read_bytes().decode("utf-8-sig")
        root = yaml.compose(text, LOADER)
    except OSError as error:
        document.fault((), "a file that can be read", error.strerror or "an error")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        document.fault((), "text in UTF-8", "other bytes", line)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        found = " ".join(filter(None, (error.context, error.problem)))
        document.fault((), "well-formed YAML", found, mark.line + 1 if mark else 1)
    except yaml.YAMLError as error:
        document.fault((), "well-formed YAML", short(str(error)))
    else:
        if root is None:
            document.fault((), "a mapping", "nothing")
        else:
            document.data = _Reading(document).plain(root, ())
    return document


class _Reading:
    """Turns the nodes of one file into plain data, noting lines; odd things become faults."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.scalars = yaml.constructor.SafeConstructor()
        self.seen: set[int] = set()

    def plain(self, node: yaml.Node, trail: Trail) -> Any:
        """A node as plain data. An alias is refused: a value written elsewhere has no line of its own."""
        self.document.lines.setdefault(trail, node.start_mark.line + 1)
        if id(node) in self.seen:
            self.document.fault(trail, "the value itself", "a YAML alias")
            return None
        self.seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, trail)
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(child, (*trail, index)) for index, child in enumerate(node.value)]
        self.document.written[trail] = str(node.value)
        try:
            return self.scalars.construct_object(node)
        except (yaml.YAMLError, ValueError):
            self.document.fault(trail, "a plain value")
            return None

    def mapping(self, node: yaml.MappingNode, trail: Trail) -> dict[str, Any]:
        """A mapping; a key written twice is a fault on its second line."""
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            here = (*trail, key)
            if key in found:
                expected = f"a key written once (first on line {self.document.line(here)})"
                self.document.fault(here, expected, "the key again", key_node.start_mark.line + 1)
                continue
            self.document.lines[here] = key_node.start_mark.line + 1
            found[key] = self.plain(value_node, here)
        return found


@dataclass
class Catalogue:
    """The files read together, by name, and the codes they define."""

    documents: dict[str, Document] = field(default_factory=dict)
    references: References = field(default_factory=References)
    lost: list[Fault] = field(default_factory=list)
    given: set[str] = field(default_factory=set)

    @property
    def faults(self) -> list[Fault]:
        """Every fault of every file that was given, by file and line."""
        ours = [f for name, document in self.documents.items() if name in self.given for f in document.faults]
        return sorted(set(self.lost + ours))

    def data(self, name: str) -> Any:
        """What this file says. The file must have been read without fault."""
        return self.documents[name].data


@dataclass(frozen=True)
class Source:
    """One file of the catalogue: its name, where the project ships it, how it is read and what must agree."""

    name: str
    shipped: Path
    shape: Any
    read: Callable[[Document, References], None]
    check: Callable[[Catalogue], None]


def find(path: Path, sources: Iterable[Source]) -> tuple[dict[str, Path], list[Fault]]:
    """The known files at this path (one file, or a folder searched through), and what cannot be placed."""
    names = {source.name for source in sources}
    expected = "one of " + ", ".join(sorted(names))
    if not path.is_dir():
        if path.name in names:
            return {path.name: path}, []
        return {}, [Fault(str(path), 1, "(file)", path.name, expected)]
    found: dict[str, Path] = {}
    lost: list[Fault] = []
    for file in sorted(_yaml_files(path)):
        if file.name not in names:
            lost.append(Fault(str(file), 1, "(file)", file.name, expected))
        elif file.name in found:
            lost.append(Fault(str(file), 1, "(file)", "the file again", f"it once (also {found[file.name]})"))
        else:
            found[file.name] = file
    if not found and not lost:
        lost.append(Fault(str(path), 1, "(folder)", "no catalogue file", expected))
    return found, lost


def _yaml_files(folder: Path) -> Iterator[Path]:
    for child in folder.iterdir():
        if child.name.startswith("."):
            continue
        if child.is_dir() and not child.is_symlink():
            yield from _yaml_files(child)
        elif child.suffix in (".yaml", ".yml"):
            yield child


def read(sources: list[Source], path: Path | None = None) -> Catalogue:
    """Read and check the files at ``path`` (default: the shipped ones), all faults at once.

    Files that are not there are completed by the shipped ones, so that codes and sums can still be compared;
    only the faults of the files that were given are reported.
    """
    catalogue = Catalogue()
    files = {source.name: source.shipped for source in sources}
    if path is None:
        catalogue.given = set(files)
    else:
        given, catalogue.lost = find(path, sources)
        catalogue.given = set(given)
        files |= given
    for source in sources:
        document = load_yaml(files[source.name], source.name)
        catalogue.documents[source.name] = document
        if document.data is not None:
            source.read(document, catalogue.references)
    unread = [document for document in catalogue.documents.values() if document.data is None]
    catalogue.references.resolve(whole=not unread)
    for document in unread:
        document.data = WRONG
    for source in sources:
        source.check(catalogue)
    return catalogue
