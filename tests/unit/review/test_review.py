# SPDX-License-Identifier: Apache-2.0
"""The review without a browser: its pictures, its file, its page as text."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from tests.unit.repairs.dirty import dirty, inside, lines, listed, scene, store, write

from evenlight.cli.main import run
from evenlight.errors import MediaError, RepairsError
from evenlight.review import Review, write_page
from evenlight.review.page import MOST_INSIDE
from evenlight.review.review import doubt


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(dirty(), tmp_path_factory.mktemp("dirty"))


def opened(clip: Path, folder: Path, effect: str = "deblotch") -> Review:
    listed(clip, folder / "r.jsonl", effect)
    return Review(folder / "r.jsonl", clip)


@pytest.mark.parametrize("effect", ["deblotch", "restore"])
def test_pictures_show_the_repairs_and_nothing_else(
    effect: str, clip: Path, tmp_path: Path
) -> None:
    review = opened(clip, tmp_path, effect)
    for number in (102, 104, 106):
        before, after = review.pictures.before(number), review.pictures.after(number)
        assert before.tobytes() == dirty()[number - 101].tobytes()
        own = [one for one in lines(review.path) if one.get("frame") == number]
        masks = [inside(one) for one in own if one.get("repaired")]
        touched = np.any(masks, axis=0) if masks else np.zeros(before.shape[:2], bool)
        assert (before != after).any(2)[touched].mean() > 0.8 if masks else True
        assert not (before != after).any(2)[~touched].any()
    review.close()


def test_a_decision_is_seen_as_soon_as_it_is_saved(clip: Path, tmp_path: Path) -> None:
    review = opened(clip, tmp_path)
    card = next(c for c in review.cards if c.entry.frame == 102 and c.entry.blotch.repaired)
    before, after = review.card_pictures(card)
    assert before != after
    text = [json.loads(line) for line in review.lines if line]
    text[card.line]["decision"] = "reject"
    review.save("\n".join(json.dumps(one, separators=(",", ":")) for one in text))
    before, after = review.card_pictures(card)
    assert before == after
    assert [one["decision"] for one in lines(review.path) if one.get("decision")] == ["reject"]
    review.close()


def test_another_file_is_not_saved_over_this_one(clip: Path, tmp_path: Path) -> None:
    review = opened(clip, tmp_path)
    kept = review.path.read_bytes()
    shorter = kept.decode().splitlines()[:2]
    for text in ("\n".join(shorter), "", "{}", "\0"):
        with pytest.raises(RepairsError):
            review.save(text)
    assert review.path.read_bytes() == kept
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.jsonl"]
    review.close()


def test_a_trimmed_clip_fits_and_another_does_not(clip: Path, tmp_path: Path) -> None:
    listed(clip, tmp_path / "r.jsonl")
    trimmed = write(dirty()[2:], tmp_path / "trimmed", 1)
    review = Review(tmp_path / "r.jsonl", trimmed)
    assert review.frames == [103, 104, 105, 106, 107]
    assert {card.entry.frame for card in review.cards} <= {103, 104, 105, 106, 107}
    assert review.pictures.before(103).tobytes() == dirty()[2].tobytes()
    review.close()
    other = write(255 - scene(), tmp_path / "other")
    with pytest.raises(RepairsError, match=r"no frame of .* is one of those that were listed"):
        Review(tmp_path / "r.jsonl", other)


def test_effects_that_a_file_names_are_held_against_what_there_is(
    clip: Path, tmp_path: Path
) -> None:
    values = listed(clip, tmp_path / "r.jsonl")
    stages = values[0]["effects"]["effects"]
    for wrong in ([], [stages[0] | {"effect": "os.system"}], [stages[0] | {"params": {"x": 1}}]):
        head = values[0] | {"effects": values[0]["effects"] | {"effects": wrong}}
        store(tmp_path / "r.jsonl", [head, *values[1:]])
        with pytest.raises(RepairsError, match=r"r\.jsonl cannot be used: "):
            Review(tmp_path / "r.jsonl", clip)


def test_names_are_text_on_the_page(clip: Path, tmp_path: Path) -> None:
    values = listed(clip, tmp_path / "r.jsonl")
    name = "</script><script>alert(1)</script>"
    store(tmp_path / "r.jsonl", [values[0] | {"clip": name}, *values[1:]])
    review = Review(tmp_path / "r.jsonl", clip)
    told = write_page(review, tmp_path / "page.html")
    review.close()
    assert re.match(r"\d+ repairs and \d+ spots left alone, in \d frames", told)
    text = (tmp_path / "page.html").read_text()
    assert "<script>alert" not in text
    assert text.count("</script>") == 2
    assert len(text) < 8_000_000 / 400 * max(4, MOST_INSIDE)
    with pytest.raises(MediaError, match="--overwrite"):
        write_page(review, tmp_path / "page.html")


def test_the_most_doubtful_come_first(clip: Path, tmp_path: Path) -> None:
    review = opened(clip, tmp_path)
    scores = [card.entry.blotch.score for card in sorted(review.cards, key=doubt)]
    sizes = [abs(score) for score in scores if score is not None]
    assert sizes == sorted(sizes)
    review.close()


def test_the_command_refuses_in_a_sentence(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["review", str(tmp_path / "none.jsonl"), str(clip)]) == 1
    assert "none.jsonl cannot be read" in capsys.readouterr().err
    (tmp_path / "bad.jsonl").write_text("nothing")
    assert run(["review", str(tmp_path / "bad.jsonl"), str(clip)]) == 1
    assert "line 1 cannot be read" in capsys.readouterr().err
    listed(clip, tmp_path / "r.jsonl")
    assert run(["review", str(tmp_path / "r.jsonl"), str(tmp_path / "gone.mov")]) == 1
    assert "gone.mov does not exist" in capsys.readouterr().err
    page = ["--page", str(tmp_path / "r.jsonl"), "--overwrite"]
    assert run(["review", str(tmp_path / "r.jsonl"), str(clip), *page]) == 1
    assert "is the repairs file itself" in capsys.readouterr().err
