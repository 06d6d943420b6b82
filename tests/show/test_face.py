import collections
import types

import pytest
from show import tables_made_up as made
from show.letters import written
from worlds.comparisons import comparison, hostile_cases

from regulars import show
from regulars.ground.errors import RegularsError
from regulars.show import report, style


def test_every_public_name_resolves():
    for name in show.__all__:
        assert getattr(show, name) is not None
    assert set(dir(show)) == set(show.__all__)
    with pytest.raises(AttributeError, match="did you mean 'ranking'"):
        show.rankings  # noqa: B018


def test_figures_draw_themselves_in_notebooks():
    assert show.ranking(comparison(replicates=2))._repr_png_().startswith(b"\x89PNG")


def test_save_figures_writes_each_twice(tmp_path, monkeypatch):
    monkeypatch.setitem(style._LOOK, "savefig.dpi", 40)  # nobody looks at them here
    paths = show.save_figures(comparison(replicates=2), tmp_path)
    assert sorted(path.name for path in paths) == sorted(
        f"{name}.{kind}" for name in show.FIGURES for kind in ("png", "svg")
    )
    assert all(path.stat().st_size > 1000 for path in paths)


def test_pictures_and_reports_replace_only_their_own(tmp_path, monkeypatch):
    """A picture of somebody else's, an edited one, a letter: refused, and untouched, unless told otherwise."""
    monkeypatch.setitem(style._LOOK, "savefig.dpi", 40)
    result = comparison(replicates=2)
    monkeypatch.setattr(
        report, "_sections", lambda _: collections.defaultdict(dict(message="", figure="").copy)
    )
    figure = show.ranking(result)
    ways = {
        "a.png": lambda **o: show.save(figure, tmp_path / "a", **o),
        "a.svg": lambda **o: show.save(figure, tmp_path / "a", **o),
        "a.html": lambda **o: show.write_report(result, tmp_path / "a.html", **o),
    }
    for name, way in ways.items():
        way()
        written = (tmp_path / name).read_bytes()
        way()
        assert (tmp_path / name).read_bytes() == written
        foreign = b"\x89PNG\r\n\x1a\n of my own" if name == "a.png" else written + b"<!-- mine -->"
        assert foreign != written
        (tmp_path / name).write_bytes(foreign)
        with pytest.raises(RegularsError, match=rf"{name}: there is a file of this name.*overwrite=True"):
            way()
        assert (tmp_path / name).read_bytes() == foreign
        assert not list(tmp_path.glob(".*"))
        way(overwrite=True)
        assert (tmp_path / name).read_bytes() == written


def test_a_sweep_of_the_lab_is_drawn():
    table = made.sweep()
    sweep = types.SimpleNamespace(
        table=table, over=(table.columns[0],), scenario=hostile_cases()["usual"].scenario
    )
    assert "change of profit, yuan" in written(show.sweep_figure(sweep))
    assert "retention" in written(show.sweep_figure(sweep, "retention"))
