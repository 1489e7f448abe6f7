# SPDX-License-Identifier: Apache-2.0
"""The loops over pixels."""

from __future__ import annotations

import cv2
import numpy as np

from ..frames import Array

LEVELS = np.exp2(np.arange(-6.5, 4.01, 0.125))
QUANTILES = 48
EPS = 4 / 255
FLOOR = 3 / 255
MATCH = 0.6


def average_cells(pixels, shape, premultiplied):
    a = pixels.astype(np.float32)
    if pixels.dtype.kind == "u":
        a = a / np.iinfo(pixels.dtype).max
    a = np.where(np.isfinite(a), a, 0)
    if a.shape[2] == 1:
        a = np.repeat(a, 3, 2)
    return cv2.resize(np.ascontiguousarray(a[..., :3]), shape[::-1], interpolation=cv2.INTER_AREA)


def matched_gains(centre, other, field):
    from .motion import grid, warp

    x, y = grid(field.shape)
    h, w = x.shape
    mx, my = x + field[..., 0], y + field[..., 1]
    inside = (mx >= 0) & (my >= 0) & (mx <= w - 1) & (my <= h - 1)
    m = (np.abs(warp(other.structure, field) - centre.structure) < MATCH) & inside
    conf = float(m.mean())
    if conf < 0.02:
        return conf, np.ones((3, len(LEVELS))), 0.0
    ys = warp(other.colour, field)
    p = (np.arange(QUANTILES) + 0.5) / QUANTILES
    ll = np.log2(LEVELS)
    gains = []
    rr = []
    for c in range(3):
        a = np.quantile(centre.colour[..., c][m], p)
        b = np.quantile(ys[..., c][m], p)
        r = np.log2((b + EPS) / (a + EPS))
        med = np.median(r)
        mad = np.median(np.abs(r - med)) + 0.01
        ok = np.abs(r - med) < 6 * mad
        u = (a > FLOOR) & (a < 0.98 * a[-1]) & (b < 0.98 * b[-1])
        rr.append(np.log2(np.maximum(b, 1e-4) / np.maximum(a, 1e-4))[u])
        ok2 = ok & (a > FLOOR)
        if ok2.any():
            ok = ok2
        a = np.maximum(a[ok], FLOOR)
        b = b[ok]
        gains.append(
            np.interp(ll, np.maximum.accumulate(np.log2(a) + np.arange(len(a)) * 1e-9), b / a)
        )
    return conf, np.stack(gains), float(np.median(np.concatenate(rr))) if sum(map(len, rr)) else 0.0


def apply_curves(pixels, gains, out):
    y = pixels.astype(np.float32) / 255
    for c in range(3):
        v = y[..., c]
        l = np.log2(np.maximum(v, 2**-7))
        out[..., c] = np.clip(np.round(v * np.interp(l, np.log2(LEVELS), gains[c]) * 255), 0, 255)
