"""Wrong input of any kind is told with its place: every value of a scenario by every odd value, and odd files."""

import itertools
import random

import numpy as np
import pytest
from worlds.odd_values import DEEP, ENDLESS, ODD, Unwritable, whole_table

from regulars import load
from regulars.ground.errors import LONGEST_MESSAGE, RegularsError
from regulars.ground.parameter import Problem
from regulars.scenario import Scenario, as_scenario

SAMPLE = 120  # of some 60,000 pairs of a place and an odd value, besides every place once
GOOD = "firms = [{name = 'ann'}, {name = 'bob'}]\n[arms.x]\nset = {'market.days' = 30}\n"


def without_none(value):
    """As TOML has it."""
    if isinstance(value, dict):
        return {name: without_none(item) for name, item in value.items() if item is not None}
    return [without_none(item) for item in value] if isinstance(value, (list, tuple)) else value


def places(value, place=()):
    """Of every table, list and value in a table."""
    yield place
    if isinstance(value, dict):
        for name, item in value.items():
            yield from places(item, (*place, name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from places(item, (*place, number))


def with_value(table, place, value):
    if not place:
        return value
    changed = table.copy()
    changed[place[0]] = with_value(table[place[0]], place[1:], value)
    return changed


@pytest.fixture(scope="module")
def table():
    return without_none(whole_table())


def test_the_whole_table_is_good_and_whole(table):
    assert Scenario(table).resolved()
    assert len(list(places(table))) > 700


def test_odd_values_anywhere(table):
    """It works, and then it can be written and read again; or it is told with its place, in a message of some length."""
    chance = random.Random(7)
    everywhere = list(places(table))
    pairs = list(itertools.product(everywhere, range(len(ODD))))
    sections = [place for place in everywhere if len(place) <= 1]
    chosen = [pair for pair in pairs if pair[0] in sections and chance.random() < 0.03]
    told = 0
    for place, which in chosen + chance.sample(pairs, SAMPLE):
        try:
            made = Scenario(with_value(table, place, ODD[which]))
            made.toml(), made.hash, made.name
        except RegularsError as error:
            told += 1
            message = str(error)
            assert len(message) <= LONGEST_MESSAGE
            around = [
                str(step) for step in place[-2:]
            ]  # of two values that do not go together either may be named
            assert not place or any(step in message for step in around), (place, which, message)
    assert told > len(chosen) + SAMPLE * 0.7


GROUPS = {
    "defaults": lambda x: {"firm_defaults": x, "firms": [{"name": "a"}]},
    "in defaults": lambda x: {"firm_defaults": {"price": x, "strategies": x}, "firms": [{"name": "a {}", "count": 2}]},
    "count": lambda x: {"firms": [{"name": "a {}", "count": x}]},
    "like": lambda x: {"firms": [{"name": "a", "like": x}, {"name": "b"}]},
    "pattern": lambda x: {"firms": [{"name": x, "count": 2}, {"name": "b"}]},
    "across": lambda x: {"firms": [{"name": "a {}", "count": 2, "quality": x}]},
    "number across": lambda x: {"firms": [{"name": "a {}", "count": 2, "quality": {"distribution": "normal", "mean": x, "sd": x}}]},
}  # fmt: skip


@pytest.mark.parametrize("where", GROUPS)
def test_odd_values_where_firms_are_written_once(where):
    """It works and can be written out, or is told in a message of some length; nothing else happens."""
    told = 0
    for value in ODD:
        try:
            made = Scenario(GROUPS[where](value))
            made.toml(), made.hash
        except RegularsError as error:
            told += 1
            assert 0 < len(str(error)) <= LONGEST_MESSAGE
    assert told > len(ODD) / 3


WHOLE = (None, 5, "t.toml", [1], (), {1}, b"x", object(), np.zeros(3), Unwritable(), DEEP)


@pytest.mark.parametrize("thing", WHOLE, ids=lambda thing: type(thing).__name__)
def test_what_is_no_scenario(thing):
    with pytest.raises(RegularsError, match=r"a scenario is made of a table, .*load\(path\)"):
        Scenario(thing)
    if not isinstance(thing, str):
        with pytest.raises(RegularsError, match="path"):
            load(thing)
        with pytest.raises(RegularsError, match="path"):
            as_scenario(thing)


def test_tables_without_end():
    for endless in (ENDLESS, {"firms": [{"name": "a", "strategies": ENDLESS}]}, {"about": DEEP}):
        with pytest.raises(RegularsError, match="nested more than"):
            Scenario(endless)


def test_values_of_numpy_and_others_are_taken():
    from decimal import Decimal

    import pandas as pd

    table = {
        "market": {"days": Decimal("20.0"), "customers": np.int16(7), "start": pd.Timestamp("2024-05-01"), "seed": 2**63},
        "experience": {"on": np.bool_(True)},
        "network": {"on": True, "kind": "edges", "edges": np.array([[0, 1], [1, 2]])},
        "firms": ({"name": np.str_("a"), "price": np.float32(1.5)},),
    }  # fmt: skip
    made = Scenario(table)
    assert made.toml() == Scenario(made.resolved()).toml()
    assert (made.spec.market.days, made.spec.network.edges) == (20.0, ((0, 1), (1, 2)))
    table["firms"][0]["price"] = 2.0
    assert made.table["firms"][0]["price"] == 1.5  # a copy


# ------------------------------------------------------------------ values by name


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (5, "5 is no name"), (None, "None is no name"), ("", "'' is no name"), ("market..days", "market"), ("firms.0", "firms.0"),
        ("firms.nobody.price", "no firm 'nobody': use 0 to 1"), ("firms.2.price", "no firm '2'"), ("firms.²", "no firm"),
        ("firms." + "9" * 5000, "no firm '9"), ("firms.0.name.x", "there is nothing inside"), ("categories.0.name", "categories"),
        ("." * 5000, "is no name of a parameter"), ("x" * 10**6, "no parameter of this name"), ("market." + "x" * 10**6, "no parameter"),
    ],
    ids=lambda x: str(x)[:20],
)  # fmt: skip
def test_names_of_values(name, told):
    made = Scenario({"firms": [{"name": "a"}, {"name": "b"}], "categories": []})
    with pytest.raises(Problem, match=told.replace("²", ".")) as error:
        made.set({name: 1})
    assert len(str(error.value)) < 700
    if name != "firms.0":
        with pytest.raises(Problem):
            made.value(name)


