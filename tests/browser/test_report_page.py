# SPDX-License-Identifier: Apache-2.0
"""The report's page in a browser: it fits, it says nothing on the console, and it can be driven."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.browser.pages import opened
from tests.unit.report.made import summary_of_made_clips

from evenlight.report import write_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "page.html"
    write_page(summary_of_made_clips(), path)
    return path.as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1440])
def test_it_fits(browser: Browser, address: str, width: int, scheme: Any, tmp_path: Path) -> None:
    size: Any = {"width": width, "height": 900}
    with opened(browser, address, viewport=size, color_scheme=scheme) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == width
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert paper == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(22, 24, 27)")
        picture = page.screenshot(path=tmp_path / "page.png", full_page=True)
        assert len(picture) > 10_000


def test_the_line_is_dragged(browser: Browser, address: str) -> None:
    with opened(browser, address) as page:
        wipe = page.locator(".wipe").first
        wipe.scroll_into_view_if_needed()
        box = wipe.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + 0.8 * box["width"], box["y"] + box["height"] / 2)
        assert 70 < place(page) < 90


def test_keys_wipe_differ_and_walk(browser: Browser, address: str) -> None:
    with opened(browser, address) as page:
        page.locator(".frame").first.focus()
        page.keyboard.press("b")
        assert place(page) == 100
        page.keyboard.press("a")
        assert place(page) == 0
        page.keyboard.press("d")
        button = page.locator("button.difference").first
        assert button.get_attribute("aria-pressed") == "true"
        page.keyboard.press("ArrowRight")
        second = page.locator(".frame").nth(1).get_attribute("id")
        assert page.evaluate("document.activeElement.id") == second
        page.keyboard.press("ArrowLeft")
        first = page.locator(".frame").first.get_attribute("id")
        assert page.evaluate("document.activeElement.id") == first


def test_without_script_both_pictures_stand_there(browser: Browser, address: str) -> None:
    with opened(browser, address, java_script_enabled=False) as page:
        for picture in page.locator(".frame").first.locator("img").all():
            assert picture.is_visible()
            box = picture.bounding_box()
            assert box is not None
            assert box["height"] > 50
        assert not page.locator("button").first.is_visible()


def place(page: Page) -> float:
    """Share of the first frame's picture before, per cent."""
    style = page.locator(".wipe").first.evaluate("e => e.style.getPropertyValue('--place')")
    return float(style.removesuffix("%"))
