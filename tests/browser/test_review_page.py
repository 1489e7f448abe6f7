# SPDX-License-Identifier: Apache-2.0
"""The page of the review in a browser, as a file and as a process serves it."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.browser.pages import opened
from tests.unit.repairs.dirty import dirty, lines, listed, rendered, store, write

from evenlight.review import Review, write_page
from evenlight.review.server import ReviewServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Decided = Callable[[Path], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(dirty(), tmp_path_factory.mktemp("dirty"))


@pytest.fixture(scope="module")
def found(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    return listed(clip, tmp_path_factory.mktemp("list") / "repairs.jsonl")


@pytest.fixture(scope="module")
def page_file(
    clip: Path, found: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> str:
    folder = tmp_path_factory.mktemp("page")
    review = Review(store(folder / "repairs.jsonl", found), clip)
    write_page(review, folder / "page.html")
    review.close()
    return (folder / "page.html").as_uri()


@pytest.fixture
def server(clip: Path, found: list[dict[str, Any]], tmp_path: Path) -> Iterator[ReviewServer]:
    review = Review(store(tmp_path / "repairs.jsonl", found), clip)
    with ReviewServer(review) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
    review.close()


def decisions(path: Path) -> list[tuple[int, str, float]]:
    return [
        (one["frame"], one["decision"], one.get("grow", 0))
        for one in lines(path)
        if one.get("decision")
    ]


def until(page: Page, expression: str) -> None:
    """Wait until an expression holds; the page allows no text to be run but its own."""
    for _ in range(600):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(expression)


def saved(page: Page) -> None:
    until(page, "document.getElementById('state').textContent === 'saved'")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1440])
def test_it_fits(browser: Browser, page_file: str, width: int, scheme: Any, tmp_path: Path) -> None:
    size: Any = {"width": width, "height": 900}
    with opened(browser, page_file, viewport=size, color_scheme=scheme) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.locator(".card").count() >= 4
        shown = page.locator(".card img").first
        assert shown.evaluate("image => image.complete && image.naturalWidth") == 128
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert paper == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(22, 24, 27)")
        page.screenshot(path=tmp_path / "page.png", full_page=True)


def test_keys_decide_and_the_file_is_saved(
    browser: Browser, page_file: str, clip: Path, tmp_path: Path
) -> None:
    with opened(browser, page_file) as page:
        page.locator("#order").select_option("frame")
        page.locator("#filter").select_option("repaired")
        page.locator(".card").first.focus()
        page.keyboard.press("r")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("a")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("g")
        page.keyboard.press("g")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("r")
        page.keyboard.press("u")
        assert "3 of" in page.locator("#count").inner_text()
        first = page.locator(".card").first
        assert "reject" in (first.get_attribute("class") or "")
        assert "rejected" in (first.get_attribute("aria-label") or "")
        with page.expect_download() as caught:
            page.get_by_role("button", name="Save the file").click()
        assert caught.value.suggested_filename == "repairs.jsonl"
        caught.value.save_as(tmp_path / "repairs.jsonl")
    told = decisions(tmp_path / "repairs.jsonl")
    assert [one[1:] for one in told] == [("reject", 0), ("accept", 0), ("accept", 4)]
    out = rendered(clip, tmp_path / "out", "--repairs", str(tmp_path / "repairs.jsonl"))
    rejected = next(one for one in lines(tmp_path / "repairs.jsonl") if one.get("decision"))
    assert (out != dirty())[rejected["frame"] - 101].any() == (rejected["frame"] == 104)


def test_buttons_decide_and_what_is_decided_can_be_filtered(
    browser: Browser, page_file: str
) -> None:
    with opened(browser, page_file) as page:
        total = page.locator(".card").count()
        page.locator(".card").nth(1).get_by_role("button", name="Reject").click()
        page.locator("#filter").select_option("decided")
        assert page.locator(".card").count() == 1
        page.locator("#filter").select_option("undecided")
        assert page.locator(".card").count() == total - 1


def test_a_box_is_drawn_and_goes_into_the_file(
    browser: Browser, page_file: str, tmp_path: Path
) -> None:
    with opened(browser, page_file) as page:
        page.locator("#add").scroll_into_view_if_needed()
        image = page.locator("#frame img")
        area = image.bounding_box()
        assert area is not None
        page.mouse.move(area["x"] + 0.2 * area["width"], area["y"] + 0.25 * area["height"])
        page.mouse.down()
        page.mouse.move(area["x"] + 0.4 * area["width"], area["y"] + 0.5 * area["height"])
        page.mouse.up()
        assert 39 <= int(page.locator("#x").input_value()) <= 41
        assert 39 <= int(page.locator("#w").input_value()) <= 42
        page.get_by_role("button", name="Add", exact=True).click()
        assert "added" in page.locator(".card").first.inner_text()
        with page.expect_download() as caught:
            page.get_by_role("button", name="Save the file").click()
        caught.value.save_as(tmp_path / "repairs.jsonl")
    (added,) = [one for one in lines(tmp_path / "repairs.jsonl") if one.get("kind") == "added"]
    left, top, right = added["outline"][0][0], added["outline"][0][1], added["outline"][0][2]
    assert (39 <= left <= 41, 35 <= top <= 37, 78 <= right <= 82) == (True, True, True)
    assert added["decision"] == "accept"


def test_without_script_there_is_a_sentence(browser: Browser, page_file: str) -> None:
    with opened(browser, page_file, java_script_enabled=False) as page:
        assert "needs JavaScript" in page.locator("noscript").inner_text()
        assert not page.locator("main").is_visible()


def test_decisions_on_the_served_page_are_in_the_file_at_once(
    browser: Browser, server: ReviewServer
) -> None:
    with opened(browser, server.address) as page:
        page.locator("#order").select_option("frame")
        page.locator("#filter").select_option("repaired")
        until(page, "document.querySelector('.card img').naturalWidth === 128")
        after = page.locator(".card img:nth-child(2)").first
        shown = after.get_attribute("src")
        page.locator(".card").first.focus()
        page.keyboard.press("r")
        saved(page)
        assert after.get_attribute("src") != shown
        until(page, "document.querySelector('.card img:nth-child(2)').complete")
        assert [one[1] for one in decisions(server.review.path)] == ["reject"]
        page.locator("#number").fill("106")
        page.locator("#number").dispatch_event("change")
        for field, value in (("x", 20), ("y", 30), ("w", 40), ("h", 20)):
            page.locator(f"#{field}").fill(str(value))
        page.get_by_role("button", name="Add", exact=True).click()
        saved(page)
        until(page, "[...document.querySelectorAll('.card img')].every((image) => image.complete)")
        added = [one for one in lines(server.review.path) if one.get("kind") == "added"]
        assert [one["outline"] for one in added] == [[[20, 30, 59, 30, 59, 49, 20, 49]]]
        page.locator(".card").first.get_by_role("button", name="Remove").click()
        saved(page)
        assert not [one for one in lines(server.review.path) if one.get("kind") == "added"]
        page.get_by_role("button", name="Done").click()
        until(page, "document.getElementById('done').disabled")


def status(address: str, **headers: str) -> int:
    try:
        request = urllib.request.Request(address, headers=headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_nobody_else_gets_in(server: ReviewServer) -> None:
    root = server.address.removesuffix(f"{server.token}/")
    assert status(server.address) == 200
    assert status(root) == 403
    assert status(root + "x" * len(server.token) + "/") == 403
    assert status(server.address, Host="evil.example") == 403
    assert status(server.address, Origin="http://evil.example") == 403
    for name in ("../etc/passwd", "card/99999/after.jpg", "card/0/after.jpg", "frame/9.jpg", "x"):
        assert status(server.address + name) == 404, name
    assert server.server_address[0] == "127.0.0.1"


def test_what_is_no_file_of_this_clip_is_not_written(server: ReviewServer) -> None:
    before = server.review.path.read_bytes()
    for body in (b"", b"nonsense", b"\xff\xfe", before.split(b"\n")[0]):
        request = urllib.request.Request(server.address + "save", data=body, method="POST")
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request, timeout=10)
        assert caught.value.code == 409
        caught.value.close()
    assert server.review.path.read_bytes() == before
