# SPDX-License-Identifier: Apache-2.0
"""Draws of flicker that the learned stages are trained on, with the light that is meant to stay.

The published synthesis (BlazeBVD, after All-In-One) adds an artefact that stays for 2 to 12
frames; its amplitude is not told. Around it stand gains, gammas, fields, tints and bands, as film,
lamps and cameras make them, several at once, and all of it may clip.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from ..frames import Array
from . import damage

#: How often a draw does not flicker at all, how often only as a whole, where nothing is to be done
#: that differs over the frame, and how often its light is meant to change.
CLEAN, WHOLE, MEANT = 0.15, 0.1, 0.35
#: Frames that an artefact of the published synthesis stays for.
WINDOWS = (2, 12)

Damage = Callable[[Array, np.random.Generator], Array]


def draw(clip: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """The clip (T, H, W, 3) as it should be, and as it flickers; both uint8."""
    meant = in_changing_light(clip, rng) if rng.random() < MEANT else clip
    grained = damage.grain(meant, rng, deviation=rng.uniform(0, 3) / 255)
    if rng.random() < CLEAN:
        shown = damage.as_bytes(grained)
        return shown, shown
    flickering = meant
    kinds = _WHOLE if rng.random() < WHOLE else _KINDS
    for kind in rng.permutation(len(kinds))[: int(rng.integers(1, 4))]:
        flickering = kinds[kind](flickering, rng)
    # Grain lies over everything, and is no error: both have the same.
    return damage.as_bytes(grained), damage.as_bytes(flickering + (grained - meant))


def in_changing_light(clip: Array, rng: np.random.Generator) -> Array:
    """The clip under a slow change of light that is meant, as of clouds and dimmers."""
    knots = 2 + len(clip) // 24
    size = rng.uniform(0.05, 0.5)
    fields = rng.normal(0, size, (knots, 1, 1)) + rng.normal(0, 0.3 * size, (knots, 3, 4))
    times = np.linspace(0, knots - 1, len(clip))
    lit = np.empty_like(clip)
    for t, (frame, time) in enumerate(zip(clip, times, strict=True)):
        low = min(int(time), knots - 2)
        share = 0.5 - 0.5 * np.cos(np.pi * (time - low))
        field = (1 - share) * fields[low] + share * fields[low + 1]
        lit[t] = frame * np.exp2(_over(field, frame) - max(0.0, float(field.max())))
    return lit


def window_constant(clip: Array, rng: np.random.Generator) -> Array:
    """The clip with smooth, tinted, additive artefacts that stay for `WINDOWS` frames each."""
    amount = rng.uniform(0.02, 0.15)
    flickering = np.empty_like(clip)
    t = -int(rng.integers(WINDOWS[0], WINDOWS[1] + 1))
    while t < len(clip):
        lasting = int(rng.integers(WINDOWS[0], WINDOWS[1] + 1))
        tint = 1 + rng.normal(0, 0.3, 3)
        field = rng.normal(0, amount) + rng.normal(0, 0.5 * amount, (3, 4))
        for now in range(max(t, 0), min(t + lasting, len(clip))):
            flickering[now] = clip[now] + _over(field, clip[now]) * tint
        t += lasting
    return flickering


def _over(field: Array, frame: Array) -> Array:
    size = frame.shape[1], frame.shape[0]
    return cv2.resize(field.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)[..., None]


def _global(clip: Array, rng: np.random.Generator) -> Array:
    gain, bend = rng.uniform(0.02, 0.35), rng.uniform(0, 0.25)
    return damage.global_flicker(
        clip, rng, gain=(1 - gain, 1 + gain), gamma=(1 / (1 + bend), 1 + bend)
    )


def _local(clip: Array, rng: np.random.Generator) -> Array:
    grid = int(rng.integers(2, 6)), int(rng.integers(2, 6))
    return damage.local_flicker(clip, rng, amount=rng.uniform(0.03, 0.35), grid=grid)


def _rows(clip: Array, rng: np.random.Generator) -> Array:
    drift = rng.uniform(0.03, 0.5) if rng.random() < 0.5 else None
    amount, periods = rng.uniform(0.03, 0.3), rng.uniform(0.5, 5)
    return damage.row_flicker(clip, rng, amount=amount, periods=periods, drift=drift)


def _colour(clip: Array, rng: np.random.Generator) -> Array:
    return damage.colour_flicker(clip, rng, amount=rng.uniform(0.02, 0.2))


_KINDS: tuple[Damage, ...] = (*(_global, _local, _local, _rows, _rows, _colour, window_constant),)
_WHOLE: tuple[Damage, ...] = (_global, _colour)
