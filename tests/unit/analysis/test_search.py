# SPDX-License-Identifier: Apache-2.0
"""A frame is found in an analysis by its number, by its digest, or by what it looks like."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evenlight.analysis import Analysis, AnalysisSettings, Record, Search
from evenlight.analysis.record import thumbnail
from evenlight.analysis.search import NEAR
from evenlight.analysis.writing import encode
from evenlight.colour.levels import LEVELS
from evenlight.errors import AnalysisError
from evenlight.flicker.estimate import FlickerEstimate
from evenlight.frames import Array
from evenlight.motion.preview import Preview, preview_of

SETTINGS = AnalysisSettings(
    radius=24,
    colour="per_channel",
    keep_above=1.0,
    steadiness=0.5,
    local=False,
    resolution=0,
    bands="rows",
    solver="",
    method="classical",
    stages=(0.0, 0.0),
    cuts="auto",
    encoding="display",
    region=(0.0, 0.0, 1.0, 1.0),
    shot=(None, None),
)
FIRST = 1  # number of the first frame that was analysed
GAINS = np.random.default_rng(4).uniform(0.8, 1.2, 48)


def shown(picture: Array) -> Preview:
    return preview_of(picture.astype(np.float32))


@pytest.fixture
def scene(rng: np.random.Generator) -> Array:
    """A still picture of strong colours."""
    y, x = np.mgrid[0:45, 0:80] / 45
    waves = [0.4 + 0.3 * np.sin(5 * x + k * y + k) for k in (0, 3, 7)]
    return np.stack(waves, -1) + 0.02 * rng.random((45, 80, 3))


@pytest.fixture
def analysis(scene: Array) -> Analysis:
    """The analysis of the still picture in flickering light."""
    records = []
    for number, gain in enumerate(GAINS, FIRST):
        centre = shown(scene * gain)
        estimate = FlickerEstimate(np.full((3, len(LEVELS)), 1 / gain - 1), None)
        shape = (45, 80, 3)
        small = thumbnail(centre)
        records.append(Record(number, SETTINGS, shape, centre.digest, small, estimate))
    return Analysis.decode(encode(records), "a.evenlight")


def found(
    analysis: Analysis, centre: Preview, number: int, within: float = 0.0
) -> tuple[int, bool]:
    record, is_same = Search(analysis, SETTINGS, number).find(centre, within)
    return record.frame, is_same


@pytest.mark.parametrize("offset", [0, -1, 1, 1000, -86400])
def test_the_very_picture_is_found_whatever_its_number(analysis, scene, offset: int) -> None:
    for number, gain in enumerate(GAINS, FIRST):
        assert found(analysis, shown(scene * gain), number + offset) == (number, True)


@pytest.mark.parametrize("offset", [0, -1, 7])
def test_a_picture_decoded_otherwise_is_found(analysis, scene, rng, offset: int) -> None:
    for number, gain in enumerate(GAINS, FIRST):
        picture = scene * gain + rng.normal(0, 0.5 / 255, scene.shape)
        with pytest.raises(AnalysisError, match="not the one that was analysed"):
            found(analysis, shown(picture), number)
        assert found(analysis, shown(picture), number + offset, NEAR) == (number, False)


@pytest.mark.parametrize("shift", [0.6, -0.6])
def test_a_picture_rounded_otherwise_is_found(analysis, scene, shift: float) -> None:
    """Or one in the same light, for which the correction is the same."""
    for number, gain in enumerate(GAINS, FIRST):
        picture = scene * gain + shift / 255
        frame, is_same = found(analysis, shown(picture), number + 5, NEAR)
        light = abs(GAINS[frame - FIRST] - gain) * 255 * scene.mean()  # levels
        assert light < 0.3 < abs(shift)
        assert not is_same


def luma_and_colour(red: float, blue: float) -> Array:
    """Y'CbCr of R'G'B' by the weights of red and blue in luma, as ITU-R BT.601 says it."""
    luma = np.array([red, 1 - red - blue, blue])
    return np.stack(
        [
            luma,
            (np.array([0, 0, 1]) - luma) / (2 * (1 - blue)),
            (np.array([1, 0, 0]) - luma) / (2 * (1 - red)),
        ]
    )


@pytest.mark.parametrize("swapped", [False, True])
def test_a_picture_decoded_by_coefficients_of_another_standard_is_found(
    analysis, scene, swapped: bool
) -> None:
    made, read = luma_and_colour(0.299, 0.114), luma_and_colour(0.2126, 0.0722)
    if swapped:
        made, read = read, made
    for number, gain in enumerate(GAINS, FIRST):
        picture = scene * gain @ (np.linalg.inv(read) @ made).T
        assert np.abs(picture - scene * gain).mean() > NEAR
        assert found(analysis, shown(picture), number, NEAR) == (number, False)


def test_another_picture_is_refused(analysis, scene) -> None:
    for picture in (scene[:, ::-1], scene * 0.5, np.zeros_like(scene)):
        with pytest.raises(AnalysisError, match="the source has changed"):
            found(analysis, shown(picture), 3, NEAR)


def test_of_equal_pictures_that_with_the_nearest_number_is_taken(scene) -> None:
    centre = shown(scene)
    estimate = FlickerEstimate(None, None)
    records = [
        Record(number, SETTINGS, (45, 80, 3), centre.digest, thumbnail(centre), estimate)
        for number in (5, 6, 20)
    ]
    held = Analysis.decode(encode(records), "held.evenlight")
    for number, nearest in ((-3, 5), (5, 5), (6, 6), (12, 6), (14, 20), (99, 20)):
        assert found(held, centre, number)[0] == nearest
        decoded = replace(centre, digest=bytes(16))
        assert found(held, decoded, number, NEAR)[0] == nearest


def test_marks_count_from_the_frame(scene) -> None:
    """Frame 9 was analysed with a mark at 11: a host that calls it 8 has that mark at 10."""
    centre = shown(scene)
    marked = replace(SETTINGS, shot=(None, 11))
    record = Record(
        9, marked, (45, 80, 3), centre.digest, thumbnail(centre), FlickerEstimate(None, None)
    )
    analysis = Analysis.decode(encode([record]), "a.evenlight")
    search = Search(analysis, replace(SETTINGS, shot=(None, 10)), 8)
    assert search.find(centre, NEAR)[0].frame == 9
    search.check(by_number=False)
    for wrong in ((None, 11), (None, None), (10, None)):
        search = Search(analysis, replace(SETTINGS, shot=wrong), 8)
        with pytest.raises(AnalysisError):
            search.find(centre, NEAR)
        with pytest.raises(AnalysisError, match="frame 8 is not one of them"):
            search.check(by_number=False)


def test_the_number_is_asked_for_where_neighbours_can_be_had(analysis) -> None:
    beyond = Search(analysis, SETTINGS, 0)
    beyond.check(by_number=False)
    with pytest.raises(AnalysisError, match="frame 0 is not one of them"):
        beyond.check(by_number=True)
    other = Search(analysis, replace(SETTINGS, radius=3), 5)
    for by_number in (True, False):
        with pytest.raises(AnalysisError, match="radius was 24 and is 3 now"):
            other.check(by_number=by_number)