def test_a_firm_is_set_as_a_whole():
    """It was lost without a word."""
    made = Scenario({"firms": [{"name": "a"}, {"name": "b"}]})
    assert made.set({"firms.b": {"name": "c", "price": 3}}).value("firms.c.price") == 3


@pytest.mark.parametrize("changes", [None, 5, "market.days", [("market.days", 1)]])
def test_changes_are_a_table(changes):
    with pytest.raises(Problem, match="from name to value"):
        Scenario({"firms": [{"name": "a"}]}).set(changes)


def test_very_many_problems_are_told_in_short():
    firms = [{"name": f"f{k}", "prise": 1} for k in range(600)]
    with pytest.raises(Problem, match=r"and 5\d\d more") as error:
        Scenario({"firms": firms}, text="\n".join(f"[[firms]]\nname = 'f{k}'\nprise = 1" for k in range(600)))
    assert len(error.value.items) == 600 and len(str(error.value)) <= LONGEST_MESSAGE
    assert str(error.value).startswith(
        "scenario, line 3: firms.0.prise: no parameter of this name; did you mean 'price'?"
    )


# ------------------------------------------------------------------ files


def test_a_mark_at_the_beginning(tmp_path):
    """Windows' Notepad writes one."""
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert load(tmp_path / "a.toml").focal == "ann"
    (tmp_path / "b.toml").write_bytes(b"\xef\xbb\xbf" + b"market = {dayz = 5}\n" + GOOD.encode())
    with pytest.raises(Problem, match=r"b\.toml, line 1: market\.dayz"):
        load(tmp_path / "b.toml")


