# SPDX-License-Identifier: Apache-2.0
"""No module holds state: what makes rendering faster lives in objects that are passed.

Sources are read, not run. State is a container that is empty or written to, an object that is
neither a constant's nor a frozen dataclass's, a cached function that gives more than plain values,
and a `global` statement; at the top of a module or of a class.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import evenlight

PACKAGE = Path(evenlight.__file__).parent
#: The one place, as "file: name": the plug-in opens and closes effects by functions, and a network
#: is loaded once for all of them. Nothing may be added.
PLACE = "bridge.py: _SESSIONS"

#: Functions that make constants; of these modules, any does.
_PLAIN = {"bool", "bytes", "field", "float", "frozenset", "getLogger", "int", "len", "range"}
_PLAIN |= {
    "_plain",
    "compile",
    "index",
    "str",
    "tuple",
    "_version",
    "MappingProxyType",
    "Path",
    "TypeVar",
}
_CONSTANT_MODULES = {"np", "click", "elementwise", "torch"}
#: Results of cached functions that hold nothing.
_PLAIN_RESULTS = {"bool", "bytes", "float", "int", "str", "None", "tuple", "Path"}
_WRITING = {"add", "append", "clear", "discard", "extend", "insert", "move_to_end", "pop"}
_WRITING |= {"popitem", "popleft", "remove", "setdefault", "sort", "update"}


def sources(folder: Path) -> dict[str, ast.Module]:
    """Every module of a package by its path in it."""
    return {
        path.relative_to(folder).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.py"))
    }


def state(modules: Mapping[str, ast.Module]) -> Iterator[str]:
    """State of all modules, as "file: name"."""
    frozen = {name for tree in modules.values() for name in _constants_made_by(tree)}
    # One more round tells functions that make frozen ones.
    frozen |= {n for tree in modules.values() for n in _functions_making(tree, frozen)}
    plain = {name for tree in modules.values() for name in _without_arrays(tree)} & frozen
    elsewhere = {name for tree in modules.values() for name in _written(tree, ast.Attribute)}
    for path, tree in modules.items():
        written = elsewhere | set(_written(tree, ast.Name))
        for node in ast.walk(tree):
            names: list[str] = []
            if isinstance(node, ast.Module | ast.ClassDef):
                names = [n for s in node.body for n in _held(s, frozen, written)]
            elif isinstance(node, ast.Global):
                names = node.names
            elif isinstance(node, ast.FunctionDef) and _caches(node, plain):
                names = [node.name]
            yield from (f"{path}: {name}" for name in names)


def _held(statement: ast.stmt, frozen: set[str], written: set[str]) -> Iterator[str]:
    """Names to which a statement gives state."""
    if isinstance(statement, ast.Assign):
        targets, value = statement.targets, statement.value
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        targets, value = [statement.target], statement.value
    else:
        return
    for target in targets:
        name = ast.unparse(target)
        if name not in ("__all__", "__slots__") and (name in written or _holds(value, frozen)):
            yield name


def _holds(value: ast.expr, frozen: set[str]) -> bool:
    match value:
        case ast.List(elts=elements) | ast.Set(elts=elements):
            return not elements or any(_holds(one, frozen) for one in elements)
        case ast.Tuple(elts=elements):
            return any(_holds(one, frozen) for one in elements)
        case ast.Dict(values=values):
            return not values or any(_holds(one, frozen) for one in values)
        case ast.Starred(value=inner):
            return _holds(inner, frozen)
        case ast.GeneratorExp():
            return True
        case ast.Call(func=function):
            words = ast.unparse(function).split(".")
            return words[0] not in _CONSTANT_MODULES and words[-1] not in _PLAIN | frozen
        case _:
            return False


def _constants_made_by(tree: ast.Module) -> Iterator[str]:
    """Frozen dataclasses and enumerations."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            decorators = [ast.unparse(one) for one in node.decorator_list]
            bases = [ast.unparse(one) for one in node.bases]
            if any("frozen=True" in one for one in decorators) or {"StrEnum", "Enum"} & {*bases}:
                yield node.name
            if "NamedTuple" in bases:
                yield node.name


