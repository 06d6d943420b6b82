"""Direct labels: names at the ends of lines and beside points, kept apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import hypot

from matplotlib.axes import Axes

from regulars.ground.lines import short
from regulars.show.placing import LEAD, Box, apart, around, extent, nearest
from regulars.show.plots.rows import size_of
from regulars.show.style import PAPER, TEXT, lettering

Place = tuple[float, float]
LINE, AWAY = (
    0.19,
    0.36,
)  # height of a label at the end of a line, and how far from it labels may stand, inches


def at_ends(
    axes: Axes,
    ends: Mapping[str, float],
    labels: Mapping[str, str],
    colours: Mapping[str, str],
    bold: Sequence[str] = (),
) -> None:
    """A label right of the axes at the height at which each line ends, moved apart where they would touch.

    Where one had to move, thin lines lead from the ends to their labels; a line that ends beyond the scale has none.
    """
    low, high = axes.get_ylim()
    wide, height = size_of(axes)
    wanted = [min(max((end - low) / (high - low), 0.0), 1.0) * height for end in ends.values()]
    inside = [low <= end <= high for end in ends.values()]
    places = apart(wanted, LINE, 0.05, height - 0.05)
    moved = max(abs(a - b) for a, b in zip(wanted, places, strict=True)) > 0.07
    for name, end, place, seen in zip(ends, wanted, places, inside, strict=True):
        if moved and seen:
            axes.plot([1 + 0.03 / wide, 1 + 0.2 / wide], [end / height, place / height], color=colours[name], linewidth=0.8,
                      transform=axes.transAxes, clip_on=False, label="_leader")  # fmt: skip
        axes.annotate(labels[name], (1, place / height), xycoords="axes fraction", xytext=(17 if moved else 7, 0), textcoords="offset points",
                      color=lettering(colours[name]), size=TEXT, weight="bold" if name in bold else "normal",
                      va="center_baseline", annotation_clip=False)  # fmt: skip


def at_points(
    axes: Axes,
    places: Mapping[str, tuple[float, float]],
    colours: Mapping[str, str],
    bold: Sequence[str] = (),
    lines: Sequence[tuple[float, float, float, float]] = (),
) -> None:
    """A name beside each point, clear of points, of `lines` (x0, y0, x1, y1 in data) and of one another.

    A thin line leads to the point where the name had to move away.
    """
    wide, tall = size_of(axes)
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()

    def inch(x: float, y: float) -> tuple[float, float]:
        return (x - x0) / (x1 - x0) * wide, (y - y0) / (y1 - y0) * tall

    dots = [inch(x, y) for x, y in places.values()]
    taken: list[Box] = []
    for a, b, c, d in lines:
        for (p, q), (r, s) in _pieces(inch(a, b), inch(c, d)):
            taken.append((min(p, r) - 0.02, min(q, s) - 0.02, max(p, r) + 0.02, max(q, s) + 0.02))
    labels = [short(name, 24) for name in places]
    boxes = around(dots, [extent(text, TEXT, True) for text in labels], (0, 0, wide, tall), taken)
    for name, text, dot, box in zip(places, labels, dots, boxes, strict=True):
        near = nearest(dot, box)
        if hypot(near[0] - dot[0], near[1] - dot[1]) > LEAD:
            axes.plot([dot[0] / wide, near[0] / wide], [dot[1] / tall, near[1] / tall], color=lettering(colours[name]), linewidth=0.7,
                      transform=axes.transAxes, zorder=3, label="_leader")  # fmt: skip
        axes.text((box[0] + box[2]) / 2 / wide, (box[1] + box[3]) / 2 / tall, text, transform=axes.transAxes, ha="center",
                  va="center", size=TEXT, color=lettering(colours[name]), weight="bold" if name in bold else "normal",
                  zorder=6, bbox={"facecolor": PAPER, "alpha": 0.7, "pad": 0.6, "edgecolor": "none"})  # fmt: skip


def _pieces(start: Place, end: Place) -> list[tuple[Place, Place]]:
    """A line as it is where it runs along an axis, and cut into short pieces where it is askew."""
    if min(abs(start[0] - end[0]), abs(start[1] - end[1])) < 0.02:
        return [(start, end)]
    many = max(2, int(max(abs(start[0] - end[0]), abs(start[1] - end[1])) / 0.08))
    points = [
        (start[0] + (end[0] - start[0]) * k / many, start[1] + (end[1] - start[1]) * k / many)
        for k in range(many + 1)
    ]
    return list(pairwise(points))
