"""Direct labels: names at the ends of lines and beside points, kept apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from regulars.ground.lines import short
from regulars.show.placing import Box, apart, around, extent
from regulars.show.plots.rows import size_of
from regulars.show.style import MUTED, PAPER, TEXT, lettering

LINE = 0.19


def at_ends(
    axes: Axes,
    ends: Mapping[str, float],
    labels: Mapping[str, str],
    colours: Mapping[str, str],
    bold: Sequence[str] = (),
) -> None:
    """A label right of the axes at the height at which each line ends, moved apart where they would touch."""
    low, high = axes.get_ylim()
    height = size_of(axes)[1]
    wanted = [(end - low) / (high - low) * height for end in ends.values()]
    for name, place in zip(ends, apart(wanted, LINE, 0.05, height - 0.05), strict=True):
        axes.annotate(labels[name], (1, place / height), xycoords="axes fraction", xytext=(7, 0), textcoords="offset points",
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
        (left, bottom), (right, top) = inch(min(a, c), min(b, d)), inch(max(a, c), max(b, d))
        taken.append((left - 0.02, bottom - 0.02, right + 0.02, top + 0.02))
    labels = [short(name, 24) for name in places]
    boxes = around(dots, [extent(text, TEXT, True) for text in labels], (0, 0, wide, tall), taken)
    for name, text, dot, box in zip(places, labels, dots, boxes, strict=True):
        near = (min(max(dot[0], box[0]), box[2]), min(max(dot[1], box[1]), box[3]))
        if (near[0] - dot[0]) ** 2 + (near[1] - dot[1]) ** 2 > 0.04:
            axes.plot([dot[0] / wide, near[0] / wide], [dot[1] / tall, near[1] / tall], color=MUTED, linewidth=0.6,
                      transform=axes.transAxes, zorder=3)  # fmt: skip
        axes.text((box[0] + box[2]) / 2 / wide, (box[1] + box[3]) / 2 / tall, text, transform=axes.transAxes, ha="center",
                  va="center", size=TEXT, color=lettering(colours[name]), weight="bold" if name in bold else "normal",
                  zorder=6, bbox={"facecolor": PAPER, "alpha": 0.7, "pad": 0.6, "edgecolor": "none"})  # fmt: skip