ODD_FILES = {
    "x = " + "[" * 100_000: "nested",
    "x = " + "{a=" * 100_000: "nested",
    "x = " + "[" * 60 + "]" * 60 + "\n" + GOOD: "nested",
    "[market]\ncustomers = " + "9" * 5000: "4300 digits",
    "market = 5\n" + GOOD: "market: a table is needed here, not 5",
    "firms = 5": "firms: a list is needed here, not 5",
    "firms = [1, 2]": "firms.0: a table is needed here, not 1",
    "firms = [[{name = 'a'}]]": "firms.0: a table is needed",
    "firms = [{name = 5}]": "firms.0.name: a text is needed here, not 5",
    "firms = [{name = 'a'}, 5]": "firms.1: a table is needed",
    "firms = {name = 'a'}": "firms: a list is needed",
    "firms = [{name = 'a'}]\narms = 5": "arms: a table is needed here, not 5",
    "firms = [{name = 'a'}]\narms.x = 5": "arms.x: a table is needed here, not 5",
    "firms = [{name = 'a'}]\nnetwork = {on = true, kind = 'edges', file = 5}": "network.file: 5 is not the path of a file",
    "firms = [{name = 'a'}]\nnetwork = {on = true, kind = 'edges', file = []}": "network.file: a text is needed",
    "firms = [{name = 'a'}]\nnetwork = {on = true, kind = 'edges', file = '.'}": "network.file: .: Is a directory",
    'firms = [{name = "a"}]\nnetwork = {on = true, kind = "edges", file = "a\\u0000b"}': "network.file",
    "firms = [{name = 'a'}]\nmarket = {start = 5}": "market.start: 5 is not a date such as 2024-01-31",
    "firms = [{name = 'a'}]\nmarket = {days = 2024-01-01}": "market.days: 2024-01-01 ",
    "firms = [{name = 'a'}]\nmarket = {start = 10:00:00}": "market.start: 10:00:00 ",
    "firms = [{name = 'a'}]\nmarket = {days = [2024-01-01T10:00:00]}": "market.days: .2024-01-01T10:00:00. ",
    "firms = [{name = 'a'}]\nneed = {mean = 1e29, period = 1}": r"need.mean: 1e[+]29 opportunities",
    "firms = [{name = 'a'}]\nmarket = {tick = 1e-200}": r"market.tick: 364 days are 3.64e[+]202 ticks",
    "firms = [{name = 'a'}]\nexperience = {on = 'no'}": "experience.on: 'no' is neither true nor false",
    "firms = [{name = 'a'}]\ncategories = [{name = 'b', share = '5'}]": "categories.0.share: '5' is not a number",
    "firms = [{name = 'a', categories = {b = '5'}}]": "firms.0.categories.b: '5' is not a number",
    "firms = [{name = 'a'}]\n'' = 5": "no parameter of this name",
    "firms = [{name = 'a'}]\nmarket = {tick = 1e-7}": "market.tick: .* ticks",
    "firms = [{name = 'a'}]\nneed = {process = 'calendar', interval = 1e-9}": "need.interval: 1,000,000,000 opportunities",
    "firms = [{name = 'a'}]\nneed = {mean = 1e308, period = 1e-300}": "need.mean: inf opportunities",
    "firms = [{name = 'a'}]\nuncertainty = {'need.mean' = -1}": "uncertainty.need.mean: -1 is no standard error",
    "extends = 5": "extends = 5 is not the path",
    "extends = '.'": "folder",
    "extends = 'odd.toml'": "extend itself",
    "extends = 'circle.toml'": "circle.toml",
    'extends = "a\\u0000b"': "extends: .* is a control character",
    "extends = '" + "x" * 5000 + "'": "name too long",
    "extends = 'base.toml'\nfirms = [5]": "firms.2: a table is needed",
    "extends = 'base.toml'\nfirms = 5": "firms: a list is needed",
    "extends = 'base.toml'\nfirms = [{name = [1]}]": "firms.2.name: a text is needed",
    "extends = 'base.toml'\nfirms = [{name = 'c'}, {name = 'c', price = 2}]": "'c' is the name of another firm",
    "extends = 'base.toml'\nmarket = 'x'": "market: a table is needed",
}  # fmt: skip


