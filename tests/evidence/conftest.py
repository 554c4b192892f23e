"""The folder of evidence is empty for each test: rows are undone after it, files are not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from fablab import kept_files


@pytest.fixture
def folder(app: Flask) -> Iterator[Path]:
    """The folder of this test."""
    kept_files.remove([key for key, _written in kept_files.everything()])
    yield kept_files.folder()
    kept_files.remove([key for key, _written in kept_files.everything()])


def files(folder: Path) -> list[str]:
    """The names of the files there are."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())
