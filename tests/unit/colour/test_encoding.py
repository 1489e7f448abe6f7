# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from evenlight.colour.encoding import Encoding, from_display, highest, resolve, to_display

STORED = np.array([-0.5, -0.001, 0.0, 0.001, 0.0031308, 0.18, 0.5, 1.0, 3.0])
EXPLICIT = [encoding for encoding in Encoding if encoding is not Encoding.AUTO]


@pytest.mark.parametrize("encoding", EXPLICIT)
def test_the_way_back_is_the_inverse(encoding: Encoding) -> None:
    values = np.maximum(STORED, 0) if encoding is Encoding.LOG else STORED
    np.testing.assert_allclose(
        from_display(to_display(values, encoding), encoding), values, rtol=1e-6, atol=1e-9
    )


@pytest.mark.parametrize("encoding", EXPLICIT)
def test_brighter_stays_brighter(encoding: Encoding) -> None:
    values = np.linspace(-0.05, min(highest(encoding), 100.0), 1000)
    assert np.all(np.diff(to_display(values, encoding)) > 0)


def test_linear_light_is_shown_by_the_published_srgb_curve() -> None:
    # IEC 61966-2-1: a linear 0.2140 is a stored 0.5, and 0.0031308 is 0.04045.
    got = to_display(np.array([0.0, 0.0031308, 0.21404, 1.0]), Encoding.LINEAR)
    np.testing.assert_allclose(got, [0.0, 0.04045, 0.5, 1.0], atol=1e-5)


def test_a_linear_negative_is_its_mirror_image() -> None:
    values = np.array([0.001, 0.2, 4.0])
    np.testing.assert_array_equal(
        to_display(-values, Encoding.LINEAR), -to_display(values, Encoding.LINEAR)
    )


def test_a_log_code_has_its_black_its_white_and_an_end() -> None:
    got = to_display(np.array([0.092, 0.67]), Encoding.LOG)
    np.testing.assert_allclose(got, [0.0, 1.0], atol=1e-12)
    # 200 and more once overflowed to infinity, and the gains there to NaN.
    far = to_display(np.array([4.0, 200.0, 1e30]), Encoding.LOG)
    assert np.isfinite(far).all()
    assert far[0] == far[1] == far[2]


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ("", Encoding.SRGB),
        ("lin_rec709_scene", Encoding.LINEAR),
        ("lin_srgb", Encoding.LINEAR),
        ("Utility - Linear - sRGB", Encoding.LINEAR),
        ("scene_linear", Encoding.LINEAR),
        ("Linear", Encoding.LINEAR),
        ("ACEScg", Encoding.LINEAR),
        ("ACES2065-1", Encoding.LINEAR),
        ("srgb_texture", Encoding.SRGB),
        ("srgb_tx", Encoding.SRGB),
        ("srgb_rec709_display", Encoding.SRGB),
        ("sRGB", Encoding.SRGB),
        ("iec61966-2-1", Encoding.SRGB),
        ("Output - Rec.709", Encoding.REC709),
        ("bt709", Encoding.REC709),
        ("smpte2084", Encoding.REC709),
        ("arib-std-b67", Encoding.REC709),
        ("ARRI LogC3", Encoding.LOG),
        ("ACEScct", Encoding.LOG),
        ("Cineon", Encoding.LOG),
    ],
)
def test_a_name_that_the_host_tells_is_understood(told: str, wanted: Encoding) -> None:
    assert resolve(Encoding.AUTO, told) is wanted


def test_the_users_choice_beats_what_the_host_tells() -> None:
    assert resolve(Encoding.LOG, "scene_linear") is Encoding.LOG
