"""A real server on a database of its own, and a real Chromium in front of it."""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from fablab.home.serve import GUNICORN
from tests import bound

ROOT = Path(__file__).parent.parent.parent
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DATABASE = "house.sqlite"
PHONE: ViewportSize = {"width": 390, "height": 844}
SMALL_PHONE: ViewportSize = {"width": 320, "height": 640}
TABLET: ViewportSize = {"width": 1024, "height": 768}
DESK: ViewportSize = {"width": 1280, "height": 800}


class House:
    """A house served for the tests: its address, its database, its demo people."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = os.environ | {
            "DATABASE_URL": f"sqlite:///{folder / DATABASE}",
            "INSTANCE": str(folder),
            "SECRET_KEY": "for the browser tests only, never elsewhere",
            "PUBLIC_URL": self.url,
        }

    def run(self, *command: str) -> None:
        """Run one of the product's own commands on this house."""
        subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *command], cwd=ROOT, env=self.environment, check=True
        )

    def serve(self) -> "subprocess.Popen[bytes]":
        """Start the web server as «make run» does, and wait until it answers."""
        command = [*GUNICORN, "--bind", f"127.0.0.1:{self.port}", "wsgi:app"]
        server = bound.start(command, cwd=ROOT, env=self.environment)
        for _ in range(150):
            try:
                with urllib.request.urlopen(self.url, timeout=2):
                    return server
            except OSError:
                time.sleep(0.1)
        server.kill()
        raise RuntimeError("the server did not answer within 15 seconds")


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's folder, told once a run: telling its year takes a minute of work, a copy nothing."""
    common = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # each worker has a folder of its own inside that of the run
        common = common.parent
    told = common / "demonstration"
    with (common / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            made = House(tmp_path_factory.mktemp("told"))
            made.run("db", "upgrade")
            made.run("catalogue", "load")
            made.run("demo")
            made.folder.rename(told)
    return told


@pytest.fixture(scope="session")
def house(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The demonstration house, served for the whole run."""
    made = House(tmp_path_factory.mktemp("served"))
    shutil.copytree(demonstration, made.folder, dirs_exist_ok=True)  # the files that people sent too
    server = made.serve()
    yield made
    server.terminate()
    try:
        server.wait(timeout=5)
    except subprocess.TimeoutExpired:  # a browser keeps its connections open
        server.kill()
        server.wait()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the run: Debian's, else the one that Playwright brought."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser, house: House) -> Iterator[BrowserContext]:
    """A phone in French, with no memory of another test."""
    context = chromium.new_context(base_url=house.url, viewport=PHONE, locale="fr-FR", timezone_id="Europe/Paris")
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page of that phone."""
    return context.new_page()
