"""Pages in a browser: no sideways scroll on a phone, dark where the reader has it dark. Skipped where there is no browser."""

import json
import re
import subprocess
from html import unescape

import pytest
from worlds.comparisons import hostile_cases
from worlds.fitted import fitted

from regulars import show
from regulars.show import pdf

pytestmark = pytest.mark.skipif(pdf.browser() is None, reason="no browser on PATH")
FRAME = """<iframe src="{page}" width="{width}" height="900" style="border:0"></iframe><pre id="told"></pre>
<script>onload = () => {{
  const inner = document.querySelector("iframe").contentDocument, style = getComputedStyle(inner.body);
  const frames = [...inner.querySelectorAll(".wide, figure")];
  document.querySelector("#told").textContent = JSON.stringify({{
    wide: inner.documentElement.scrollWidth, ink: style.color, page: style.backgroundColor,
    scrolls: frames.filter(one => one.scrollWidth > one.clientWidth).length,
    cut: frames.filter(one => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX != "auto").length,
    svg: Math.min(...[...inner.querySelectorAll("svg")].map(one => one.getBoundingClientRect().width)),
  }});
}}</script>"""


def seen(page, width, *options):
    """What a browser makes of a page in a window of this width: numbers by name."""
    frame = page.with_name("frame.html")
    frame.write_text(FRAME.format(page=page.name, width=width))
    words = [
        pdf.browser(), "--headless", "--disable-gpu", "--no-sandbox", "--allow-file-access-from-files", "--virtual-time-budget=2000",
        f"--user-data-dir={page.with_name('profile')}", *options, "--dump-dom", frame.as_uri(),
    ]  # fmt: skip
    told = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False).stdout
    return json.loads(unescape(re.search('<pre id="told">(.*?)</pre>', told, re.DOTALL)[1]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("pages")
    show.write_report(fitted(replicates=4), place / "report.html")
    show.write_report(hostile_cases()["hostile"], place / "hostile.html")
    return place


@pytest.mark.parametrize("name", ["report.html", "appendix.html", "hostile.html", "hostile-appendix.html"])
def test_a_phone_scrolls_tables_and_figures_inside_their_frames_and_never_the_page(folder, name):
    found = seen(folder / name, 390)
    assert found["wide"] <= 390 and found["cut"] == 0
    if name == "report.html":
        assert found["scrolls"] > 3 and found["svg"] >= 600  # figures stay legible


def test_a_desktop_needs_no_scrolling(folder):
    found = seen(folder / "report.html", 1200)
    assert found["wide"] <= 1200 and found["scrolls"] == 0


def test_dark_is_dark_and_light_is_light(folder):
    def light(colour):
        return sum(map(int, re.findall(r"\d+", colour)[:3])) / 3

    dark = seen(folder / "report.html", 1200, "--blink-settings=preferredColorScheme=0")
    bright = seen(folder / "report.html", 1200, "--blink-settings=preferredColorScheme=1")
    assert light(dark["page"]) < 40 and light(dark["ink"]) > 200
    assert light(bright["page"]) > 220 and light(bright["ink"]) < 60
