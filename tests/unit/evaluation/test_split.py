# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import re
from pathlib import Path

from evenlight.evaluation import split

ROOT = Path(__file__).parents[3]
#: All recordings that the split names.
NAMED = (*split.JUDGING, *split.CHANGING, *split.TUNING, *split.FILMS)


def test_no_recording_has_two_roles() -> None:
    assert len(set(NAMED)) == len(NAMED)
    assert len(split.JUDGING) >= 0.25 * (len(split.JUDGING) + len(split.TUNING))


def test_nothing_that_judges_is_trained_on() -> None:
    kept = {name for name in NAMED if not split.may_train(name)}
    assert kept == {*split.JUDGING, *split.CHANGING, *split.FILMS}
    assert all(split.may_train(name) for name in split.TUNING)
    assert not split.may_train("tos_2b"), "another shot of this film judges"


def test_sources_validate_as_a_whole() -> None:
    assert split.validates("mdn_frog")
    assert split.validates("mdn_rabbit")
    assert not split.validates("boof_mdn")


def test_the_score_is_validated_by_one_recording_in_four() -> None:
    assert [n for n in range(12) if split.validates_score(n)] == [3, 7, 11]


def test_a_photograph_validates_or_is_learned_from() -> None:
    paths = [Path(f"{number}.jpg") for number in range(20)]
    validating, learning = (split.photographs_for(paths, validating=v) for v in (True, False))
    assert validating == paths[:3]
    assert validating + learning == paths


def test_the_split_is_typed_once() -> None:
    """No other source names two of its recordings: such a list would be another split."""
    quoted = re.compile("|".join(f'"{name}"' for name in sorted(set(NAMED))))
    own = Path(split.__file__).resolve()
    for folder in ("python", "tests/bench", "export"):
        for path in (ROOT / folder).rglob("*.py"):
            found = set(quoted.findall(path.read_text(encoding="utf-8")))
            assert path.resolve() == own or len(found) < 2, f"{path} has a split of its own"
