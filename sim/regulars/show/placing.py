"""Text in figures: names made short and harmless, widths measured, labels kept apart."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from regulars.ground.lines import columns, head, short

POINTS = 72.0
Box = tuple[float, float, float, float]


def wrap(text: str, width: int, lines: int = 3) -> str:
    """The text broken into at most `lines` lines of at most `width` columns, the last one cut with an ellipsis."""
    broken: list[str] = [""]
    words = text.split()
    for k, word in enumerate(words):
        longer = f"{broken[-1]} {word}".strip()
        if columns(longer) <= width:
            broken[-1] = longer
            continue
        if len(broken) == lines:
            broken[-1] = short(" ".join([broken[-1], *words[k:]]), width)
            break
        if broken[-1]:
            broken.append(word)
        else:
            broken[-1] = word
        while columns(broken[-1]) > width and len(broken) < lines:
            start = head(broken[-1], width)
            broken[-1:] = [start, broken[-1][len(start) :]]
        broken[-1] = short(broken[-1], width)
    return "\n".join(broken)


def balanced(text: str, width: int, lines: int = 3) -> str:
    """As `wrap`, with lines of about equal length."""
    told = wrap(text, width, lines)
    needed = told.count("\n")
    for narrower in range(width - 1, width // 2, -1):
        tried = wrap(text, narrower, lines)
        if tried.count("\n") > needed or tried.replace("\n", " ") != told.replace("\n", " "):
            break
        told = tried
    return told


@lru_cache(maxsize=4096)
def extent(text: str, size: float, bold: bool = False) -> tuple[float, float]:
    """Width and height in inches of text drawn at `size` points.

    Wide letters (Chinese) count an em each and others are measured in the usual font, so that a figure is laid out alike on
    machines with other fonts.
    """
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    from regulars.show.style import look

    lines = text.split("\n")
    width = 0.0
    with look():
        font = FontProperties(size=size, weight="bold" if bold else "normal")
        for line in lines:
            narrow = "".join(c for c in line if unicodedata.east_asian_width(c) not in "WF")
            measured = text_to_path.get_text_width_height_descent(narrow or " ", font, False)[0]
            width = max(width, measured + (len(line) - len(narrow)) * size)
    return width / POINTS, len(lines) * size * 1.25 / POINTS


def widest(texts: Sequence[str], size: float, bold: bool = False) -> float:
    """Width in inches of the widest of the texts."""
    return max((extent(text, size, bold)[0] for text in texts), default=0.0)


def apart(places: Sequence[float], gap: float, low: float = -np.inf, high: float = np.inf) -> list[float]:
    """Places moved as little as possible (least squares) so that neighbours are at least `gap` apart and inside [low, high].

    Pools neighbours that collide, as in isotonic regression of place minus rank times gap.
    """
    order = np.argsort(np.asarray(places, dtype=float), kind="stable")
    blocks: list[list[float]] = []
    for rank, index in enumerate(order):
        blocks.append([float(places[index]) - rank * gap, 1.0])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, size = blocks.pop()
            blocks[-1] = [
                (blocks[-1][0] * blocks[-1][1] + mean * size) / (blocks[-1][1] + size),
                blocks[-1][1] + size,
            ]
    level = np.repeat([b[0] for b in blocks], [int(b[1]) for b in blocks]) if blocks else np.empty(0)
    level = np.clip(level, low, max(low, high - (len(places) - 1) * gap))
    moved = np.empty(len(places))
    moved[order] = level + np.arange(len(places)) * gap
    return [float(place) for place in moved]


def around(
    points: Sequence[tuple[float, float]],
    sizes: Sequence[tuple[float, float]],
    frame: Box,
    taken: Sequence[Box] = (),
) -> list[Box]:
    """A box of each size beside its point, inside `frame`, clear of points, of `taken` and of one another where possible.

    All in one unit (inches); boxes are (left, bottom, right, top). Of places that are as good the nearest is taken, and of
    these that to the right, to the left, above, below, then askew.
    """
    dots = [(x - 0.06, y - 0.06, x + 0.06, y + 0.06) for x, y in points]
    placed: list[Box] = []
    led: list[Box] = []  # lines from points to names that are placed, in pieces
    for (x, y), (width, height) in zip(points, sizes, strict=True):
        best, least = (x, y, x + width, y + height), np.inf
        for reach in (0.09, 0.16, 0.28, 0.45, 0.7, 1.0):
            for h, v in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)):
                left = x + (reach if h > 0 else -reach - width if h < 0 else -width / 2)
                bottom = y + (reach if v > 0 else -reach - height if v < 0 else -height / 2)
                box = (left, bottom, left + width, bottom + height)
                hidden = sum(overlap(box, other) for other in (*dots, *placed, *taken, *led))
                bad = (
                    hidden
                    + 0.05 * _crossed((x, y), box, (*taken, *placed))
                    + 10 * _outside(box, frame)
                    + 1e-6 * reach
                )
                if bad < least:
                    best, least = box, bad
            if least < 1e-5:
                break
        placed.append(best)
        led += [(a - 0.02, b - 0.02, a + 0.02, b + 0.02) for a, b in _line((x, y), best)]
    return placed


LEAD = 0.2  # a name further from its point than this gets a line that leads to it, inches


def nearest(point: tuple[float, float], box: Box) -> tuple[float, float]:
    """The place of a box that is nearest to a point."""
    return min(max(point[0], box[0]), box[2]), min(max(point[1], box[1]), box[3])


def _line(point: tuple[float, float], box: Box) -> list[tuple[float, float]]:
    """Places on the line that leads from a point to its box, beyond the point's own surroundings; none where there is no line."""
    end = nearest(point, box)
    length = float(np.hypot(end[0] - point[0], end[1] - point[1]))
    if length <= LEAD:
        return []
    steps = np.arange(0.08, length, 0.02) / length
    return [(point[0] + (end[0] - point[0]) * t, point[1] + (end[1] - point[1]) * t) for t in steps]


def _crossed(point: tuple[float, float], box: Box, taken: Sequence[Box]) -> float:
    """How far, in inches, the line that leads from a point to its box runs over what is taken."""
    return 0.02 * sum(
        any(left <= x <= right and bottom <= y <= top for left, bottom, right, top in taken)
        for x, y in _line(point, box)
    )


def overlap(a: Box, b: Box) -> float:
    """Area that two boxes share."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    return max(width, 0.0) * max(height, 0.0)


def _outside(box: Box, frame: Box) -> float:
    return sum(
        max(beyond, 0.0)
        for beyond in (frame[0] - box[0], frame[1] - box[1], box[2] - frame[2], box[3] - frame[3])
    )
