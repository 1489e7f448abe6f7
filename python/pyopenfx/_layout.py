# SPDX-License-Identifier: Apache-2.0
"""How frames lie in memory: row 0 on top in NumPy, y upwards in OpenFX."""

from __future__ import annotations

import ctypes
import mmap
import weakref
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _core

Array = NDArray[Any]
RectI = tuple[int, int, int, int]  # x1, y1, x2, y2 with y up; the second corner is outside

GUARD_BYTE = 0xA5

DEPTHS: dict[str, tuple[str, Any]] = {
    "byte": ("OfxBitDepthByte", np.uint8),
    "short": ("OfxBitDepthShort", np.uint16),
    "half": ("OfxBitDepthHalf", np.float16),
    "float": ("OfxBitDepthFloat", np.float32),
}
COMPONENTS = {"Alpha": 1, "RGB": 3, "RGBA": 4}


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything about images that must not change the pixels a plug-in makes.

    The default is NumPy's own layout: top row first, so negative row bytes, and nothing is copied.
    """

    name: str = "plain"
    row_padding: int = 0  # bytes after each row
    negative_row_bytes: bool = True  # False: the bottom row comes first in memory
    origin: tuple[int, int] = (0, 0)  # pixel coordinates of the lower left corner at full size
    render_window: RectI | None = None  # counted from that corner
    missing_times: tuple[float, ...] = ()  # frames that the inputs do not give
    crop: RectI = (0, 0, 0, 0)  # pixels cut off the inputs: left, bottom, right, top
    guard: int = 0  # bytes around the output that nobody may write
    mapped: bool = False  # inputs lie in memory that is gone once they are released

    @property
    def copies(self) -> bool:
        """Whether inputs must be laid out anew."""
        return bool(self.row_padding) or not self.negative_row_bytes or self.mapped

    def __str__(self) -> str:
        return self.name


PLAIN = Layout()


def allocate(shape: tuple[int, int, int], dtype: Any, layout: Layout) -> tuple[Array, Array]:
    """A frame laid out as asked (h, w, C), row 0 on top, and the bytes that hold it."""
    height, width, channels = shape
    itemsize = np.dtype(dtype).itemsize
    row = width * channels * itemsize + layout.row_padding
    fill = GUARD_BYTE if layout.guard else 0
    size = height * row + 2 * layout.guard
    memory = _mapped(size) if layout.mapped else np.zeros(size, np.uint8)
    if fill:
        memory[:] = fill
    frame: Array = np.ndarray(
        shape, dtype, memory.data, layout.guard, (row, channels * itemsize, itemsize)
    )
    return (frame if layout.negative_row_bytes else frame[::-1]), memory


def _mapped(size: int) -> Array:
    """Bytes that nobody can touch once the array is gone; their addresses are not given again."""
    region = mmap.mmap(-1, size)
    memory: Array = np.frombuffer(region, np.uint8)
    library = ctypes.CDLL(None)
    place = ctypes.c_void_p(memory.ctypes.data), ctypes.c_size_t(size)
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(region))  # it stays mapped to the end
    weakref.finalize(memory, library.mprotect, *place, 0).atexit = False
    return memory


def laid_out(frame: Array, layout: Layout) -> Array:
    """`frame` itself where its pixels are packed and the layout allows it, else a copy."""
    itemsize = frame.itemsize
    packed = frame.strides[1:] == (frame.shape[2] * itemsize, itemsize)
    if packed and not layout.copies:
        return frame
    placed, _ = allocate((frame.shape[0], frame.shape[1], frame.shape[2]), frame.dtype, layout)
    placed[:] = frame
    return placed


def as_frame(array: Any) -> Array:
    """`array` as (h, w, C) of a depth that OpenFX has; a ValueError says what is wrong with it."""
    frame = np.asarray(array)
    if frame.ndim == 2:
        frame = frame[:, :, None]
    if frame.dtype == np.float64:
        frame = frame.astype(np.float32)
    if frame.ndim != 3 or frame.shape[2] not in COMPONENTS.values():
        raise ValueError(f"a frame has shape {frame.shape}; it must be (h, w) or (h, w, 1, 3 or 4)")
    if frame.dtype not in [dtype for _, dtype in DEPTHS.values()]:
        raise ValueError(
            f"a frame has dtype {frame.dtype}; it must be uint8, uint16, float16 or float32"
        )
    return frame


def depth_of(frame: Array) -> str:
    """`byte`, `short`, `half` or `float`."""
    return next(name for name, (_, dtype) in DEPTHS.items() if frame.dtype == dtype)


def components_of(channels: int) -> str:
    """`Alpha`, `RGB` or `RGBA`."""
    return next(name for name, count in COMPONENTS.items() if count == channels)


def to_depth(frame: Array, depth: str) -> Array:
    """The same light in another depth: whole numbers stand for 0 to 1, and are clamped to it."""
    dtype = DEPTHS[depth][1]
    if frame.dtype == dtype:
        return frame
    unit = frame.astype(np.float32)
    if frame.dtype.kind == "u":
        unit /= np.iinfo(frame.dtype).max
    if np.dtype(dtype).kind == "f":
        return unit.astype(dtype)
    top = np.iinfo(dtype).max
    return np.rint(np.clip(unit, 0, 1) * top).astype(dtype)


def to_components(frame: Array, components: str) -> Array:
    """More or fewer channels: alpha is opaque where it is new, grey where colour is."""
    have, want = frame.shape[2], COMPONENTS[components]
    if have == want:
        return frame
    opaque = 1.0 if frame.dtype.kind == "f" else np.iinfo(frame.dtype).max
    alpha = frame[:, :, -1:] if have in (1, 4) else np.full_like(frame[:, :, :1], opaque)
    if want == 1:
        return alpha
    colour = frame[:, :, :3] if have >= 3 else np.repeat(frame, 3, axis=2)
    return colour if want == 3 else np.concatenate([colour, alpha], axis=2)


def to_scale(frame: Array, scale: tuple[float, float]) -> Array:
    """A proxy of the frame by picking pixels; no filter, so that values stay what they were."""
    if scale == (1.0, 1.0):
        return frame
    rows, columns = (
        np.minimum((np.arange(max(1, round(n * s))) + 0.5) / s, n - 1).astype(int)
        for n, s in zip(frame.shape[:2], scale[::-1], strict=True)
    )
    return frame[rows][:, columns]


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """Properties of an image beside its pixels."""

    what: str
    corner: tuple[int, int]  # pixel coordinates of the lower left pixel
    region_of_definition: RectI
    scale: tuple[float, float]
    pixel_aspect: float
    premultiplication: str
    identifier: str
    field: str = "OfxFieldNone"


def make_image(frame: Array, facts: ImageFacts, missing: tuple[str, ...]) -> _core.Image:
    """An OpenFX image over the memory of `frame` (h, w, C), row 0 on top; nothing is copied."""
    height, width, channels = frame.shape
    top: int = frame.__array_interface__["data"][0]
    row = frame.strides[0]
    x, y = facts.corner
    image = _core.Image(facts.what, frame)
    for name, kind, values in (
        ("OfxImagePropData", "pointer", [top + (height - 1) * row]),
        ("OfxImagePropRowBytes", "int", [-row]),
        ("OfxImagePropBounds", "int", [x, y, x + width, y + height]),
        ("OfxImagePropRegionOfDefinition", "int", facts.region_of_definition),
        ("OfxImageEffectPropPixelDepth", "string", [DEPTHS[depth_of(frame)][0]]),
        ("OfxImageEffectPropComponents", "string",
         ["OfxImageComponent" + components_of(channels)]),
        ("OfxImageEffectPropPreMultiplication", "string", [facts.premultiplication]),
        ("OfxImageEffectPropRenderScale", "double", facts.scale),
        ("OfxImagePropPixelAspectRatio", "double", [facts.pixel_aspect]),
        ("OfxImagePropUniqueIdentifier", "string", [facts.identifier]),
        ("OfxImagePropField", "string", [facts.field]),
    ):  # fmt: skip
        image.put(name, kind, values)
    for name in missing:
        image.erase(name)
    return image
