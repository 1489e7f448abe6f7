# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from evenlight.errors import EvenlightError, FrameError, MediaError, ParamError
from evenlight.io import VideoOptions, create_clip, open_clip
from evenlight.io.recent import Recent

Make = Callable[..., Path]


def copy(source: Path, target: Path, numbers: range | None = None, **options: object) -> Path:
    reader = open_clip(source)
    numbers = numbers or range(reader.first, reader.last + 1)
    video = VideoOptions(**options) if options else VideoOptions(quality=0)  # type: ignore[arg-type]
    writer = create_clip(target, reader, numbers, video=video)
    for number in numbers:
        frame = reader.frame(number)
        assert frame is not None
        writer.write(number, frame.pixels())
    writer.finish()
    reader.close()
    return target


def planes(path: Path) -> list[list[np.ndarray]]:
    with av.open(str(path)) as container:
        return [
            [
                np.frombuffer(memoryview(p), np.uint8)
                .reshape(p.height, -1)[:, : p.line_size]
                .copy()
                for p in frame.planes
            ]
            for frame in container.decode(video=0)
        ]


def packets(path: Path, kind: str) -> list[tuple[float, bytes]]:
    with av.open(str(path)) as container:
        stream = next(s for s in container.streams if s.type == kind)
        return [
            (round(float(p.pts * p.time_base), 3), bytes(p))
            for p in container.demux(stream)
            if p.size and p.pts is not None
        ]


@pytest.mark.parametrize("deep", [False, True], ids=["8 bits", "10 bits"])
@pytest.mark.parametrize("size", [(64, 48), (66, 50)], ids=str)
def test_what_nobody_changed_comes_back_exactly(
    make_video: Make, tmp_path: Path, deep: bool, size: tuple[int, int]
) -> None:
    source = make_video(deep=deep, size=size)
    target = copy(source, tmp_path / "out.mp4")
    got, wanted = planes(target), planes(source)
    assert len(got) == 12
    used = size[0] * (2 if deep else 1)
    for mine, theirs in zip(got, wanted, strict=True):
        for index, (a, b) in enumerate(zip(mine, theirs, strict=True)):
            width = used if index == 0 else used // 2
            assert np.array_equal(a[:, :width], b[:, :width])


def test_the_default_quality_is_near_lossless(make_video: Make, tmp_path: Path) -> None:
    source = make_video()
    target = copy(source, tmp_path / "out.mp4", codec="h264")
    pairs = zip(planes(source), planes(target), strict=True)
    error = np.mean([np.mean((a[0][:, :64] - b[0][:, :64].astype(float)) ** 2) for a, b in pairs])
    assert 10 * np.log10(255**2 / max(error, 1e-9)) >= 55


