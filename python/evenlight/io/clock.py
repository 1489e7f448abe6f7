# SPDX-License-Identifier: Apache-2.0
"""Times of frames in the order they are shown, made whole where a file's clock is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Clock:
    """When frames are shown: strictly rising times, in units of `base` seconds."""

    times: tuple[int, ...]
    base: Fraction
    rate: Fraction | None
    #: Packet numbers at which the file's clock begins anew, and what is then added, in seconds.
    restarts: tuple[tuple[int, Fraction], ...]


def even_times(
    stamps: Sequence[int | None], packets: Sequence[int], base: Fraction, rate: Fraction | None
) -> Clock:
    """The clock of frames with these stamps, in the order shown, from packets of these numbers.

    A frame without a stamp follows the one before by the clip's rate; a clock that begins anew goes
    on; frames of one stamp share the time until the next.
    """
    step = max(1, round(1 / (rate * base))) if rate else 1
    known = _filled(stamps, step)
    whole, restarts = _followed(known, packets, step, base)
    doubled = max(_runs(whole), default=1)
    if doubled == 1:
        return Clock(tuple(whole), base, rate, restarts)
    times = _spread(whole, step, doubled)
    fine = base / doubled
    mean = Fraction(len(times) - 1) / ((times[-1] - times[0]) * fine)
    rate = mean if rate is None or rate < mean else rate
    return Clock(tuple(times), fine, rate.limit_denominator(1001), restarts)


def _filled(stamps: Sequence[int | None], step: int) -> list[int]:
    """Stamps with those that are missing counted on by `step` from the one before."""
    first = next((i for i, stamp in enumerate(stamps) if stamp is not None), None)
    start = 0 if first is None else (stamps[first] or 0) - first * step
    known: list[int] = []
    for stamp in stamps:
        before = known[-1] if known else start - step
        known.append(before + step if stamp is None else stamp)
    return known


def _followed(
    stamps: list[int], packets: Sequence[int], step: int, base: Fraction
) -> tuple[list[int], tuple[tuple[int, Fraction], ...]]:
    """Stamps that never fall: what follows a fall is moved to where the clip has come."""
    added, whole = 0, list[int]()
    restarts: list[tuple[int, Fraction]] = []
    for place, stamp in enumerate(stamps):
        if whole and stamp + added < whole[-1]:
            added = whole[-1] + step - stamp
            restarts.append((min(packets[place:]), added * base))
        whole.append(stamp + added)
    return whole, tuple(restarts)


def _runs(times: list[int]) -> list[int]:
    """Lengths of runs of one time."""
    lengths, last = [], None
    for time in times:
        if time == last:
            lengths[-1] += 1
        else:
            lengths.append(1)
        last = time
    return lengths


def _spread(times: list[int], step: int, parts: int) -> list[int]:
    """Times in `parts` of a unit, those of a run spread over the time until the next."""
    spread: list[int] = []
    at = 0
    for length in _runs(times):
        begin = times[at] * parts
        end = (times[at + length] if at + length < len(times) else times[at] + step) * parts
        spread += [begin + (end - begin) * i // length for i in range(length)]
        at += length
    return spread
