"""Rules of machines are tested without a database: only the words need an app around them."""

from collections.abc import Iterator

import pytest
from flask import Flask

from fablab import config, i18n


@pytest.fixture(scope="session")
def words_app() -> Flask:
    """An app that knows French and nothing else."""
    app = Flask("words")
    app.config["TRANSLATIONS"] = config.ROOT / "translations"
    i18n.init_app(app)
    return app


@pytest.fixture
def words(words_app: Flask) -> Iterator[None]:
    """Words can be said during the test."""
    with words_app.app_context():
        yield