def test_known_values_of_rgb(make_video: Make) -> None:
    """Luma and chroma by hand: BT.709, limited range, R = Y + 1.5748 V, B = Y + 1.8556 U."""
    reader = open_clip(make_video(colorspace=1, color_range=1))
    frame = reader.frame(1)
    assert frame is not None
    raw = planes(reader.path)[0]
    row, column = 11, 30
    y = (raw[0][row, column] - 16) / 219
    u, v = ((raw[i][row // 2, column // 2] - 128.0) / 224 for i in (1, 2))
    green = y - 0.2126 / 0.7152 * 1.5748 * v - 0.0722 / 0.7152 * 1.8556 * u
    wanted = [y + 1.5748 * v, green, y + 1.8556 * u]
    np.testing.assert_allclose(frame.pixels()[row, column], wanted, atol=1e-5)


def test_rows_are_those_of_the_whole(make_video: Make) -> None:
    frame = open_clip(make_video()).frame(3)
    assert frame is not None
    for step in (1, 4, 7, 1000):
        rows = frame.rows(step)
        wanted = frame.pixels()[step // 2 :: step] if step // 2 < 48 else frame.pixels()[:1]
        assert np.array_equal(rows, wanted)


def test_any_order_gives_the_same_frames_and_holds_few(make_video: Make) -> None:
    source = make_video(n_frames=60)
    wanted = [scene[0] for scene in planes(source)]
    reader = open_clip(source, look_around=2)
    numbers = list(range(1, 61))
    random.Random(3).shuffle(numbers)
    for number in numbers:
        decoded = reader.decoded(number)  # type: ignore[attr-defined]
        got = np.frombuffer(memoryview(decoded.planes[0]), np.uint8).reshape(48, -1)[:, :64]
        assert np.array_equal(got, wanted[number - 1][:, :64]), number
    assert len(reader._recent) <= 18  # type: ignore[attr-defined]


def test_outside_the_clip_is_nothing(make_video: Make) -> None:
    reader = open_clip(make_video(n_frames=3))
    assert reader.frame(0) is None
    assert reader.frame(4) is None


def test_identifiers_tell_frames_and_files_apart(make_video: Make) -> None:
    one, other = open_clip(make_video("a.mp4")), open_clip(make_video("b.mp4"))
    frames = [one.frame(1), one.frame(2), other.frame(1)]
    assert len({frame.identifier for frame in frames if frame}) == 3
    again = open_clip(one.path).frame(1)
    assert again is not None
    assert frames[0] is not None
    assert again.identifier == frames[0].identifier


def test_sound_times_colours_and_title_travel(make_video: Make, tmp_path: Path) -> None:
    times = [0, 40, 90, 130, 200, 210, 300, 333, 400, 444, 500, 555]
    colours = {"colorspace": 9, "color_primaries": 9, "color_trc": 16, "color_range": 1}
    source = make_video("in.mkv", sound="aac", times=times, deep=True, **colours)
    target = copy(source, tmp_path / "out.mkv")
    assert packets(target, "audio") == packets(source, "audio")
    shown = [sorted(time for time, _ in packets(path, "video")) for path in (source, target)]
    assert shown[0] == shown[1] == [time / 1000 for time in times]
    with av.open(str(target)) as container:
        context = container.streams.video[0].codec_context
        assert {key: int(getattr(context, key)) for key in colours} == colours
        assert context.pix_fmt == "yuv420p10le"
        assert container.metadata["title"] == "a test"


def test_a_part_begins_at_zero_with_its_own_sound(make_video: Make, tmp_path: Path) -> None:
    source = make_video("in.mkv", sound="flac", n_frames=48)
    target = copy(source, tmp_path / "out.mkv", range(25, 37))
    times = sorted(time for time, _ in packets(target, "video"))
    assert len(times) == 12
    assert times[0] == 0
    whole = {data: time for time, data in packets(source, "audio")}
    sound = packets(target, "audio")
    assert sound
    for time, data in sound:
        assert whole[data] - 1 == pytest.approx(time, abs=2e-3)
        assert 0 <= time < 0.5


def test_sound_that_does_not_fit_is_told(make_video: Make, tmp_path: Path) -> None:
    source = make_video("in.mkv", sound="flac")
    reader = open_clip(source)
    writer = create_clip(tmp_path / "out.webm", reader, range(1, 13))
    assert any("flac" in notice for notice in writer.notices)
    writer.discard()


def test_rotation_travels(make_video: Make, tmp_path: Path) -> None:
    straight, turned = make_video("a.mp4"), tmp_path / "turned.mp4"
    with av.open(str(straight)) as source, av.open(str(turned), "w") as out:
        stream = out.add_stream_from_template(source.streams.video[0])
        stream.set_display_rotation(90)
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)
    before, after = (
        open_clip(path).format.display_matrix for path in (turned, copy(turned, tmp_path / "o.mp4"))
    )
    assert before is not None
    assert before[:2] == (0, -65536)
    assert after == before


@pytest.mark.parametrize("codec", ["hevc", "prores", "vp9", "ffv1"])
def test_codecs(make_video: Make, tmp_path: Path, codec: str) -> None:
    target = copy(make_video(), tmp_path / "out.mkv", codec=codec)
    with av.open(str(target)) as container:
        assert container.streams.video[0].codec_context.codec.canonical_name == codec
        assert sum(1 for _ in container.decode(video=0)) == 12


def test_one_frame_is_a_clip(make_video: Make, tmp_path: Path) -> None:
    assert len(planes(copy(make_video(n_frames=1), tmp_path / "out.mp4"))) == 1


def test_half_written_video_is_refused(make_video: Make, tmp_path: Path) -> None:
    whole = make_video(n_frames=30).read_bytes()
    half = tmp_path / "half.mp4"
    half.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(MediaError, match=r"half\.mp4 cannot be read"):
        open_clip(half)


def test_no_video_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("not a video")
    with pytest.raises(MediaError, match=r"notes\.mp4 cannot be read"):
        open_clip(text)
    with pytest.raises(MediaError, match="does not exist"):
        open_clip(tmp_path / "nothing.mp4")


def test_changing_size_is_refused(make_video: Make, tmp_path: Path) -> None:
    small, large = make_video("a.ts", n_frames=5), make_video("b.ts", n_frames=5, size=(96, 64))
    both = tmp_path / "both.h264"
    with av.open(str(both), "w", format="mpegts") as out:
        stream = None
        shift = 0
        for path in (small, large):
            with av.open(str(path)) as source:
                stream = stream or out.add_stream_from_template(source.streams.video[0])
                for packet in source.demux(video=0):
                    if packet.dts is None or packet.pts is None:
                        continue
                    packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                    packet.stream = stream
                    out.mux(packet)
            shift += 90000
    reader = open_clip(both)
    last = reader.frame(reader.last)
    assert last is not None
    with pytest.raises(FrameError, match="is 96 x 64, and frame 1 is 64 x 48"):
        last.pixels()


def test_nothing_is_overwritten_unasked(make_video: Make, tmp_path: Path) -> None:
    source = make_video()
    target = tmp_path / "out.mp4"
    target.write_text("mine")
    with pytest.raises(MediaError, match="--overwrite"):
        copy(source, target)
    with pytest.raises(MediaError, match="source itself"):
        create_clip(source, open_clip(source), range(1, 2), overwrite=True)
    assert target.read_text() == "mine"


def test_nothing_half_written_stays(make_video: Make, tmp_path: Path) -> None:
    reader = open_clip(make_video())
    writer = create_clip(tmp_path / "out.mp4", reader, range(1, 13))
    frame = reader.frame(1)
    assert frame is not None
    writer.write(1, frame.pixels())
    assert not (tmp_path / "out.mp4").exists()
    writer.discard()
    assert [path.name for path in tmp_path.iterdir()] == ["in.mp4"]


@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("out.mp4", {"codec": "divx"}, "codec is 'divx'; it must be one of h264"),
        ("out.mp4", {"quality": 60}, "quality is 60; it must lie between 0 and 51"),
        ("out.xyz", {}, "no ending of a video"),
        ("nowhere/out.mp4", {}, "the folder .* does not exist"),
    ],
)
def test_wrong_wishes(
    make_video: Make, tmp_path: Path, name: str, options: dict[str, object], sentence: str
) -> None:
    reader = open_clip(make_video())
    with pytest.raises(EvenlightError, match=sentence) as caught:
        create_clip(tmp_path / name, reader, range(1, 13), video=VideoOptions(**options))  # type: ignore[arg-type]
    assert isinstance(caught.value, ParamError if options or "xyz" in name else MediaError)


def test_recent_is_bounded_by_number_and_by_size() -> None:
    recent: Recent[str] = Recent(3, most_bytes=10)
    for number in range(5):
        recent.put(number, str(number), 1)
    assert [number for number in range(5) if number in recent] == [2, 3, 4]
    recent.get(2)
    recent.put(5, "5", 9)
    assert [number for number in range(6) if number in recent] == [2, 5]
    recent.put(6, "6", 99)
    assert len(recent) == 1
    assert recent.get(6) == "6"
