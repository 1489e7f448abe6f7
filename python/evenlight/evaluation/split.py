# SPDX-License-Identifier: Apache-2.0
"""Roles of the recordings: those that are trained on, tuned on, validate and judge.

The split is by recording and, where there are several of one source, by source: shots of one look
alike. Recordings are named as their files in the folder of the data are.
"""

from __future__ import annotations

from pathlib import Path

#: Clips that judge; no choice was made by looking at these. They are other recordings of sources
#: that are known: a car park panned over, a house walked round, a static bottle line, blocks in the
#: hand, a film.
JUDGING_CLIPS = (
    "boof_parkinglot", "boof_logbuilding", "intel_bottles", "sam2_blocks", "tos_5",
)  # fmt: skip
#: All recordings that judge. The films are of sources that stand nowhere else: a black-and-white
#: film, a high-speed film.
JUDGING = ("his_girl_friday_clean_bw", "nasa_launch_highspeed", *JUDGING_CLIPS)
#: Clips whose light really changes (an opening flower, dusk in time-lapse): it must stay.
CHANGING = ("mdn_flower", "pexels_citydusk_tl")
#: Clips that curves, thresholds and windows were chosen by: static cameras, driving, hand-held,
#: film.
TUNING = (
    "boof_highway", "boof_dashcam01", "boof_holiday", "boof_lotzoom", "exo_rooftop", "intel_cars",
    "mdn_frog", "mdn_rabbit", "pexels_dogsniff", "pexels_squirrel", "sam2_bedroom", "sam2_cups",
    "sam2_dog", "tos_4", "udacity_lane",
)  # fmt: skip
#: Films with real flicker that an experiment may be trained on, never a network that is published.
EXPERIMENT_FILMS = ("rrtn_market_street_1906", "rrtn_great_train_robbery_1903")
#: Films with real flicker, whose truth nobody knows.
FILMS = (
    "rrtn_san_francisco_1906", *EXPERIMENT_FILMS, "winter_scenes_in_holland", "icecube_timelapse",
)  # fmt: skip

#: Shots of a film of which another shot judges.
_JUDGED_FILM = ("tos_1", "tos_2", "tos_2b", "tos_3", "tos_6")
_NEVER_TRAINED_ON = frozenset((*JUDGING, *CHANGING, *FILMS, *_JUDGED_FILM))
#: Sources (first parts of the names) that validate networks, and the share of photographs that do.
_VALIDATING_SOURCES = ("exo", "mdn", "udacity")
_VALIDATING_PHOTOGRAPHS = 0.15
#: The score of candidates is validated by one recording in so many.
_SCORE_EVERY = 4


def may_train(name: str) -> bool:
    """Whether networks may see a recording in training, to learn from it or to validate."""
    return name not in _NEVER_TRAINED_ON


def validates(name: str) -> bool:
    """Whether a recording that `may_train` validates: it says when training stops."""
    return name.split("_")[0] in _VALIDATING_SOURCES


def validates_score(number: int) -> bool:
    """Whether the recording of this number, in order of names, validates the score of candidates.

    The score is small and sees every source, so its split is by recording alone.
    """
    return number % _SCORE_EVERY == _SCORE_EVERY - 1


def photographs_for(paths: list[Path], *, validating: bool) -> list[Path]:
    """The part of the sorted photographs that validates, or the part that is learned from."""
    count = int(len(paths) * _VALIDATING_PHOTOGRAPHS)
    return paths[:count] if validating else paths[count:]
