"""The compiled loops behind `need`: walking through renewal processes, and sorting what they meet into rounds."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from regulars.ground.chance import ln, philox, purpose, unit
from regulars.ground.kernel import kernel

GAP, ATTEND = purpose("need", "gap"), purpose("need", "attend")


@kernel
def walk(
    stages: Any,
    end: Any,
    interval: Any,
    rate: Any,
    exit_time: Any,
    next_time: Any,
    next_occasion: Any,
    key_a: Any,
    key_b: Any,
    who: Any,
    occasion: Any,
    time: Any,
) -> Any:
    """Write all opportunities before `end`, customer by customer, and return how many there are.

    The customers are left at their next opportunity. When the room does not suffice the count is still right.
    """
    room = who.size
    n = 0
    for i in range(rate.size):
        t = next_time[i]
        if t >= end or rate[i] <= 0.0:
            continue
        k = next_occasion[i]
        stop = min(end, np.float64(exit_time[i]))
        attend = rate[i] * interval
        word0 = word1 = word2 = word3 = np.uint64(0)
        have = -1
        while t < end:
            met = t < stop
            if stages == 0:
                if k // 4 != have:
                    have = k // 4
                    word0, word1, word2, word3 = philox(i, have, 0, ATTEND, key_a, key_b)
                quarter = k % 4
                word = (
                    word0 if quarter == 0 else (word1 if quarter == 1 else (word2 if quarter == 2 else word3))
                )
                met = met and unit(word) < attend
            if met:
                if n < room:
                    who[n] = i
                    occasion[n] = k
                    time[n] = t
                n += 1
            k += 1
            if stages == 0:
                t += interval
            else:
                gap = 0.0
                for block in range((stages + 3) // 4):
                    a, b, c, d = philox(i, k, block, GAP, key_a, key_b)
                    gap -= ln(unit(a))
                    if 4 * block + 1 < stages:
                        gap -= ln(unit(b))
                    if 4 * block + 2 < stages:
                        gap -= ln(unit(c))
                    if 4 * block + 3 < stages:
                        gap -= ln(unit(d))
                t += gap / (stages * np.float64(rate[i]))
        next_time[i] = t
        next_occasion[i] = k
    return n


@kernel
def attend(
    first: Any,
    last: Any,
    interval: Any,
    rate: Any,
    entry: Any,
    exit_time: Any,
    key_a: Any,
    key_b: Any,
    who: Any,
    occasion: Any,
    time: Any,
    ends: Any,
) -> None:
    """Write who attends each common date first..last-1; `ends[d]` counts the rows up to date d."""
    n = 0
    people = rate.size
    words = np.empty((4, people))
    have = -1
    for date in range(first, last):
        quarter = date % 4
        if date // 4 != have:
            have = date // 4
            for i in range(people):
                a, b, c, d = philox(i, have, 0, ATTEND, key_a, key_b)
                words[0, i] = unit(a)
                words[1, i] = unit(b)
                words[2, i] = unit(c)
                words[3, i] = unit(d)
        t = date * interval
        line = words[quarter]
        for i in range(people):
            who[n] = i
            n += (line[i] < rate[i] * interval) & (entry[i] <= t) & (t < exit_time[i])
        for o in range(ends[date - first], n):
            occasion[o] = date
            time[o] = t
        ends[date - first + 1] = n


@kernel
def arrange(who: Any, occasion: Any, time: Any, start: Any, length: Any, beats: Any) -> Any:
    """Sort opportunities by beat and, within a beat, into rounds in which everybody has one at most.

    Returns the sorted columns and `edges[beat, round]`, where rounds begin and end.
    """
    n = who.size
    beat = np.empty(n, np.int32)
    turn = np.empty(n, np.int32)
    most = 1
    for o in range(n):
        # max: a time on the very edge may round into the beat before the chunk
        beat[o] = min(max(math.floor((time[o] - start) / length), 0), beats - 1)
        again = o > 0 and who[o] == who[o - 1] and beat[o] == beat[o - 1]
        turn[o] = turn[o - 1] + 1 if again else 0
        most = max(most, turn[o] + 1)
    edges = np.zeros((beats, most + 1), np.int64)
    for o in range(n):
        edges[beat[o], turn[o] + 1] += 1
    position = np.empty((beats, most), np.int64)
    total = 0
    for k in range(beats):
        edges[k, 0] = total
        for r in range(most):
            position[k, r] = total
            total += edges[k, r + 1]
            edges[k, r + 1] = total
    out_who = np.empty(n, np.int32)
    out_occasion = np.empty(n, np.int32)
    out_time = np.empty(n, np.float64)
    for o in range(n):
        at = position[beat[o], turn[o]]
        position[beat[o], turn[o]] = at + 1
        out_who[at] = who[o]
        out_occasion[at] = occasion[o]
        out_time[at] = time[o]
    return out_who, out_occasion, out_time, edges
