"""Checks on the text of a figure: what is written, whether it stays inside, whether it overlaps."""

from __future__ import annotations

import itertools
from typing import Any

from matplotlib.text import Text


def texts(figure: Any) -> list[Text]:
    """Every text that is drawn: titles, labels, numbers, and ticks inside the view."""
    found: list[Text] = list(figure.texts)
    for axes in figure.axes:
        found += [*axes.texts, axes.title]
        for axis in (axes.xaxis, axes.yaxis):
            if not axis.get_visible():
                continue
            low, high = sorted(axis.get_view_interval())
            found.append(axis.label)
            found += [t.label1 for t in axis.get_major_ticks() if low - 1e-9 <= t.get_loc() <= high + 1e-9]
    return [text for text in found if text.get_visible() and text.get_text().strip()]


def written(figure: Any) -> str:
    """All text in one string."""
    return "\n".join(text.get_text() for text in texts(figure))


def boxes(figure: Any) -> list[tuple[str, Any]]:
    """Extent of every text in pixels, a hair smaller than it is."""
    renderer = figure.canvas.get_renderer()
    return [(text.get_text(), Text.get_window_extent(text, renderer).padded(-1.0)) for text in texts(figure)]


def overlaps(figure: Any) -> list[tuple[str, str]]:
    """Pairs of texts that touch."""
    return [(a, b) for (a, x), (b, y) in itertools.combinations(boxes(figure), 2) if x.overlaps(y)]


def outside(figure: Any) -> list[str]:
    """Texts that leave the sheet."""
    sheet = figure.bbox.padded(1.0)
    return [
        text
        for text, box in boxes(figure)
        if not (sheet.x0 <= box.x0 and box.x1 <= sheet.x1 and sheet.y0 <= box.y0 and box.y1 <= sheet.y1)
    ]


def clipped(figure: Any) -> list[tuple[Any, ...]]:
    """Dots and lines in data that an edge of their axes cuts off, dots with their own size; arrows say that there is more."""
    found: list[tuple[Any, ...]] = []
    for axes in figure.axes:
        frame = axes.get_window_extent().padded(1.0)
        for line in axes.lines:
            if (
                line.get_transform() != axes.transData
                or line.get_marker() in ("<", ">", "^", "v")
                or not line.get_clip_on()
            ):
                continue
            round_it = line.get_markersize() / 2 * figure.dpi / 72 if line.get_marker() == "o" else 0.0
            for x, y in axes.transData.transform(line.get_xydata()):
                if not (
                    frame.x0 <= x - round_it and x + round_it <= frame.x1 and frame.y0 <= y and y <= frame.y1
                ):
                    found.append((line.get_marker(), line.get_xydata().tolist()))
                    break
    return found