@pytest.mark.parametrize("text", ODD_FILES, ids=lambda text: text[:60].replace("\n", " "))
def test_odd_files(text, tmp_path):
    (tmp_path / "base.toml").write_text(GOOD)
    (tmp_path / "circle.toml").symlink_to(tmp_path / "circle.toml")
    (tmp_path / "odd.toml").write_text(text)
    with pytest.raises(RegularsError, match=ODD_FILES[text]) as error:
        load(tmp_path / "odd.toml")
    assert len(str(error.value)) < 1000


def test_a_chain_without_end(tmp_path):
    for k in range(1200):
        (tmp_path / f"s{k}.toml").write_text(f"extends = 's{k + 1}.toml'")
    (tmp_path / "s1200.toml").write_text(GOOD)
    assert load(tmp_path / "s1150.toml").focal == "ann"
    with pytest.raises(RegularsError, match="extend one another"):
        load(tmp_path / "s0.toml")


def test_a_text_of_megabytes(tmp_path):
    """Taken where a text may be, told in short where not, and the line is found in no time."""
    (tmp_path / "a.toml").write_text(f"{GOOD}[about]\ntitle = '{'x' * 2_000_000}'")
    assert len(load(tmp_path / "a.toml").spec.about.title) == 2_000_000
    blank = "a" + " " * 100_000 + "b"
    (tmp_path / "a.toml").write_text(
        f"{GOOD}[about]\ntitle = '''\n{blank}\n'''\nsources = '{'x' * 2_000_000}'"
    )
    with pytest.raises(
        Problem, match=r"line 8: about\.sources: a list is needed here, not 'xxx.*\.\.\."
    ) as error:
        load(tmp_path / "a.toml")
    assert len(str(error.value)) < 300


@pytest.mark.parametrize(
    ("table", "place", "told"),
    [
        ({"firms": [{"name": "*"}]}, "firms.0.name", "it means every one"),
        ({"firms": [{"name": "a.b"}]}, "firms.0.name", "has no dot.*write a_b"),
        ({"firms": [{"name": ""}]}, "firms.0.name", "not empty"),
        ({"firms": [{"name": "a\n"}]}, "firms.0.name", r"'a\\n' will not do: '\\n' in it is a control character"),
        ({"firms": [{"name": "\x1b[31mred"}]}, "firms.0.name", r"'\\x1b' in it is a control character"),
        ({"firms": [{"name": "\u202eevil"}]}, "firms.0.name", r"'\\u202e' in it"),
        ({"arms": {"*": {}}}, r"arms.\*", "it means every one"),
        ({"arms": {"\x1b[0m": {}}}, "arms", r"'\\x1b\[0m' is no name"),
        ({"arms": {"a\tb": {}}}, "arms", r"'a\\tb' is no name"),
        ({"categories": [{"name": "*"}]}, "categories.0.name", "it means every one"),
        ({"situations": [{"name": "*"}]}, "situations.0.name", "it means every one"),
        ({"situations": [{"name": "a\rb"}]}, "situations.0.name", "control character"),
        ({"market": {"currency": "\x9b2J"}}, "market.currency", r"'\\x9b' in it"),
        ({"about": {"title": "a\x07"}}, "about.title", r"'\\x07' in it"),
        ({"about": {"sources": ["a\x00"]}}, "about.sources.0", r"'\\x00' in it"),
    ],
)  # fmt: skip
def test_names_that_nothing_could_mean_and_letters_that_a_terminal_obeys(table, place, told):
    with pytest.raises(Problem, match=f"{place}: .*{told}") as error:
        Scenario({"firms": [{"name": "ann"}], **table})
    assert str(error.value).isprintable()


def test_other_letters_are_taken():
    words = "Café 咖啡店 👩\u200d👩\u200d👧 می\u200cخواهم"
    made = Scenario(
        {"about": {"title": words, "question": "one\n\ttwo\r\nthree"}, "firms": [{"name": words}]}
    )
    assert made.focal == words and Scenario(made.resolved()).hash == made.hash
