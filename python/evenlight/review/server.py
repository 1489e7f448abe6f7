# SPDX-License-Identifier: Apache-2.0
"""A server of the page, for this machine alone: 127.0.0.1, and an address that nobody guesses."""

from __future__ import annotations

import hmac
import logging
import re
import secrets
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ..errors import EvenlightError
from ..repairs.file import MOST_BYTES
from .page import served_page
from .review import Review

log = logging.getLogger(__name__)

_HTML, _JPEG, _TEXT = "text/html; charset=utf-8", "image/jpeg", "text/plain; charset=utf-8"
_CARD = re.compile(r"card/([0-9]{1,9})/(before|after)\.jpg")
_FRAME = re.compile(r"frame/(-?[0-9]{1,9})\.jpg")


class ReviewServer(ThreadingHTTPServer):
    """Serves one review until somebody ends it."""

    daemon_threads = True

    def __init__(self, review: Review, port: int = 0) -> None:
        """A server of `review` at a port, a free one for 0."""
        super().__init__(("127.0.0.1", port), _Handler)
        self.review = review
        self.token = secrets.token_urlsafe(24)

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002
        """Into the log: a browser that turns away in the middle is no error."""
        log.debug("a request was not answered to its end", exc_info=True)

    @property
    def address(self) -> str:
        """The page's address."""
        return f"http://127.0.0.1:{self.server_port}/{self.token}/"


def serve(review: Review, told: Callable[[str], None], port: int = 0) -> None:
    """Serve the page until the person is done or ends the process; `told` hears its address."""
    with ReviewServer(review, port) as server:
        told(server.address)
        server.serve_forever(poll_interval=0.2)


class _Handler(BaseHTTPRequestHandler):
    server: ReviewServer
    server_version, sys_version = "Evenlight", ""
    timeout = 60  # seconds that a request may take to arrive

    def do_GET(self) -> None:
        """The page and its pictures."""
        name = self._name()
        if name is None:
            return
        try:
            found = self._found(name)
        except EvenlightError as error:
            self._answer(HTTPStatus.CONFLICT, _TEXT, str(error).encode())
            return
        if found is None:
            self._answer(HTTPStatus.NOT_FOUND, _TEXT, b"there is no such page")
        else:
            self._answer(HTTPStatus.OK, *found)

    def do_POST(self) -> None:
        """Decisions, and the end."""
        name = self._name()
        if name is None:
            return
        if name == "done":
            self._answer(HTTPStatus.OK, _TEXT, b"")
            self.server.shutdown()
        elif name == "save":
            self._save()
        else:
            self._answer(HTTPStatus.NOT_FOUND, _TEXT, b"there is no such page")

    def _found(self, name: str) -> tuple[str, bytes] | None:
        review = self.server.review
        if name == "":
            return _HTML, served_page(review).encode()
        if found := _FRAME.fullmatch(name):
            number = int(found[1])
            return (_JPEG, review.frame_picture(number)) if number in review.frames else None
        if found := _CARD.fullmatch(name):
            card = review.card_at(int(found[1]))
            if card is None:
                return None
            return _JPEG, review.card_pictures(card)[found[2] == "after"]
        return None

    def _save(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or int(length) > MOST_BYTES:
            self._answer(HTTPStatus.BAD_REQUEST, _TEXT, b"the file is too large")
            return
        try:
            self.server.review.save(self.rfile.read(int(length)).decode())
        except (EvenlightError, UnicodeDecodeError) as error:
            self._answer(HTTPStatus.CONFLICT, _TEXT, str(error).encode())
            return
        self._answer(HTTPStatus.OK, _TEXT, b"")

    def _name(self) -> str | None:
        """The path after the token; None, and refused, where the address is not the page's."""
        own = f"127.0.0.1:{self.server.server_port}"
        _, token, *rest = [*self.path.partition("?")[0].split("/", 2), ""]
        is_ours = hmac.compare_digest(token.encode(), self.server.token.encode())
        origin = self.headers.get("Origin", f"http://{own}")
        if not is_ours or self.headers.get("Host") != own or origin != f"http://{own}":
            self._answer(HTTPStatus.FORBIDDEN, _TEXT, b"this page is not yours")
            return None
        return rest[0]

    def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Into the log, where one is kept; never the address, which is a key."""
        log.debug("%s", args[1] if len(args) > 1 else format)
