"""A file of the catalogue that nobody spoilt is read once a run."""

from pathlib import Path

import pytest

from fablab import catalogue
from fablab.catalogue import Document, load_yaml

_read: dict[tuple[str, bytes], Document] = {}


@pytest.fixture(autouse=True)
def the_same_text_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What YAML says of a text is kept: values and lines, which reading a catalogue leaves as they are."""

    def load(path: Path, name: str) -> Document:
        try:
            key = name, path.read_bytes()
        except OSError:
            return load_yaml(path, name)
        known = _read.get(key)
        if known is None:
            known = load_yaml(path, name)
            if known.faults:
                return known
            _read[key] = known
        return Document(name, str(path), known.data, known.lines, known.written)

    monkeypatch.setattr(catalogue, "load_yaml", load)
