import subprocess
import sys

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from regulars.show.style import (
    ARMS,
    GAIN,
    LOSS,
    arm_colours,
    ink_on,
    lettering,
    luminance,
    save,
    sheet,
    verdict_colour,
)

# Machado, Oliveira & Fernandes 2009, severity 1, on linear RGB.
BLIND = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}  # fmt: skip


def seen(colour, kind):
    """CIE Lab of a colour as a dichromat sees it."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(BLIND[kind]) @ linear, 0, 1)
    xyz = (
        np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
        @ linear
        / [0.9505, 1, 1.089]
    )
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("kind", BLIND)
def test_arms_and_gain_and_loss_differ_for_the_colour_blind(kind):
    pairs = [(a, b) for k, a in enumerate(ARMS[:6]) for b in ARMS[:k]] + [(GAIN, LOSS)]
    nearest = min(np.linalg.norm(seen(a, kind) - seen(b, kind)) for a, b in pairs)
    assert nearest > 12
    assert np.linalg.norm(seen(GAIN, kind) - seen(LOSS, kind)) > 40
    every = min(np.linalg.norm(seen(a, kind) - seen(b, kind)) for k, a in enumerate(ARMS) for b in ARMS[:k])
    assert every > 8  # of twelve; lines are named at their ends as well


def test_colours_go_by_the_order_of_the_scenario():
    assert arm_colours(["a", "b"])["a"] == arm_colours(["a", "c", "b"])["a"] == ARMS[0]
    assert len(set(ARMS)) == 12


@pytest.mark.parametrize("colour", ARMS)
def test_lettering_reads_on_white_and_on_colours(colour):
    def contrast(a, b):
        light, dark = sorted((luminance(a), luminance(b)), reverse=True)
        return (light + 0.05) / (dark + 0.05)

    assert contrast(lettering(colour), "#ffffff") >= 4.5
    assert contrast(ink_on(colour), colour) >= 3.9


def test_verdicts():
    assert verdict_colour(1, 2) == GAIN and verdict_colour(-2, -1) == LOSS
    assert verdict_colour(-1, 1) == verdict_colour(float("nan"), float("nan"))


def test_save_writes_png_and_svg_without_dates(tmp_path):
    paths = save(sheet(1.0, "A message"), tmp_path / "deep" / "v1.2")
    assert [path.name for path in paths] == ["v1.2.png", "v1.2.svg"]
    assert paths[0].read_bytes().startswith(b"\x89PNG") and b"atplotlib" not in paths[0].read_bytes()
    text = paths[1].read_text()
    assert "A message" in text and "date" not in text and "matplotlib.org" not in text


def test_the_body_lies_below_the_title():
    figure = sheet(2.0, "long words " * 20, "note " * 60)
    axes = figure.axes_at(1, 0, 4, 2)
    title = next(text for text in figure.texts if text.get_gid() == "message")
    assert axes.get_window_extent().y1 <= title.get_window_extent(figure.canvas.get_renderer()).y0
    assert figure.get_size_inches()[1] > 2.5


def test_importing_show_is_light():
    code = (
        "import sys, regulars.show\n"
        "assert not [m for m in ('matplotlib', 'pandas', 'rich', 'jinja2') if m in sys.modules]\n"
        "regulars.show.ranking\n"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
