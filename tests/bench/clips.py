# SPDX-License-Identifier: Apache-2.0
"""Which clips were tuned on and which judge, split by recording: shots of one look alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np

from evenlight.frames import Array

#: Where curves, thresholds and windows were looked at: static cameras, driving, hand-held, film.
TUNING = (
    "boof_highway", "boof_dashcam01", "boof_holiday", "boof_lotzoom", "exo_rooftop", "intel_cars",
    "mdn_frog", "mdn_rabbit", "pexels_dogsniff", "pexels_squirrel", "sam2_bedroom", "sam2_cups",
    "sam2_dog", "tos_4", "udacity_lane",
)  # fmt: skip
#: What judges; no choice was made by looking at these. Two are of sources that stand nowhere above
#: (a black-and-white film, a high-speed film), the others are other recordings of known ones: a
#: car park panned over, a house walked round, a static bottle line, blocks in the hand, a film.
VALIDATION = (
    "his_girl_friday_clean_bw", "nasa_launch_highspeed", "boof_parkinglot", "boof_logbuilding",
    "intel_bottles", "sam2_blocks", "tos_5",
)  # fmt: skip
#: Clips whose light really changes (an opening flower, dusk in time-lapse): it must stay.
CHANGING = ("mdn_flower", "pexels_citydusk_tl")
#: Films with real flicker, whose truth nobody knows.
FILMS = (
    "rrtn_market_street_1906", "rrtn_great_train_robbery_1903", "winter_scenes_in_holland",
    "icecube_timelapse",
)  # fmt: skip
SIZE = (640, 360)
FRAMES = 64


class MissingClipError(FileNotFoundError):
    """A clip of the set is not in the folder."""


def load(data: Path, name: str, *, frames: int = FRAMES, size: tuple[int, int] = SIZE) -> Array:
    """The first frames of a clip as (T, H, W, 3) uint8, area-resized."""
    taken = [
        cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        for picture, _ in zip(_pictures(data, name), range(frames), strict=False)
    ]
    if not taken:
        raise MissingClipError(f"there is no clip {name} in {data}; give the folder with --data")
    return np.stack(taken)


def is_there(data: Path, name: str) -> bool:
    """Whether the folder holds the clip."""
    return next(_pictures(data, name), None) is not None


def _pictures(data: Path, name: str) -> Iterator[Array]:
    folder = data / "oldfilm" / name
    for video in (data / "clips" / f"{name}.mp4", folder / "clip.mp4"):
        if video.is_file():
            with av.open(str(video)) as container:
                for frame in container.decode(video=0):
                    yield frame.to_ndarray(format="rgb24")
            return
    for still in sorted(p for p in folder.glob("*") if p.suffix in (".png", ".jpg")):
        yield cv2.cvtColor(cv2.imread(str(still)), cv2.COLOR_BGR2RGB)
