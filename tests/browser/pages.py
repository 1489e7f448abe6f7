# SPDX-License-Identifier: Apache-2.0
"""Pages in a browser that must say nothing on the console and ask for nothing elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@contextmanager
def opened(browser: Browser, address: str, **options: Any) -> Iterator[Page]:
    """The page; what it says on the console, and every address it asks for, fails the test.

    Addresses of the page's own server may be asked for.
    """
    page = browser.new_page(**options)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    own = ("file:", "data:", "blob:", address)
    page.on("request", lambda one: None if one.url.startswith(own) else said.append(one.url))
    page.goto(address)
    yield page
    page.close()
    assert not said, said
