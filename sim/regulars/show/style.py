"""The look of every figure: palette, sheet, lettering, and files whose bytes depend on nothing but the figure.

Figures are `matplotlib.figure.Figure` objects: no pyplot, no global state. Settings hold only inside `look()`.
"""

from __future__ import annotations

import contextlib
import functools
import io
import logging
import os
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, ParamSpec

import matplotlib
import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from regulars.ground.calls import well_called
from regulars.ground.errors import RegularsError, shown
from regulars.ground.lines import columns
from regulars.ground.output import PICTURE, SIGN, signed, whole_file
from regulars.show import fonts
from regulars.show.placing import balanced, extent, wrap

P = ParamSpec("P")

INK, MUTED, FAINT, GRID, PAPER = "#1b2127", "#59636e", "#9aa4ae", "#e4e8ec", "#ffffff"
GAIN, LOSS, UNSURE = "#0b6aa8", "#c4491a", "#7c8791"
# Okabe-Ito, darkened where white paper needs it, then six that differ from them in lightness as well as in hue.
ARMS = (
    "#0072b2", "#d55e00", "#009e73", "#b5638f", "#d99000", "#3fa5dc",
    "#332288", "#882255", "#7d8a1f", "#1e78f0", "#693c1e", "#5b6570",
)  # fmt: skip
WIDTH, MARGIN = 7.5, 0.14
TITLE, TEXT, SMALL = 12.5, 9.2, 8.3

_LOOK: dict[str, Any] = {
    "font.family": [fonts.USUAL], "font.size": TEXT, "text.color": INK, "text.parse_math": False, "text.usetex": False,
    "axes.edgecolor": FAINT, "axes.labelcolor": MUTED, "axes.labelsize": TEXT, "axes.linewidth": 0.8,
    "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True, "axes.unicode_minus": True,
    "xtick.color": FAINT, "ytick.color": FAINT, "xtick.labelcolor": MUTED, "ytick.labelcolor": MUTED,
    "xtick.labelsize": SMALL, "ytick.labelsize": SMALL, "grid.color": GRID, "grid.linewidth": 0.8,
    "lines.solid_capstyle": "butt", "hatch.linewidth": 0.7,
    "svg.fonttype": "none", "svg.hashsalt": "regulars", "savefig.facecolor": PAPER, "savefig.dpi": 200,
}  # fmt: skip
_LOCK = threading.RLock()
_looks: list[None] = []  # one while the settings of the house hold; changed by whoever has the lock


@contextlib.contextmanager
def look() -> Iterator[None]:
    """Settings of the house for the time of the block, whatever the session has set; one thread at a time.

    A block within a block finds them in place.
    """
    with _LOCK:
        if _looks:
            yield
            return
        _looks.append(None)
        try:
            with _settings():
                yield
        finally:
            _looks.clear()


@contextlib.contextmanager
def _settings() -> Iterator[None]:
    with (
        warnings.catch_warnings(),
        matplotlib.style.context(["default", _LOOK]),
    ):
        # A glyph that no font here has is drawn as an empty box in PNG, and by the reader's own fonts in SVG; `fonts.warn` tells.
        warnings.filterwarnings("ignore", message=r"Glyph \d+ .* missing from font")
        search = logging.getLogger("matplotlib.font_manager")  # says that a Chinese font has no bold letters
        level = search.level
        search.setLevel(logging.ERROR)
        try:
            yield
        finally:
            search.setLevel(level)


def arm_colours(arms: Sequence[str]) -> dict[str, str]:
    """A colour an arm, by the order in which the scenario writes them, so that it stays the same in every figure."""
    return {arm: ARMS[k % len(ARMS)] for k, arm in enumerate(arms)}


def verdict_colour(low: float, high: float) -> str:
    """Blue where an interval lies above zero, red-orange where below, grey where it includes zero or is unknown."""
    return GAIN if low > 0 else LOSS if high < 0 else UNSURE


def tint(colour: str, strength: float = 0.4) -> tuple[float, float, float]:
    """A colour thinned with white."""
    from matplotlib.colors import to_rgb

    r, g, b = (1 - strength * (1 - c) for c in to_rgb(colour))
    return r, g, b


def luminance(colour: str) -> float:
    """Relative luminance of a colour, 0 to 1 (WCAG 2)."""
    from matplotlib.colors import to_rgb

    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def ink_on(colour: str) -> str:
    """Black or white, whichever reads better on a colour."""
    light = luminance(colour)
    return PAPER if 1.05 / (light + 0.05) > (light + 0.05) / 0.065 else INK


def lettering(colour: str) -> str:
    """The colour, darkened until text in it reads on white (contrast 4.5 to 1)."""
    from matplotlib.colors import to_hex, to_rgb

    red, green, blue = to_rgb(colour)
    while 1.05 / (luminance(to_hex((red, green, blue))) + 0.05) < 4.5:
        red, green, blue = 0.94 * red, 0.94 * green, 0.94 * blue
    return to_hex((red, green, blue))


