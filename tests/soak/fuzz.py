# SPDX-License-Identifier: Apache-2.0
"""Trials of what strangers may send: messages, analyses, presets, cards of networks."""

from __future__ import annotations

import json
import random
import socket
import struct
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from evenlight import Graph, load_preset, save_preset
from evenlight.analysis import Analysis, AnalysisSettings, Record
from evenlight.analysis.file import encode
from evenlight.colour.levels import LEVELS
from evenlight.errors import EvenlightError
from evenlight.flicker.estimate import FlickerEstimate
from evenlight.inference.cards import read_card
from evenlight.worker.channel import Effects, open_channel
from evenlight.worker.wire import Operation

from .trial import Figures, Trial, judged

_HANG = 20.0  # seconds


def analyses(count: int, seed: int) -> Figures:
    """Damages the bytes of an analysis; what is still read must be what was written."""
    rng, whole = random.Random(seed), encode([_record(number) for number in range(4)])
    seals = {record.seal() for record in Analysis.decode(whole).records()}
    refused = wrong = 0
    for _ in range(count):
        try:
            found = {record.seal() for record in Analysis.decode(_damaged(whole, rng)).records()}
            wrong += not found <= seals
        except EvenlightError:
            refused += 1
    return judged({"refused": refused, "wrong": wrong}, zero=("wrong",))


def _record(frame: int) -> Record:
    rng = np.random.default_rng(frame)
    settings = AnalysisSettings(
        radius=4, colour="per_channel", keep_above=1.0, local=False, resolution=0, bands="rows",
        solver="", method="classical", stages=(0.0, 0.0), cuts="auto", encoding="display",
        region=(0.0, 0.0, 1.0, 1.0), shot=(None, None),
    )  # fmt: skip
    estimate = FlickerEstimate(rng.normal(0, 0.1, (3, len(LEVELS))), None)
    thumbnail = rng.random((9, 16, 3)).astype(np.float16)
    return Record(frame, settings, (36, 64, 3), rng.bytes(16), thumbnail, estimate)


def presets(count: int, seed: int) -> Figures:
    """Damages presets, JSON and YAML by turns."""
    rng, refused = random.Random(seed), 0
    with tempfile.TemporaryDirectory() as name:
        wholes = []
        for ending in ("json", "yaml"):
            path = Path(name) / f"look.{ending}"
            save_preset(Graph.of("deflicker,restore").with_settings(["strength=0:1,9:0"]), path)
            wholes.append((path, path.read_bytes()))
        for number in range(count):
            path, whole = wholes[number % 2]
            path.write_bytes(_damaged(whole, rng))
            try:
                load_preset(path)
            except EvenlightError:
                refused += 1
    return {"refused": refused}


def cards(count: int, seed: int) -> Figures:
    """Damages the notes in a network's file from which its card is read."""
    from evenlight.inference.sessions import Sessions, names

    rng, refused = random.Random(seed), 0
    opened = [Sessions().shipped(name, "cpu") for name in names()]
    notes = [dict(one.session.get_modelmeta().custom_metadata_map) for one in opened]
    for number in range(count):
        given = dict(notes[number % len(notes)])
        key = rng.choice(sorted(given))
        given[key] = _damaged(given[key].encode(), rng).decode(errors="replace")
        try:
            read_card("any.onnx", given)
        except EvenlightError:
            refused += 1
    return {"refused": refused}


def _damaged(whole: bytes, rng: random.Random) -> bytes:
    """Some bytes changed, cut out, doubled, or the end cut off."""
    data = bytearray(whole)
    for _ in range(rng.randrange(1, 6)):
        at = rng.randrange(len(data) or 1)
        length = rng.randrange(1, 64)
        deeds: list[Callable[[], object]] = [
            lambda at=at: data.__setitem__(slice(at, at + 1), bytes([rng.randrange(256)])),
            lambda at=at, n=length: data.__delitem__(slice(at, at + n)),
            lambda at=at, n=length: data.__setitem__(slice(at, at), data[at : at + n]),
            lambda at=at: data.__setitem__(slice(at, at + 1), rng.choice([b"[", b"{", b"9" * 40])),
        ]
        rng.choice(deeds)()
    if rng.random() < 0.1:
        del data[rng.randrange(len(data) or 1) :]
    return bytes(data)


def messages(count: int, seed: int) -> Figures:
    """Speaks nonsense to the worker's end of channels, in this process."""
    rng, sent, longest = random.Random(seed), 0, 0.0
    effects, uncaught = Effects(), []
    threading.excepthook = lambda told: uncaught.append(str(told.exc_value))
    while sent < count:
        ours, theirs = socket.socketpair()
        thread = threading.Thread(target=open_channel(theirs.detach(), effects).serve, daemon=True)
        thread.start()
        begin = time.monotonic()
        sent += _speak(ours, rng)
        ours.close()
        thread.join(_HANG)
        longest = max(longest, time.monotonic() - begin)
        if thread.is_alive():
            uncaught.append("a channel hangs")
    return judged(
        {"messages": sent, "longest s": round(longest, 2), "uncaught": uncaught[:3]},
        zero=("uncaught",),
    )


def _speak(line: socket.socket, rng: random.Random) -> int:
    line.setblocking(False)
    sent = 0
    for _ in range(rng.randrange(1, 40)):
        try:
            line.sendall(_message(rng))
            sent += 1
            line.recv(1 << 16)
        except BlockingIOError:
            continue
        except OSError:
            break
    return sent


def _message(rng: random.Random) -> bytes:
    operation = rng.choice(list(Operation)) if rng.random() < 0.9 else rng.getrandbits(32)
    body = struct.pack("=I", operation)
    if rng.random() < 0.7:  # an effect, as most questions begin
        name = rng.choice([b"org.evenlight.deflicker", b"org.evenlight.none", b"\xff\xfe"])
        body += struct.pack("=qi", rng.choice([1, 2, -1]), len(name)) + name
    for _ in range(rng.randrange(8)):
        number = rng.choice([0, 1, 2, 4, -1, rng.getrandbits(31)])
        text = rng.choice([b"strength", b"analysis", json.dumps([1]).encode()])
        body += rng.choice(
            [
                struct.pack("=i", number),
                struct.pack("=d", rng.choice([0.0, 1.0, float("nan"), 1e300])),
                struct.pack("=i", len(text)) + text,
                struct.pack("=cd", rng.choice([b"d", b"i", b"s", b"t", b"?"]), 1.0),
            ]
        )
    size = len(body) if rng.random() < 0.97 else rng.choice([0, 3, 1 << 29, 0xFFFFFFFF])
    return struct.pack("=I", size) + body


FUZZING = {
    "fuzz-messages": Trial(messages, 3000, 1_000_000),
    "fuzz-analyses": Trial(analyses, 2000, 100_000),
    "fuzz-presets": Trial(presets, 500, 100_000),
    "fuzz-cards": Trial(cards, 500, 20_000),
}
