# SPDX-License-Identifier: Apache-2.0
"""OpenCV's functions, held to the instructions that every x86-64 processor has.

OpenCV, and Intel's IPP inside it, choose code by the processor: results differ in the last bits,
those of dense flow by more. That choice is turned off while calls of ours run and is then what it
was before, for where Python is embedded others may use OpenCV too. IPP's is the thread's own.
No other module of the image code imports `cv2`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar, cast

from .. import _native
from ..frames import Array


@contextmanager
def _environment_kept() -> Iterator[None]:
    """Undoes what is done to the environment, which is the host's where Python is embedded."""
    before = dict(os.environ)
    yield
    for name in {*before, *os.environ}:
        if name not in before:
            del os.environ[name]
        elif os.environ.get(name) != before[name]:
            os.environ[name] = before[name]


with _environment_kept():  # OpenCV's loader puts its folder into LD_LIBRARY_PATH
    import cv2

F = TypeVar("F", bound=Callable[..., Any])


def _plain(function: F) -> F:
    """`function` of OpenCV, without code for one kind of processor."""

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        of_thread = cv2.ipp.useIPP()
        _native.begin_plain_code(cv2.useOptimized, cv2.setUseOptimized)
        try:
            return function(*args, **kwargs)
        finally:
            _native.end_plain_code(cv2.setUseOptimized)
            cv2.ipp.setUseIPP(of_thread)

    return cast(F, call)


BORDER_REPLICATE = cv2.BORDER_REPLICATE
CC_STAT_AREA = cv2.CC_STAT_AREA
CHAIN_APPROX_SIMPLE = cv2.CHAIN_APPROX_SIMPLE
CV_32F = cv2.CV_32F
DISOPTICAL_FLOW_PRESET_FAST = cv2.DISOPTICAL_FLOW_PRESET_FAST
DISOPTICAL_FLOW_PRESET_MEDIUM = cv2.DISOPTICAL_FLOW_PRESET_MEDIUM
DIST_L2 = cv2.DIST_L2
FONT_HERSHEY_SIMPLEX = cv2.FONT_HERSHEY_SIMPLEX
INTER_AREA = cv2.INTER_AREA
INTER_CUBIC = cv2.INTER_CUBIC
INTER_LINEAR = cv2.INTER_LINEAR
INTER_NEAREST = cv2.INTER_NEAREST
LINE_AA = cv2.LINE_AA
MORPH_CLOSE = cv2.MORPH_CLOSE
MORPH_OPEN = cv2.MORPH_OPEN
RETR_EXTERNAL = cv2.RETR_EXTERNAL
TM_CCORR = cv2.TM_CCORR
TM_SQDIFF = cv2.TM_SQDIFF

GaussianBlur = _plain(cv2.GaussianBlur)
Sobel = _plain(cv2.Sobel)
blur = _plain(cv2.blur)
connectedComponents = _plain(cv2.connectedComponents)
connectedComponentsWithStats = _plain(cv2.connectedComponentsWithStats)
copyMakeBorder = _plain(cv2.copyMakeBorder)
createHanningWindow = _plain(cv2.createHanningWindow)
dilate = _plain(cv2.dilate)
distanceTransform = _plain(cv2.distanceTransform)
erode = _plain(cv2.erode)
fillPoly = _plain(cv2.fillPoly)
findContours = _plain(cv2.findContours)
getTextSize = _plain(cv2.getTextSize)
matchTemplate = _plain(cv2.matchTemplate)
morphologyEx = _plain(cv2.morphologyEx)
phaseCorrelate = _plain(cv2.phaseCorrelate)
polylines = _plain(cv2.polylines)
putText = _plain(cv2.putText)
remap = _plain(cv2.remap)
resize = _plain(cv2.resize)
transform = _plain(cv2.transform)


@_plain
def dis_flow(first: Array, second: Array, start: Array, preset: int, finest_scale: int) -> Array:
    """Dense inverse search (Kroeger et al., 2016) from one picture (h, w) uint8 to another.

    Flow (h, w, 2) float32, sought from `start` on down to `finest_scale` halvings. Each call has an
    estimator of its own: OpenCV's keep the scale that a small picture made them choose.
    """
    estimator = cv2.DISOpticalFlow.create(preset)
    estimator.setFinestScale(finest_scale)
    flow: Array = estimator.calc(first, second, start)
    return flow
