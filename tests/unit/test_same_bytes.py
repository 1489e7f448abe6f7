# SPDX-License-Identifier: Apache-2.0
"""No code that decides pixels calls what gives other bits on another processor.

NumPy's sums, products, quotients and square roots are the same everywhere; its transcendental
functions, BLAS and LAPACK, the C library's `pow` and OpenCV's faster code are not.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event

import cv2
import pytest

import evenlight
from evenlight.kernels import opencv

PACKAGE = Path(evenlight.__file__).parent
ROOMS = ("analysis", "blotch", "colour", "effects", "flicker", "inference", "io", "kernels")
ROOMS += ("motion", "repairs", "texture", "views")
#: The one module that may import OpenCV.
OPENCV = "kernels/opencv.py"
#: Functions that take other code by the processor, or another order of summation.
_TRANSCENDENTAL = (
    "exp exp2 expm1 log log2 log10 log1p logaddexp logaddexp2 power pow float_power cbrt "
    "sin cos tan sinh cosh tanh asin acos atan arcsin arccos arctan arctan2 atan2 arcsinh arccosh "
    "arctanh asinh acosh atanh hypot sinc logspace geomspace i0 hanning hamming blackman kaiser "
    "gamma lgamma erf erfc fsum dist"
)
_ALGEBRA = (
    "dot matmul vecdot matvec vecmat inner vdot tensordot einsum linalg fft convolve correlate cov "
    "corrcoef polyfit random"
)
FORBIDDEN = {
    "np": {*_TRANSCENDENTAL.split(), *_ALGEBRA.split()},
    "numpy": {*_TRANSCENDENTAL.split(), *_ALGEBRA.split()},
    "math": set(_TRANSCENDENTAL.split()),
}
#: Sorts that may leave equal keys in any order.
UNSTABLE = ("argsort", "argpartition")


def faults(source: str, *, may_import_opencv: bool = False) -> Iterator[tuple[int, str]]:
    """Lines of a source text that the result may depend on the processor by, and why."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [alias.name for alias in node.names]
            module = getattr(node, "module", None)
            parts = {(module or name).partition(".")[0] for name in names}
            if ("cv2" in parts and not may_import_opencv) or "scipy" in parts:
                yield node.lineno, "import of cv2 or scipy; take kernels.opencv"
            if module in FORBIDDEN:
                yield node.lineno, f"names taken out of {module}, where this test cannot see them"
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.attr in FORBIDDEN.get(node.value.id, ()):
                yield node.lineno, f"{node.value.id}.{node.attr}"
        elif isinstance(node, (ast.BinOp, ast.AugAssign)):
            if isinstance(node.op, ast.MatMult):
                yield node.lineno, "@; take kernels.linear"
            elif isinstance(node.op, ast.Pow) and not _is_exact(node):
                yield node.lineno, "**, which is the C library's for numbers; take np.square"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name, words = node.func.attr, {word.arg for word in node.keywords}
            if name in UNSTABLE and "kind" not in words:
                yield node.lineno, f"{name} without kind='stable'"
            if name == "dot":
                yield node.lineno, "dot; take kernels.linear"


def _is_exact(node: ast.BinOp | ast.AugAssign) -> bool:
    """Whether this is a written whole power of 2, or of a whole number."""
    base = node.left if isinstance(node, ast.BinOp) else node.target
    power = node.right if isinstance(node, ast.BinOp) else node.value
    if isinstance(power, ast.UnaryOp):
        power = power.operand
    return (
        isinstance(base, ast.Constant)
        and (base.value == 2 or isinstance(base.value, int))
        and isinstance(power, ast.Constant)
        and isinstance(power.value, int)
    )


def _files() -> list[str]:
    rooms = [path for room in ROOMS for path in (PACKAGE / room).rglob("*.py")]
    paths = [*rooms, *PACKAGE.glob("*.py")]
    return sorted(path.relative_to(PACKAGE).as_posix() for path in paths)


@pytest.mark.parametrize("name", _files())
def test_code_that_decides_pixels_calls_nothing_that_depends_on_the_processor(name: str) -> None:
    source = (PACKAGE / name).read_text(encoding="utf-8")
    assert list(faults(source, may_import_opencv=name == OPENCV)) == []


@pytest.mark.parametrize(
    "line",
    [
        "np.exp(x)", "np.linalg.inv(x)", "x @ y", "x ** 2", "0.05**2", "x **= 3", "math.log(x)",
        "import cv2", "from cv2 import resize", "from numpy import exp", "x.dot(y)", "np.einsum(x)",
        "np.argsort(x)", "import scipy.ndimage",
    ],
)  # fmt: skip
def test_what_depends_on_the_processor_is_found(line: str) -> None:
    assert list(faults(line))


@pytest.mark.parametrize(
    "line",
    ["np.sqrt(x)", "2.0**-14", "10**9", "np.argsort(x, kind='stable')", "elementwise.exp(x)"],
)
def test_what_is_the_same_everywhere_may_be_called(line: str) -> None:
    assert not list(faults(line))


@pytest.mark.parametrize("before", [True, False])
def test_opencv_runs_without_code_for_one_kind_of_processor(*, before: bool) -> None:
    """While calls of ours run, in any thread; then it is as the process had it."""

    def switches() -> tuple[bool, bool]:
        return cv2.useOptimized(), cv2.ipp.useIPP()

    def looked(meet: Callable[[], object]) -> list[tuple[bool, bool]]:
        seen = [switches()]
        meet()
        return [*seen, switches()]

    was = cv2.useOptimized()
    cv2.setUseOptimized(before)
    try:
        both_run, one_has_ended = Barrier(2), Event()
        with ThreadPoolExecutor(2) as pool:
            plain = opencv._plain(looked)
            first = pool.submit(plain, lambda: (both_run.wait(9), one_has_ended.wait(9)))
            second = pool.submit(plain, lambda: both_run.wait(9))
            assert second.result(20) == [(False, False)] * 2
            one_has_ended.set()
            assert first.result(20) == [(False, False)] * 2
        assert opencv._plain(switches)() == (False, False)
        assert switches() == (before, before)
        with pytest.raises(cv2.error):
            opencv.blur(None, (3, 3))
        assert switches() == (before, before)
    finally:
        cv2.setUseOptimized(was)
