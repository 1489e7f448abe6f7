# SPDX-License-Identifier: Apache-2.0
"""Inputs of the blotch network, and its probability that a pixel is blotched.

A U-Net over a window of five aligned frames at half of the looked-at size. It judges pixels by the
picture around them, which the features of a candidate do not hold; its mean over a candidate is one
more.
"""

from __future__ import annotations

import numpy as np

from ..frames import Array
from ..inference.networks import Networks
from ..inference.padding import padded
from ..kernels import elementwise, opencv
from .differences import DifferenceMaps

MODEL = "blotchnet"
#: Pictures that the network sees.
CHANNELS = 8
#: Differences are small beside luma; so much are they enlarged.
_SCALE = np.float32(4)
#: Sides of what the network is given are multiples of this, the edge repeated.
_MULTIPLE = 8


def pictures(evidence: DifferenceMaps) -> Array:
    """Inputs (CHANNELS, h/2, w/2) float32 of the network.

    Luma of the frame; of either neighbour, relit and moved, less that; the least difference to the
    ranks of both, with flow bridged over candidates, with flow estimated again and by whichever
    motion explains it; and the frames beyond as the neighbours, these again where there are none.
    """
    luma = evidence.luma
    near = evidence.seen[:2]
    further = evidence.seen[2:4] if len(evidence.seen) > 3 else near
    found = evidence.bridged, evidence.reestimated, evidence.unexplained
    less = [[other - luma for other in pair] for pair in (near, further)]
    rows, columns = max(1, luma.shape[0] // 2), max(1, luma.shape[1] // 2)
    shown = [luma, *(_SCALE * one for one in (*less[0], *found, *less[1]))]
    return np.stack(
        [opencv.resize(one, (columns, rows), interpolation=opencv.INTER_AREA) for one in shown]
    ).astype(np.float32)


def probability(evidence: DifferenceMaps, networks: Networks) -> Array:
    """How likely each pixel of the frame is of a blotch (h, w) float32."""
    seen = pictures(evidence)
    rows, columns = seen.shape[1:]
    (odds,) = networks.run(MODEL, {"pictures": padded(seen, _MULTIPLE, edge=True)})
    likely = elementwise.sigmoid(odds[0, 0, :rows, :columns])
    size = evidence.luma.shape[1], evidence.luma.shape[0]
    return opencv.resize(likely, size, interpolation=opencv.INTER_LINEAR).astype(np.float32)
