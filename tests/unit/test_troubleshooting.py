# SPDX-License-Identifier: Apache-2.0
"""The troubleshooting page must hold every message of the software, and no other."""

from __future__ import annotations

import re

from tests import messages

PAGE = messages.ROOT / "docs" / "troubleshooting.md"
_ROW = re.compile(r"^\| (?!message|reason|notice|---)(.+?) \| .+ \|$", re.MULTILINE)


def plain(text: str) -> str:
    """A message as it is compared: without marks of code, and with one ellipsis for any number."""
    return re.sub("…+", "…", text.replace("`", "").replace(r"\|", "|")).strip(" .")


def rows() -> list[str]:
    return [plain(row) for row in _ROW.findall(PAGE.read_text(encoding="utf-8"))]


def spoken() -> dict[str, str]:
    found = [*messages.python_messages(), *messages.plugin_messages()]
    return {plain(message): file for file, message in found}


def test_every_message_stands_in_the_page() -> None:
    lacking = {message: file for message, file in spoken().items() if message not in set(rows())}
    assert not lacking, "\n".join(f"{file} says | {text} |" for text, file in lacking.items())


def test_every_row_is_a_message() -> None:
    gone = set(rows()) - set(spoken())
    assert not gone, "\n".join(f"nothing says | {text} |" for text in sorted(gone))


def test_a_message_is_told_once() -> None:
    told = rows()
    assert len(told) == len(set(told)), {text for text in told if told.count(text) > 1}


def test_texts_are_read_out_of_a_source() -> None:
    source = '''"""A docstring of five words at least."""
def f(n):
    assert n, "an assertion of five words or more"
    if n:
        raise ParamError(f"n is {n}" if n else "n is none")
    return g(help="help of five words or more"), f"{n} of the frames were left alone"
'''
    assert list(messages.messages_of(source)) == [
        "n is …", "n is none", "… of the frames were left alone",
    ]  # fmt: skip
