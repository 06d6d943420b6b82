"""Letters that the usual font lacks, with and without a Chinese font: both are made up here, whatever this machine has."""

import warnings
from types import SimpleNamespace

import matplotlib
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib import font_manager
from matplotlib.text import Text
from show.letters import texts
from worlds.comparisons import comparison

from regulars.show import fonts
from regulars.show.placing import extent
from regulars.show.plots import ranking
from regulars.show.style import look, png, svg

DATA = comparison({"会员积分": 5000.0, "points": -900.0}, replicates=3, currency="元")
LETTERS = "会员积分元"


@pytest.fixture
def machine(monkeypatch):
    """A machine with the fonts of matplotlib alone; called with names and letters, it gets fonts that have them."""
    own = [
        font for font in font_manager.fontManager.ttflist if font.fname.startswith(matplotlib.get_data_path())
    ]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", list(own))
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda *_: [])
    monkeypatch.setattr(fonts, "_told", set())
    caches = fonts.has, fonts.fallback
    for each in caches:
        each.cache_clear()
    yield SimpleNamespace(
        files=lambda paths: monkeypatch.setattr(font_manager, "findSystemFonts", lambda *_: paths)
    )
    for each in caches:
        each.cache_clear()


def font(folder, name, letters):
    """A font in which these letters are black squares."""
    file = folder / f"{name}.ttf"
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for corner in ((100, 800), (900, 800), (900, 0)):
        pen.lineTo(corner)
    pen.closePath()
    names = {ord(letter): f"u{ord(letter):04X}" for letter in letters}
    made = FontBuilder(1000, isTTF=True)
    made.setupGlyphOrder([".notdef", *names.values()])
    made.setupCharacterMap(names)
    made.setupGlyf(dict.fromkeys([".notdef", *names.values()], pen.glyph()))
    made.setupHorizontalMetrics(dict.fromkeys([".notdef", *names.values()], (1000, 0)))
    made.setupHorizontalHeader(ascent=900, descent=-200)
    made.setupNameTable({"familyName": name, "styleName": "Regular"})
    made.setupOS2()
    made.setupPost()
    made.save(file)
    return str(file)


def families(figure):
    """Font families of the texts with and without Chinese letters."""
    told = {True: set(), False: set()}
    for text in texts(figure):
        told[bool(set(text.get_text()) & set(LETTERS))].add(tuple(text.get_fontfamily()))
    return told


def test_without_a_font_each_letter_is_told_once_with_what_to_install(machine):
    with look():
        figure = ranking.draw(DATA)
    with pytest.warns(
        UserWarning,
        match=r"^No font of this machine has 会元分员积: .*apt install fonts-noto-cjk.*local/share/fonts",
    ):
        png(figure)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        png(figure)
        png(ranking.draw(comparison({"Müller & Söhne, 5 €": 10.0}, replicates=2)))
    assert fonts.boxes(["a\nb", "5 €"]) == "" and "has 伊光大…" not in fonts.boxes(["伊光大"])
    assert "伊利光明乳业…" not in fonts.boxes(["伊利光明乳业"]) and "…" in fonts.boxes(["伊利光明乳业大"])


def test_a_font_that_has_the_letters_is_used_for_them_alone(machine, tmp_path):
    font_manager.fontManager.addfont(font(tmp_path, "SimHei", LETTERS))
    figure = ranking.draw(DATA)
    assert families(figure) == {True: {("DejaVu Sans", "SimHei")}, False: {("DejaVu Sans",)}}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        shown = png(figure)
    for text in figure.findobj(Text):
        text.set_fontfamily(["DejaVu Sans"])
    assert png(figure) != shown  # squares of the font, not the empty boxes


def test_letters_decide_not_names(machine, tmp_path):
    """A font of the first name that lacks a letter is joined by one that has it; unknown names come last, placeholders never."""
    for name, letters in (
        ("Noto Sans CJK SC", "会"),
        ("SimHei", LETTERS),
        ("Unheard of", LETTERS + "🎁"),
        ("LastResort", LETTERS + "🎁鱼"),
    ):
        font_manager.fontManager.addfont(font(tmp_path, name, letters))
    assert fonts.fallback("会") == ("Noto Sans CJK SC",)
    assert fonts.fallback("会元") == ("Noto Sans CJK SC", "SimHei")
    assert fonts.fallback("🎁") == ("Unheard of",)
    assert fonts.fallback("鱼") == () and fonts.lacking(["鱼 fish 会"]) == "鱼"


def test_a_font_installed_after_matplotlib_made_its_list_is_found(machine, tmp_path):
    broken = tmp_path / "broken.ttf"
    broken.write_text("no font")
    machine.files([str(broken), font(tmp_path, "WenQuanYi Micro Hei", LETTERS)])
    assert families(ranking.draw(DATA))[True] == {("DejaVu Sans", "WenQuanYi Micro Hei")}


def test_fonts_are_looked_for_only_where_letters_need_them(machine, monkeypatch):
    monkeypatch.setattr(fonts, "fallback", lambda letters: pytest.fail(f"looked for {letters!r}"))
    png(ranking.draw(comparison({"Müller": 5000.0}, replicates=2, currency="€")))


def test_layout_and_svg_do_not_depend_on_the_fonts_here(machine, tmp_path):
    plain, wide = svg(ranking.draw(DATA)), extent("会员 points", 10)
    assert wide[0] == pytest.approx(2 * 10 / 72 + extent(" points", 10)[0])
    font_manager.fontManager.addfont(font(tmp_path, "SimHei", LETTERS))
    fonts.fallback.cache_clear()
    extent.cache_clear()
    figure = ranking.draw(DATA)
    assert svg(figure) == plain and families(figure)[True] == {("DejaVu Sans", "SimHei")}
    assert extent("会员 points", 10) == wide
    shown = plain.decode()
    assert "'Noto Sans CJK SC', 'Microsoft YaHei'" in shown and "SimHei" not in shown
    assert shown.count("Noto Sans CJK SC") == sum(
        bool(set(text.get_text()) & set(LETTERS)) for text in texts(ranking.draw(DATA))
    )


def test_chinese_ticks_get_the_font_too(machine, tmp_path):
    from regulars.show.style import drawn, sheet

    font_manager.fontManager.addfont(font(tmp_path, "SimHei", LETTERS))

    @drawn
    def categories():
        figure = sheet(1.0)
        figure.axes_at(1, 0, 5, 1).set_xticks([0, 1], ["会员", "points"])
        return figure

    figure = categories()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.savefig(tmp_path / "ticks.png")
    assert {tuple(t.get_fontfamily()) for t in figure.axes[0].get_xticklabels()} == {
        ("DejaVu Sans", "SimHei")
    }
