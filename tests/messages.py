# SPDX-License-Identifier: Apache-2.0
"""Messages that the product can show a person, read out of its sources.

An ellipsis stands where a name, a number or a further sentence is put in.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: What runs only for those who develop: its messages are in the words of their trade.
_DEVELOPERS = {"models", "training", "evaluation", "demo"}
#: Calls whose texts are read by people whatever their length.
_RAISED = {
    "EvenlightError", "ParamError", "FrameError", "MediaError", "BusyError", "ModelError",
    "AnalysisError", "RepairsError", "_unusable",
}  # fmt: skip
#: Texts of parameters and options, which have pages of their own.
_DESCRIBED = {"help", "hint", "label", "metavar", "short_help", "epilog", "summary", "description"}
_SENTENCE = 5  # words from which any text counts
#: Hints of the panel, generated text, code, and names of files.
_NO_MESSAGE = re.compile(r"\n|import |^[A-Z].*\.$|^//|^/\w|^<|\.h$")
_LITERALS = re.compile(r'"(?:[^"\\\n]|\\.)*"(?:\s*"(?:[^"\\\n]|\\.)*")*')
_LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')


def python_messages() -> Iterator[tuple[str, str]]:
    """(file, message) of every text in the package that can reach a person."""
    package = ROOT / "python" / "evenlight"
    for path in sorted(package.rglob("*.py")):
        if not set(path.relative_to(package).parts) & _DEVELOPERS:
            for message in messages_of(path.read_text(encoding="utf-8")):
                yield str(path.relative_to(ROOT)), message


def messages_of(source: str) -> Iterator[str]:
    """Messages of one Python source."""
    tree = ast.parse(source)
    unseen = {id(node) for root in _unspoken(tree) for node in ast.walk(root)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in _RAISED:
            for text in node.args:
                unseen.update(id(part) for part in ast.walk(text))
                yield from _said(text)
    for node in ast.walk(tree):
        if id(node) not in unseen and isinstance(node, ast.Constant | ast.JoinedStr):
            unseen.update(id(part) for part in ast.walk(node))
            yield from (text for text in _said(node) if _is_sentence(text))


def plugin_messages() -> Iterator[tuple[str, str]]:
    """(file, message) of every text in the plug-in's C++ that can reach a person."""
    for path in sorted((ROOT / "plugin").rglob("*.cpp")):
        if {"openfx", "schema", "params.cpp", "panel.cpp"} & set(path.parts):  # texts of the panel
            continue
        code = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
        for found in _LITERALS.findall(code):
            text = "".join(_LITERAL.findall(found)).strip(" ;:,.()'")
            if _is_sentence(text):
                yield str(path.relative_to(ROOT)), text


def _said(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _said(node.body)
        yield from _said(node.orelse)
        return
    text = _text(node).strip()
    if re.search(r"\w+ \w+", text):
        yield text


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return re.sub("…+", "…", "".join(_text(part) for part in node.values))
    return "…"


def _is_sentence(text: str) -> bool:
    words = re.findall(r"[A-Za-z']{2,}", text)
    return len(words) >= _SENTENCE and not _NO_MESSAGE.search(text)


def _unspoken(tree: ast.Module) -> Iterator[ast.AST]:
    """Nodes whose texts no person meets as a message: docstrings, assertions, descriptions."""
    for node in ast.walk(tree):
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if is_docstring or isinstance(node, ast.Assert):
            yield node
        elif isinstance(node, ast.keyword) and node.arg in _DESCRIBED:
            yield node.value


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""