def _functions_making(tree: ast.Module, frozen: set[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.returns is not None:
            made = ast.unparse(node.returns)
            if made in frozen or made.startswith(("Callable[", "click.")):
                yield node.name


def _without_arrays(tree: ast.Module) -> Iterator[str]:
    """Classes of whose fields none is an array."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            kinds = [ast.unparse(s.annotation) for s in node.body if isinstance(s, ast.AnnAssign)]
            if not any("Array" in kind for kind in kinds):
                yield node.name


def _written(tree: ast.Module, kind: type[ast.Attribute | ast.Name]) -> Iterator[str]:
    """Names in capitals that functions change in place: own ones, or those of other modules."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for node in (one for function in functions for one in ast.walk(function)):
        changed: ast.expr | None = None
        match node:
            case ast.Subscript(value=value, ctx=ast.Store() | ast.Del()):
                changed = value
            case ast.AugAssign(target=target) if not isinstance(target, ast.Subscript):
                changed = target
            case ast.Call(func=ast.Attribute(value=value, attr=attribute)):
                changed = value if attribute in _WRITING else None
        if isinstance(changed, kind):
            name = ast.unparse(changed).rpartition(".")[2]
            if name.isupper():
                yield name


def _caches(function: ast.FunctionDef, plain: set[str]) -> bool:
    """Whether a function keeps results that are more than plain values."""
    decorators = {ast.unparse(one).partition("(")[0] for one in function.decorator_list}
    if not {"cache", "lru_cache", "functools.cache", "functools.lru_cache"} & decorators:
        return False
    if function.returns is None:
        return True
    words = {n.id for n in ast.walk(function.returns) if isinstance(n, ast.Name)}
    return not words <= _PLAIN_RESULTS | plain


def test_state_has_one_place() -> None:
    found = set(state(sources(PACKAGE)))
    assert found <= {PLACE}, f"pass it to who needs it: {', '.join(sorted(found - {PLACE}))}"
    assert PLACE in found, f"take {PLACE} from here: it is gone"


@pytest.mark.parametrize(
    "source",
    [
        "HELD = {}",
        "HELD: dict[str, int] = dict()",
        "HELD = Cache(8)",
        "HELD = threading.local()",
        "HELD = (1, Lock())",
        "HELD = itertools.count()",
        "HELD = [1]\ndef f() -> None:\n    HELD.append(2)",
        "HELD = np.zeros(3)\ndef f() -> None:\n    HELD[0] = 1",
        "HELD = None\ndef f() -> None:\n    global HELD\n    HELD = 1",
        "class Any:\n    HELD: ClassVar[list[int]] = []",
        "@lru_cache(maxsize=8)\ndef HELD(n: int) -> Array: ...",
        "@functools.cache\ndef HELD(n: int): ...",
        "@dataclass(frozen=True)\nclass Firm:\n    n: Array\n@cache\ndef HELD() -> Firm: ...",
        "HELD = {'a': 1}\ndef f() -> None:\n    other.HELD['b'] = 2",
        "@dataclass\nclass Loose:\n    n: int = 0\nHELD = Loose()",
    ],
)
def test_state_is_seen(source: str) -> None:
    assert set(state({"any.py": ast.parse(source)})) == {"any.py: HELD"}


@pytest.mark.parametrize(
    "source",
    [
        "NAMES = {'a': 1}\nNAMES |= {'b': 2}",
        "NAMES = ('a', *OTHERS)",
        "FORM = re.compile('a')",
        "ONE = np.ones((3, 3))",
        "@dataclass(frozen=True, slots=True)\nclass Firm:\n    n: int = 0\nFIRM = Firm(3)",
        "@cache\ndef plain(n: int) -> tuple[int, ...]: ...",
        "@dataclass(frozen=True)\nclass Firm:\n    n: int\n@cache\ndef plain() -> Firm: ...",
        "def f() -> None:\n    own = {}\n    own['a'] = 1",
    ],
)
def test_constants_are_none(source: str) -> None:
    assert not list(state({"any.py": ast.parse(source)}))
