"""A real Chromium that reaches the server and nothing else."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from tests.running_server import RunningServer

ColorScheme = Literal["light", "dark"]
ForcedColors = Literal["active", "none"]
PATIENCE = 20_000  # milliseconds to wait for what a page shows: other work may hold the machine up
PHONE_WIDTH = 500  # narrower pages are tried as on a phone

expect.set_options(timeout=PATIENCE)

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_OPTIONS = [
    "--no-sandbox",  # root, as in a container, may not use it
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@dataclass
class Tab:
    """A page, with its requests to other hosts and its errors."""

    page: Page
    url: str
    outside_requests: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(self.url + path)
        return self.page


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    # Not for the whole session: while Playwright is at work an event loop runs in this thread; other tests need none.
    executable = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if executable is None:
        pytest.skip("no Chromium found: install one (Debian: apt-get install chromium) or name it in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, headless=True, args=_OPTIONS)
        yield browser
        browser.close()


@contextmanager
def opened_tab(
    chromium: Browser,
    server: RunningServer,
    width: int = 1280,
    color_scheme: ColorScheme = "light",
    forced_colors: ForcedColors = "none",
) -> Iterator[Tab]:
    """An empty page, on a phone if it is narrow. Requests to other hosts are refused and recorded."""
    context = chromium.new_context(
        viewport={"width": width, "height": 900},
        is_mobile=width < PHONE_WIDTH,
        has_touch=width < PHONE_WIDTH,
        color_scheme=color_scheme,
        forced_colors=forced_colors,
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE)
    opened = Tab(context.new_page(), server.url)

    def note_outside(request: Request) -> None:
        if not request.url.startswith((server.url, "data:", "blob:")):
            opened.outside_requests.append(request.url)

    def note(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            opened.problems.append(message.text)

    context.on("request", note_outside)
    opened.page.on("console", note)
    opened.page.on("pageerror", lambda error: opened.problems.append(str(error)))
    yield opened
    context.close()


@pytest.fixture
def tab(chromium: Browser, server: RunningServer) -> Iterator[Tab]:
    """An empty page on a small desktop."""
    with opened_tab(chromium, server) as opened:
        yield opened