class Sheet(Figure):
    """A figure that saves and shows itself in the look of the house; its body lies below the title."""

    body_top: float = 0.0

    def savefig(self, *args: Any, **options: Any) -> None:
        """Save as any figure does, in the look of the house."""
        with look():
            super().savefig(*args, **options)

    def _repr_png_(self) -> bytes:
        return png(self)

    @property
    def inches(self) -> tuple[float, float]:
        """Width and height."""
        width, height = self.get_size_inches()
        return float(width), float(height)

    def axes_at(self, left: float, top: float, width: float, height: float, **options: Any) -> Axes:
        """Axes by inches: from the left edge, and from the top of the body."""
        across, down = self.inches
        return self.add_axes(
            (left / across, 1 - (self.body_top + top + height) / down, width / across, height / down),
            **options,
        )

    def text_at(self, left: float, top: float, text: str, **options: Any) -> None:
        """Text by inches: from the left edge, and from the top of the body."""
        across, down = self.inches
        self.text(left / across, 1 - (self.body_top + top) / down, text, **options)


def sheet(height: float, message: str = "", note: str = "", width: float = WIDTH) -> Sheet:
    """An empty sheet with a body of `height` inches below the message and above the note (both wrapped, either may be empty)."""
    told = balanced(message, int(width * 8.8)) if message else ""
    noted = wrap(note, int(width * 15), 4) if note else ""
    if columns(noted.rsplit("\n", 1)[-1]) < 20:
        noted = balanced(note, int(width * 15), 4)
    top = 0.1 + (extent(told, TITLE, True)[1] + 0.14 if told else 0.0)
    bottom = extent(noted, SMALL)[1] + 0.14 if noted else 0.04
    figure = Sheet(figsize=(width, round(top + height + bottom, 2)), facecolor=PAPER)
    FigureCanvasAgg(figure)
    figure.body_top = top
    across, down = figure.inches
    if told:
        figure.text(
            MARGIN / across,
            1 - 0.1 / down,
            told,
            size=TITLE,
            weight="bold",
            va="top",
            linespacing=1.25,
            gid="message",
        )
    if noted:
        figure.text(
            MARGIN / across,
            0.08 / down,
            noted,
            size=SMALL,
            color=MUTED,
            va="bottom",
            linespacing=1.25,
            gid="note",
        )
    return figure


def drawn(draw: Callable[P, Sheet]) -> Callable[P, Sheet]:
    """Run a drawing function in the look of the house and let it settle, so that later settings cannot change the figure."""

    @functools.wraps(draw)
    def wrapped(*args: P.args, **options: P.kwargs) -> Sheet:
        with look():
            figure = draw(*args, **options)
            figure.draw_without_rendering()
            fonts.fit(figure)
            return figure

    return well_called(wrapped)


def png(figure: Figure) -> bytes:
    """The figure as PNG, 200 dots an inch, without a date; a warning says once which letters no font of this machine has."""
    fonts.warn(figure)
    return _bytes(figure, "png", {"Software": PICTURE.decode()})


def svg(figure: Figure) -> bytes:
    """The figure as SVG with text as text, without a date."""
    with fonts.plain(figure):
        return fonts.for_readers(_bytes(figure, "svg", {"Date": None, "Creator": None}).decode()).encode()


def save(figure: Figure, stem: str | Path, overwrite: bool = False) -> tuple[Path, Path]:
    """Write `<stem>.png` and `<stem>.svg`; the same figure gives the same bytes.

    Raises:
        RegularsError: where a file of this name is not ours and `overwrite` does not say that it may go.
    """
    if not hasattr(figure, "canvas"):
        raise RegularsError(f"a figure is needed, as show.ranking(...) returns one, not {shown(figure)}")
    if not isinstance(stem, (str, os.PathLike)):
        raise RegularsError(f"the path of a file without its ending is needed, not {shown(stem)}")
    place = Path(stem)
    place.parent.mkdir(parents=True, exist_ok=True)
    paths = (place.with_name(place.name + ".png"), place.with_name(place.name + ".svg"))
    declaration, end, rest = svg(figure).decode().partition("?>\n")
    text = signed(f"{declaration}{end}<!-- {SIGN}{'0' * 16} -->\n{rest}")
    with ExitStack() as files:
        drafts = [files.enter_context(whole_file(path, overwrite=overwrite)) for path in paths]
        drafts[0].write_bytes(png(figure))
        drafts[1].write_bytes(text.encode())
    return paths


def _bytes(figure: Figure, kind: str, metadata: dict[str, Any]) -> bytes:
    buffer = io.BytesIO()
    with look():
        Figure.savefig(figure, buffer, format=kind, metadata=metadata)
    return buffer.getvalue()
