# SPDX-License-Identifier: Apache-2.0
"""The listing of a frame: the blotches that are repaired, and those that nearly were."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..analysis.record import thumbnail
from ..blotch.candidates import Candidate
from ..blotch.detect import Detection
from ..blotch.overlap import apart, overlap
from ..blotch.repair import Repair
from ..frames import Array
from ..listing import Blotch, Kind, Listing
from ..motion.preview import Preview
from .outline import outline_of

#: Log odds below the limit from which a candidate was nearly repaired.
_NEARLY = 0.5
#: Candidates that were nearly repaired, of one frame; the likeliest.
_MOST = 20


def listed(
    preview: Preview, repair: Repair, found: Detection | None, least: float, shape: tuple[int, ...]
) -> Listing:
    """The blotches of a frame of `shape`; `least` is the log odds from which they are sure."""
    repaired = [
        _blotch(patch.matte > 0, (patch.top, patch.left), patch.blotch, repaired=True)
        for patch in repair.patches
    ]
    left = [] if found is None else _left(found, [p.blotch for p in repair.patches], least, shape)
    picture = np.ascontiguousarray(thumbnail(preview), "<f2").tobytes()
    return Listing(preview.digest, picture, (*repaired, *left))


def _left(
    found: Detection, repaired: Sequence[Candidate], least: float, shape: tuple[int, ...]
) -> list[Blotch]:
    """Blotches that stay, for they were not sure enough or no repair was plausible."""
    likely = [*found.blotches, *(o for o in found.others if o.odds >= least - _NEARLY)]
    left = [one for one in likely if not any(overlap(one, other) for other in repaired)]
    left = apart(left, np.array([one.odds for one in left]))
    left = sorted(left, key=lambda one: -one.odds)[:_MOST]
    small = found.evidence.luma.shape
    return [_enlarged(one, small, shape) for one in left]


def _enlarged(one: Candidate, small: tuple[int, ...], shape: tuple[int, ...]) -> Blotch:
    scale = shape[0] / small[0], shape[1] / small[1]
    box = one.box.scaled(scale, shape)
    rows = (np.arange(box.top, box.bottom) / scale[0]).astype(int) - one.box.top
    columns = (np.arange(box.left, box.right) / scale[1]).astype(int) - one.box.left
    height, width = one.mask.shape
    inside = one.mask[np.clip(rows, 0, height - 1)][:, np.clip(columns, 0, width - 1)]
    return _blotch(inside, (box.top, box.left), one, repaired=False)


def _blotch(mask: Array, corner: tuple[int, int], one: Candidate, *, repaired: bool) -> Blotch:
    kind = Kind.ADDED if one.contrast == 0 else Kind.DARK if one.dark else Kind.BRIGHT
    score = float(one.odds) if np.isfinite(one.odds) else None
    return Blotch(outline_of(mask, corner), kind, score, repaired)
