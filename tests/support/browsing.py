"""A real browser without a screen, and the pages that it opens."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
STRICT = "sandbox; default-src 'none'; img-src 'self'; style-src 'self'"
"""What Jenkins serves the pages of builds with."""


@contextmanager
def browser() -> Iterator[Any]:
    """Chromium; where it is not installed the test is skipped, but for continuous integration."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None and "EVALCLI_BROWSER" not in os.environ:
        pytest.skip("needs chromium: sh tests/browser.sh")
    assert path is not None, "no chromium: sh tests/browser.sh"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=path, args=list(QUIET))
        yield found
        found.close()


@contextmanager
def opened(chromium: Any, address: Path | str, **more: Any) -> Iterator[Any]:
    """A page that says nothing in the console, and asks for nothing but itself."""
    context = chromium.new_context(viewport={"width": 1200, "height": 900}, **more)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: (said.append("dialog"), dialog.dismiss()))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    url = address.as_uri() if isinstance(address, Path) else address
    page.goto(url)
    page.said = said
    yield page
    assert asked == [url]
    assert not said, said
    context.close()


@contextmanager
def served(folder: Path, policy: str) -> Iterator[str]:
    """The files of a folder over HTTP, under a policy of what pages may do."""

    class Handler(SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            self.send_header("Content-Security-Policy", policy)
            super().end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
