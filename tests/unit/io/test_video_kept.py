# SPDX-License-Identifier: Apache-2.0
"""Samples, tags and passengers of video: kept as they were, or told."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from tests.unit.io.film import BARS, BT709, copy, digests, ffmpeg, film, told_of, words

from evenlight.errors import ParamError
from evenlight.io import VideoOptions, create_clip, open_clip
from evenlight.io.stream_format import FieldOrder

LIKE_709 = f"scale=out_color_matrix=bt709,format={{}},{BT709}"
HDR = (
    "log-level=none:hdr10=1:repeat-headers=1:chromaloc=2:master-display=G(13250,34500)B(7500,3000)R(34000,16000)"
    "WP(15635,16450)L(10000000,50):max-cll=1000,400"
)
#: By name: options that lose nothing, format of pixels, and a filter before it.
EXACT = {
    "alpha10.mkv": ("-c:v ffv1", "yuva444p10le", LIKE_709),
    "alpha.mkv": ("-c:v ffv1", "yuva420p", LIKE_709),
    "alpha.avi": ("-c:v utvideo", "gbrap", "format={}"),
    "alpha.mov": ("-c:v png", "rgba", "format={}"),
    "animation.mov": ("-c:v qtrle", "rgb24", "format={}"),
    "x264rgb.mp4": ("-c:v libx264rgb -qp 0", "rgb24", "format={}"),
    "png48.mov": ("-c:v png", "rgb48be", "format={}"),
    "huff.avi": ("-c:v ffvhuff", "gbrp10le", "format={}"),
    "gbr12.mkv": ("-c:v ffv1", "gbrp12le", "format={}"),
    "hevcrgb.mp4": ("-c:v libx265 -x265-params log-level=none:lossless=1", "gbrp", "format={}"),
    "hevc12.mp4": ("-c:v libx265 -x265-params log-level=none:lossless=1", "yuv444p12le", LIKE_709),
    "uyvy.mov": ("-c:v rawvideo", "uyvy422", LIKE_709),
    "yuyv.avi": ("-c:v rawvideo", "yuyv422", LIKE_709),
    "nv12.mkv": ("-c:v rawvideo", "nv12", LIKE_709),
    "v210.mov": ("-c:v v210", "yuv422p10le", LIKE_709),
    "grey.mkv": ("-c:v ffv1", "gray", "format={}"),
    "grey10.mp4": ("-c:v libx264 -qp 0", "gray10le", "format={}"),
    "full.mp4": ("-c:v libx264 -qp 0", "yuv420p", "scale=out_range=full,format={},setrange=pc"),
    "rgbfull.mp4": ("-c:v libx264rgb -qp 0", "rgb24", "format={},setrange=pc"),
    "vp9444.webm": ("-c:v libvpx-vp9 -lossless 1", "yuv444p", LIKE_709),
    "yuv16.mkv": ("-c:v ffv1 -strict -2", "yuv422p16le", LIKE_709),
    "odd.mp4": ("-c:v libx264 -qp 0", "yuv444p", "crop=95:63,format={}"),
}  # fmt: skip


@pytest.mark.parametrize("name", EXACT)
def test_samples_and_tags_come_back(tmp_path: Path, name: str) -> None:
    options, pixels, filters = EXACT[name]
    encoding = f"-vf {filters.format(pixels)} {options} -pix_fmt {pixels}"
    source = film(tmp_path / name, encoding, picture=BARS, seconds=0.2)
    target = tmp_path / f"out{source.suffix}"
    told = copy(source, target)
    assert digests(target) == digests(source)
    before, after = told_of(source), told_of(target)
    for what in (
        "family",
        "sampling",
        "depth",
        "alpha",
        "range",
        "matrix",
        "primaries",
        "transfer",
    ):
        assert getattr(after, what) == getattr(before, what), what
    assert told == []


def test_alpha_of_webm_is_read_and_written(tmp_path: Path) -> None:
    alpha = "format=yuva420p,geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='2*X'"
    source = tmp_path / "in.webm"
    ffmpeg("-f", "lavfi", "-i", f"{BARS}:d=0.2", "-vf", alpha, "-c:v", "libvpx-vp9", "-lossless",
           "1", source)  # fmt: skip
    copy(source, tmp_path / "out.webm")
    reader, again = open_clip(source), open_clip(tmp_path / "out.webm")
    for number in (1, 5):
        one, other = reader.frame(number), again.frame(number)
        assert one is not None
        assert other is not None
        assert one.pixels().shape[2] == 4
        assert np.ptp(one.pixels()[..., 3]) > 0.5
        assert np.array_equal(one.pixels(), other.pixels())


@pytest.mark.parametrize("pixels", ["yuv444p10le", "yuva444p10le"])
def test_prores_4444_stays(tmp_path: Path, pixels: str) -> None:
    encoding = f"-vf {LIKE_709.format(pixels)} -c:v prores_ks -profile:v 4444"
    source = film(tmp_path / "in.mov", encoding, picture=BARS)
    copy(source, tmp_path / "out.mov")
    before, after = told_of(source), told_of(tmp_path / "out.mov")
    assert (after.family, after.profile, after.sampling) == ("prores", "4444", "4:4:4")
    assert after.alpha == before.alpha == (pixels[3] == "a")


@pytest.mark.parametrize(
    ("tags", "header"),
    [
        ("colorspace=bt709:color_primaries=bt709:color_trc=bt709", (1, 1, 1)),
        ("colorspace=bt2020nc:color_primaries=bt2020:color_trc=arib-std-b67", (9, 18, 9)),
    ],
)
def test_headers_of_prores_tell_colours(
    tmp_path: Path, tags: str, header: tuple[int, int, int]
) -> None:
    encoding = f"-vf format=yuv422p10le,setparams={tags}:range=tv -c:v prores_ks"
    copy(film(tmp_path / "in.mov", encoding), tmp_path / "out.mov")
    data = (tmp_path / "out.mov").read_bytes()
    place = data.index(b"icpf")
    assert tuple(data[place + 18 : place + 21]) == header


def test_what_cannot_be_kept_is_told_before(tmp_path: Path) -> None:
    deep = film(tmp_path / "in.webm", "-c:v libvpx-vp9 -pix_fmt yuv420p10le -crf 10")
    told = copy(deep, tmp_path / "out.webm")
    after = told_of(tmp_path / "out.webm")
    assert (after.depth, after.family) == (10, "av1")  # our VP9 encoder has 8 bits
    assert any("codec vp9 becomes av1" in line for line in told)
    prores = film(tmp_path / "in.mov", "-c:v prores_ks -pix_fmt yuv422p10le")
    told = copy(prores, tmp_path / "out.mp4", codec="h264")
    assert any("codec prores becomes h264" in line for line in told)
    assert told_of(tmp_path / "out.mp4").sampling == "4:2:2"


@pytest.mark.parametrize(
    ("name", "options", "aspect"),
    [
        ("a.mov", "-vf setsar=16/15 -c:v prores_ks", "16/15"),
        ("b.mkv", "-vf setsar=16/15 -c:v ffv1 -pix_fmt yuv420p", "16/15"),
        ("c.mp4", "-vf setsar=3/4 -c:v libx264 -pix_fmt yuv420p", "3/4"),
        ("d.webm", "-vf setsar=4/3 -c:v libvpx-vp9 -pix_fmt yuv420p", "4/3"),
        ("e.avi", "-vf setsar=4/3 -c:v utvideo -pix_fmt yuv422p", "4/3"),
        ("f.mxf", "-vf setsar=4/3 -c:v mpeg2video -pix_fmt yuv420p", "4/3"),
        ("g.ts", "-vf setsar=4/3 -c:v libx264 -pix_fmt yuv420p", "4/3"),
    ],
)
def test_the_shape_of_pixels_stays(tmp_path: Path, name: str, options: str, aspect: str) -> None:
    source = film(tmp_path / name, options)
    target = tmp_path / f"out{source.suffix}"
    assert not any("pixel aspect" in line for line in copy(source, target))
    before, after = told_of(source).sample_aspect, told_of(target).sample_aspect
    assert before == after
    assert after == Fraction(aspect) or name == "f.mxf"  # which rounds the shape of the screen
    assert after != 1


@pytest.mark.parametrize("matrix", [(-1, 0, 0, 1), (1, 0, 0, -1), (0, 1, 1, 0), (0, 1, -1, 0)])
@pytest.mark.parametrize("suffix", ["mp4", "mov"])
def test_turned_and_mirrored_pictures_stay_so(
    tmp_path: Path, suffix: str, matrix: tuple[int, int, int, int]
) -> None:
    source = film(tmp_path / f"in.{suffix}", "-c:v libx264 -pix_fmt yuv420p")
    data = bytearray(source.read_bytes())
    place = data.index(b"tkhd") + 4 + 4 + 20 + 8 + 8
    a, b, c, d = (value << 16 for value in matrix)
    data[place : place + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    source.write_bytes(data)
    target = tmp_path / f"out.{suffix}"
    copy(source, target)
    wanted = told_of(source).display_matrix
    assert wanted is not None
    assert told_of(target).display_matrix == wanted


@pytest.mark.parametrize("top", [True, False], ids=["top", "bottom"])
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.mp4", "-c:v libx264 -pix_fmt yuv420p"),
        ("b.mov", "-c:v prores_ks -pix_fmt yuv422p10le"),
        ("c.mkv", "-c:v ffv1 -pix_fmt yuv420p"),
        ("d.ts", "-c:v mpeg2video -pix_fmt yuv420p"),
        ("e.mxf", "-c:v mpeg2video -pix_fmt yuv422p"),
        ("f.mov", "-c:v v210 -pix_fmt yuv422p10le"),
    ],
)
def test_fields_stay(tmp_path: Path, name: str, options: str, *, top: bool) -> None:
    kind = "tff" if top else "bff"
    encoding = f"-vf setfield={kind} {options} -flags +ilme+ildct"
    encoding += " -field_order tt" if top else " -field_order bb"
    source = film(tmp_path / name, encoding)
    target = tmp_path / f"out{source.suffix}"
    copy(source, target)
    before, after = told_of(source), told_of(target)
    assert before.field_order.is_interlaced
    assert after.field_order.top_first == before.field_order.top_first == top
    if before.family != "h264":  # there it is what its pictures say
        assert after.container_field_order == before.container_field_order
    with av.open(str(target)) as container:
        frame = next(container.decode(video=0))
        assert frame.interlaced_frame or name == "f.mov"  # whose codec has no word for it


def test_orders_of_fields_in_words() -> None:
    assert str(FieldOrder.TOP_TOP) == "interlaced, top field first"
    assert str(FieldOrder.PROGRESSIVE) == "progressive"


@pytest.mark.parametrize(
    ("name", "encoder", "family"),
    [("a.mp4", "hevc", "hevc"), ("b.mkv", "hevc", "hevc"), ("c.mp4", "h264", "h264")],
)
def test_light_of_hdr_arrives(tmp_path: Path, name: str, encoder: str, family: str) -> None:
    colours = "colorspace=bt2020nc:color_primaries=bt2020:color_trc=smpte2084:range=tv"
    encoding = f"-vf format=yuv420p10le,setparams={colours} -c:v libx265 -x265-params "
    source = film(tmp_path / "in.mp4", encoding + HDR)
    told = copy(source, tmp_path / name, codec=encoder)
    before, after = told_of(source), told_of(tmp_path / name)
    assert after.family == family
    assert [what for what, _ in before.side_data] == [
        "MASTERING_DISPLAY_METADATA", "CONTENT_LIGHT_LEVEL",
    ]  # fmt: skip
    assert struct.unpack("<2I", after.side("CONTENT_LIGHT_LEVEL")) == (1000, 400)
    numbers = [np.frombuffer(f.side("MASTERING_DISPLAY_METADATA"), "<i4")[:20].reshape(10, 2)
               for f in (before, after)]  # fmt: skip
    ratios = [pairs[:, 0] / pairs[:, 1] for pairs in numbers]
    np.testing.assert_allclose(ratios[0], ratios[1])
    assert after.chroma_place == before.chroma_place == "topleft"
    assert (after.matrix, after.transfer) == (9, 16)
    assert not any("light" in line for line in told)


def test_passengers_of_matroska_arrive(tmp_path: Path) -> None:
    (tmp_path / "c.txt").write_text(
        ";FFMETADATA1\ntitle=Test\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=200\ntitle=One\n"
        "[CHAPTER]\nTIMEBASE=1/1000\nSTART=200\nEND=400\ntitle=Two\n"
    )
    (tmp_path / "s.srt").write_text("1\n00:00:00,100 --> 00:00:00,300\nHello\n")
    (tmp_path / "f.ttf").write_text("font")
    source = ffmpeg(
        *words("-f lavfi -i testsrc2=s=96x64:r=25:d=0.4 -f lavfi -i"),
        *words("sine=440:d=0.4"),
        *words("-f lavfi -i sine=880:d=0.4 -i"), tmp_path / "c.txt", "-i", tmp_path / "s.srt",
        *words("-map 0:v -map 1:a -map 2:a -map 4:s -map_metadata 3"),
        *words("-map_chapters 3"),
        *words("-pix_fmt yuv420p -c:v libx264 -c:a aac -c:s ass"),
        *words("-metadata:s:a:0 language=deu"),
        *words("-disposition:a:0 0 -disposition:a:1 default -disposition:s:0"),
        *words("forced -attach"),
        tmp_path / "f.ttf", "-metadata:s:t", "mimetype=application/x-truetype-font",
        tmp_path / "in.mkv",
    )  # fmt: skip
    assert copy(source, tmp_path / "out.mkv") == []
    before, after = told_of(source), told_of(tmp_path / "out.mkv")
    assert after.chapters == before.chapters
    assert len(after.chapters) == 2
    assert after.passengers == before.passengers
    assert after.tags["title"] == "Test"
    told = copy(source, tmp_path / "out.mp4")
    assert any("f.ttf" in line and "left behind" in line for line in told)
    assert any("subtitle" in line for line in told)
    assert [chapter.tags for chapter in told_of(tmp_path / "out.mp4").chapters] == [
        (("title", "One"),), (("title", "Two"),),
    ]  # fmt: skip
    copy(source, tmp_path / "part.mkv", range(6, 11))
    assert [(c.begin, c.tags) for c in told_of(tmp_path / "part.mkv").chapters] == [
        (0, (("title", "Two"),))
    ]


def test_keys_and_covers_of_mp4_arrive(tmp_path: Path) -> None:
    cover = film(tmp_path / "cover.jpg", "-frames:v 1")
    source = ffmpeg(
        *words("-f lavfi -i testsrc2=s=96x64:r=25:d=0.4 -i"), cover,
        *words("-map 0:v -map 1:v -pix_fmt:v:0 yuv420p -c:v:0 libx264 -c:v:1"),
        *words("copy"),
        *words("-disposition:v:1 attached_pic"), tmp_path / "in.mp4",
    )  # fmt: skip
    for name in ("out.mp4", "out.mkv"):
        assert copy(source, tmp_path / name) == []
        assert [p.kind for p in told_of(tmp_path / name).passengers] == ["cover"]
    keyed = film(tmp_path / "keys.mov", "-pix_fmt yuv420p -c:v libx264 -movflags use_metadata_tags "
                 "-metadata com.apple.quicktime.make=Camera")  # fmt: skip
    copy(keyed, tmp_path / "kept.mov")
    assert told_of(tmp_path / "kept.mov").tags["com.apple.quicktime.make"] == "Camera"


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.mov", "-c:v prores_ks"),
        ("b.mp4", "-c:v libx264 -pix_fmt yuv420p"),
        ("c.mxf", "-c:v mpeg2video -pix_fmt yuv422p"),
        ("d.mkv", "-c:v ffv1 -pix_fmt yuv420p"),
    ],
)
def test_the_timecode_of_a_part_advances(tmp_path: Path, name: str, options: str) -> None:
    source = film(tmp_path / name, f"{options} -timecode 01:00:00:02")
    for numbers, wanted in ((None, "01:00:00:02"), (range(6, 11), "01:00:00:07")):
        target = tmp_path / f"out{source.suffix}"
        copy(source, target, numbers)
        assert told_of(target).timecode == wanted
        target.unlink()


@pytest.mark.parametrize(
    ("source", "target", "codec"),
    [
        ("a.mkv -c:v ffv1", "out.mov", None),
        ("a.mkv -c:v ffv1", "out.ts", None),
        ("b.mov -c:v prores_ks", "out.mp4", None),
        ("b.mov -c:v prores_ks", "out.ts", None),
        ("c.mp4 -c:v libx265 -x265-params log-level=none", "out.mxf", None),
        ("d.webm -c:v libvpx-vp9", "out.mov", None),
        ("e.mp4 -c:v libx264", "out.webm", "h264"),
    ],
)
def test_a_codec_that_does_not_fit_is_refused(
    tmp_path: Path, source: str, target: str, codec: str | None
) -> None:
    name, _, options = source.partition(" ")
    reader = open_clip(film(tmp_path / name, options))
    with pytest.raises(ParamError, match=r"does not fit into .* choose one with --codec: "):
        create_clip(tmp_path / target, reader, range(1, 3), video=VideoOptions(codec=codec))
    assert not (tmp_path / target).exists()


@pytest.mark.parametrize(
    ("options", "profile"),
    [
        ("-c:v dnxhd -b:v 90M -pix_fmt yuv422p", "DNXHD"),
        ("-c:v dnxhd -profile:v dnxhr_sq -pix_fmt yuv422p", "DNXHR SQ"),
        ("-c:v dnxhd -profile:v dnxhr_hqx -pix_fmt yuv422p10le", "DNXHR HQX"),
    ],
)
def test_dnxhd_stays(tmp_path: Path, options: str, profile: str) -> None:
    source = film(tmp_path / "in.mov", options, picture="testsrc2=s=1280x720:r=25", seconds=0.1)
    assert copy(source, tmp_path / "out.mov") == []
    before, after = told_of(source), told_of(tmp_path / "out.mov")
    assert before.profile == after.profile == profile
    assert (after.family, after.depth, after.sampling) == ("dnxhd", before.depth, "4:2:2")
    assert after.bit_rate == pytest.approx(before.bit_rate, rel=0.1)


def test_sound_that_a_muxer_would_refuse_is_told(tmp_path: Path) -> None:
    source = ffmpeg(
        *words("-f lavfi -i testsrc2=s=96x64:r=25:d=0.4 -f lavfi -i sine=440:d=0.4"),
        *words("-pix_fmt yuv420p -c:v libx264 -c:a aac"), tmp_path / "in.ts",
    )  # fmt: skip
    told = copy(source, tmp_path / "out.avi")
    assert any("audio" in line and "left behind" in line for line in told)
    assert copy(source, tmp_path / "out.mov") == []
    assert [p.codec for p in told_of(tmp_path / "out.mov").passengers] == ["aac"]
