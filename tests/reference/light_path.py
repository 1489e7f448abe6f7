# SPDX-License-Identifier: Apache-2.0
"""The likelihood of a path of light, as `_native/light_path.cpp` has it, with matrices."""

from __future__ import annotations

import numpy as np

from evenlight.frames import Array

AROUND, LEFT, REACH, ROUNDING = 4, 0.5, 10.0, 1e-8


def lasting(light: Array) -> Array:
    """Whether light stays where each frame (n,) brings it."""
    stays = np.zeros(len(light), bool)
    for k in range(1, len(light)):
        before = np.median(light[max(0, k - AROUND) : k])
        after = np.median(light[k : k + AROUND])
        stays[k] = abs(after - before) > LEFT * abs(light[k] - before)
    return stays


def explain(
    path: Array,
    noise: Array,
    centre: int,
    hypothesis: Array,
    *,
    surprise: float,
    flash: float,
    flashing: float,
    punishment: float,
    start: float,
    slope: float,
) -> tuple[float, Array]:
    """Log likelihood of one hypothesis, and the centre's meant light (channels,) under it."""
    walk, bend, white, coloured = np.square(hypothesis[:4])
    along, across, jumps = hypothesis[4:]
    stays = lasting(path.mean(axis=1))
    # The meant light, its slope, the coloured flicker, its quarter turn, the centre's meant light.
    means = np.zeros((5, path.shape[1]))
    means[0] = path[0]
    spread = np.diag([start, slope, coloured, coloured, 0.0])
    forward = np.eye(5)
    forward[0, 1] = 1
    forward[2:4, 2:4] = [[along, across], [-across, along]]
    seen, likelihood = np.array([1.0, 0, 1, 0, 0]), 0.0
    for k, light in enumerate(path):
        if k > 0:
            means, spread = forward @ means, forward @ spread @ forward.T
            spread[0, 0] += noise[k - 1] + walk + bend / 3
            spread[0, 1] += bend / 2
            spread[1, 0] += bend / 2
            spread[1, 1] += bend
            anew = (1 - along**2 - across**2) * coloured
            spread[2, 2] += anew
            spread[3, 3] += anew
        variance = white + ROUNDING
        if k > 0 and jumps > 0:
            ways = []
            for drawn in (False, True):
                mean, own = means.copy(), spread.copy()
                if drawn:
                    mean[2:4] = 0
                    own[2:4] = 0
                    own[:, 2:4] = 0
                    own[2, 2] = own[3, 3] = coloured
                expected = seen @ own @ seen + variance
                error = np.mean((light - seen @ mean) ** 2)
                odds = np.log(jumps if drawn else 1 - jumps)
                ways.append((odds - 0.5 * (np.log(expected) + error / expected), odds, mean, own))
            _, odds, means, spread = max(ways, key=lambda way: way[0])
            likelihood += odds
        if k > 0:
            error = np.mean((light - seen @ means) ** 2)
            expected = seen @ spread @ seen + variance
            limit = flashing if error > flash else surprise
            likelihood -= 0.5 * (np.log(expected) + min(error / expected, limit))
            if error / expected > limit:
                likelihood += punishment
                if stays[k]:
                    spread[0, 0] += REACH * error
                    spread[1, 1] += REACH * error
                else:
                    variance += REACH * error
        gain = spread @ seen / (seen @ spread @ seen + variance)
        means = means + np.outer(gain, light - seen @ means)
        spread = spread - np.outer(gain, seen @ spread)
        if k == centre:
            means[4], spread[4] = means[0], spread[0]
            spread[:, 4] = spread[:, 0]
    return likelihood, means[4]
