"""Letters that the usual font lacks: which font of the machine has them, and what to install where none has.

Nothing is looked for before a figure needs it: words in Latin letters, and figures without others, cost a look at each letter.
"""

from __future__ import annotations

import contextlib
import functools
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.text import Text

USUAL = "DejaVu Sans"  # comes with matplotlib
CHINESE = (  # fonts with Chinese letters, the best first: of Linux, Windows and macOS
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Noto Sans CJK JP", "Noto Sans CJK TC",
    "Microsoft YaHei", "PingFang SC", "Hiragino Sans GB", "Heiti SC", "STHeiti", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei",
    "Droid Sans Fallback", "SimHei", "DengXian", "Noto Serif CJK SC", "SimSun", "Songti SC", "Arial Unicode MS",
)  # fmt: skip
LAST_RESORT = ("lastresort", "last resort", "adobe blank")  # have a box for every letter
SVG = f"'{USUAL}', 'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', 'WenQuanYi Micro Hei', sans-serif"
_SVG_TEXT = re.compile(r"(<text [^>]*?font-family: )[^;\"]*([^>]*>)([^<]*)")
_told: set[str] = set()


def foreign(words: Iterable[str]) -> str:
    """The letters of these words that the usual font lacks, in order."""
    letters = {letter for word in words if not word.isascii() for letter in word if letter.isprintable()}
    return "".join(sorted(letter for letter in letters if not has(USUAL, letter)))


@functools.lru_cache(maxsize=4096)
def has(font: str, letter: str) -> bool:
    """Whether a font, by the name of its family, has a letter; a font that matplotlib cannot draw with has none."""
    from matplotlib.font_manager import fontManager, get_font

    for file in (entry.fname for entry in fontManager.ttflist if entry.name == font):
        with contextlib.suppress(OSError, RuntimeError):  # pictures in colours, files that are gone
            return bool(get_font(file).get_char_index(ord(letter)))
    return False


@functools.lru_cache(maxsize=256)
def fallback(letters: str) -> tuple[str, ...]:
    """Fonts of this machine that have these letters between them: as few as possible, those of `CHINESE` first.

    Fonts that were installed after matplotlib made its list of fonts are found as well.
    """
    from matplotlib.font_manager import fontManager

    found: list[str] = []
    left = set(letters)
    for look in (_known, _new, _any):
        if not left:
            break
        for name in look([font.name for font in fontManager.ttflist], found):
            mine = {letter for letter in left if has(name, letter)}
            if mine:
                found.append(name)
                left -= mine
            if not left:
                break
    return tuple(found)


def _known(here: Sequence[str], found: Sequence[str]) -> list[str]:
    """Chinese fonts by name, of those that matplotlib knows."""
    return [name for name in CHINESE if name in here and name not in found]


def _new(here: Sequence[str], found: Sequence[str]) -> list[str]:
    """The same, once fonts that matplotlib does not know yet are added."""
    from matplotlib.font_manager import findSystemFonts, fontManager

    known = {Path(font.fname).name for font in fontManager.ttflist}
    for path in sorted(findSystemFonts()):
        if Path(path).name in known:
            continue
        try:
            fontManager.addfont(path)
        except (OSError, RuntimeError, ValueError):
            continue  # a file that is no font
    has.cache_clear()
    return _known([font.name for font in fontManager.ttflist], found)


def _any(here: Sequence[str], found: Sequence[str]) -> list[str]:
    """All other fonts."""
    names = dict.fromkeys(here)
    return [n for n in names if n not in (*CHINESE, *found, USUAL) and not n.strip(".").lower().startswith(LAST_RESORT)]  # fmt: skip


def lacking(words: Iterable[str]) -> str:
    """The letters of these words that no font of this machine has."""
    letters = foreign(words)
    fonts = fallback(letters) if letters else ()
    return "".join(letter for letter in letters if not any(has(font, letter) for font in fonts))


def fit(figure: Figure) -> None:
    """Give the texts of a figure whose letters the usual font lacks a second font that has them; Latin letters keep theirs."""
    texts = [text for text in figure.findobj(Text) if not text.get_text().isascii()]
    letters = foreign(text.get_text() for text in texts)
    if not letters or not (fonts := fallback(letters)):
        return
    for text in texts:
        if foreign([text.get_text()]):
            text.set_fontfamily([USUAL, *fonts])
    for axes in figure.axes:  # ticks may be made anew when they are drawn
        for axis in (axes.xaxis, axes.yaxis):
            if foreign(label.get_text() for label in axis.get_ticklabels()):
                axis.set_tick_params(labelfontfamily=[USUAL, *fonts])


@contextlib.contextmanager
def plain(figure: Figure) -> Iterator[None]:
    """All texts in the usual font for the time of the block: nothing then depends on the fonts of this machine."""
    before = [(text, text.get_fontfamily()) for text in figure.findobj(Text) if not text.get_text().isascii()]
    for text, _ in before:
        text.set_fontfamily([USUAL])
    try:
        yield
    finally:
        for text, families in before:
            text.set_fontfamily(families)


def boxes(words: Iterable[str]) -> str:
    """What to install where some letters of these words are empty boxes in PNG files; empty where all can be drawn."""
    letters = lacking(words)
    if not letters:
        return ""
    shown = letters[:6] + ("…" if len(letters) > 6 else "")
    return (
        f"No font of this machine has {shown}: in PNG files these are empty boxes; SVG files and reports show them. A font such as {CHINESE[0]} "
        "(Debian and Ubuntu: apt install fonts-noto-cjk; without such rights, its file in ~/.local/share/fonts) mends that when the figures are written again."
    )


def warn(figure: Figure) -> None:
    """Say once of each letter that it is an empty box in the PNG file of this figure."""
    words = [text.get_text() for text in figure.findobj(Text)]
    new = "".join(letter for letter in lacking(words) if letter not in _told)
    if new:
        _told.update(new)
        warnings.warn(boxes([new]), stacklevel=3)


def for_readers(svg: str) -> str:
    """The SVG with fonts of the reader's machine for texts that need them: the same whatever fonts this machine has."""

    def named(found: re.Match[str]) -> str:
        before, after, words = found.groups()
        return f"{before}{SVG}{after}{words}" if foreign([words]) else found.group()

    return _SVG_TEXT.sub(named, svg)
