"""The user's own ties are read from the scenario or a file beside it, and checked to the line."""

import numpy as np
import pytest

from regulars import load
from regulars.ground.errors import RegularsError
from regulars.ground.parameter import Problem
from regulars.market import Market
from regulars.scenario import Scenario

SHOPS = {"market": {"customers": 60, "days": 7}, "firms": [{"name": "a"}, {"name": "b"}]}


def written(folder, text, extra="", name="ties.csv"):
    """A scenario beside a file of ties."""
    (folder / name).write_text(text, encoding="utf-8")
    file = folder / "shops.toml"
    file.write_text(
        f'[market]\ncustomers = 60\ndays = 7\n[network]\non = true\nkind = "edges"\nfile = "{name}"\n{extra}\n[[firms]]\nname = "a"\n'
    )
    return file


@pytest.mark.parametrize(
    "text",
    [
        "0,1\n1,2\n",
        "from,to\n0,1\n1,2",
        "a b\r\n0 1\r\n\r\n1 2\r\n1 0\r\n",
        "0;1\n2;1\n1;2\n",
        "\ufeff0\t1\n1\t2",
    ],
)
def test_ties_come_from_a_file(text, tmp_path):
    network = load(written(tmp_path, text)).market().network
    row, friend = network.neighbours(np.arange(60))
    assert sorted(zip(row.tolist(), friend.tolist(), strict=True)) == [(0, 1), (1, 0), (1, 2), (2, 1)]


def test_ties_written_into_the_scenario():
    scenario = Scenario(
        {**SHOPS, "network": {"on": True, "kind": "edges", "edges": [[4, 7], [7, 4], [7, 59]]}}
    )
    assert scenario.market().network.friends(7).tolist() == [4, 59]
    again = Scenario(SHOPS).set(
        {"network.on": True, "network.kind": "edges", "network.edges": ((4, 7), (7, 59))}
    )
    assert np.array_equal(again.market().network.friend, scenario.market().network.friend)


def test_the_file_is_found_from_where_it_is_named(tmp_path):
    """Beside the scenario that names it, also when another one extends that."""
    inner = tmp_path / "inner"
    inner.mkdir()
    written(inner, "0,1\n")
    (tmp_path / "outer.toml").write_text('extends = "inner/shops.toml"\n[market]\ndays = 3\n')
    assert load(tmp_path / "outer.toml").market().network.degree.sum() == 2
    (tmp_path / "own.csv").write_text("3,4\n4,5\n")
    (tmp_path / "outer.toml").write_text('extends = "inner/shops.toml"\n[network]\nfile = "own.csv"\n')
    scenario = load(tmp_path / "outer.toml")
    assert scenario.market().network.degree.sum() == 4
    assert scenario.set({"network.file": "inner/ties.csv"}).market().network.degree.sum() == 2


def test_the_pairs_belong_to_the_scenario(tmp_path):
    """The file may be gone or other: a resolved scenario and a saved market know their ties."""
    file = written(tmp_path, "0,1\n")
    scenario = load(file)
    market = scenario.market()
    market.step()
    saved = market.save(tmp_path / "m")
    (tmp_path / "ties.csv").write_text("0,1\n1,2\n")
    assert load(file).hash != scenario.hash
    (tmp_path / "ties.csv").unlink()
    assert np.array_equal(Market.load(saved).network.friend, market.network.friend)
    (tmp_path / "resolved.toml").write_text(scenario.toml())
    assert np.array_equal(load(tmp_path / "resolved.toml").market().network.friend, market.network.friend)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("0,1\n5,60\n7,61\n", r"ties.csv, line 2: \[5, 60\] names a customer who is not there: they are 0 to 59 \(and 1 more\)"),
        ("from,to\n0,1\n-1,3\n", r"ties.csv, line 3: \[-1, 3\] names a customer who is not there"),
        ("0,1\n\n4,4\n", r"ties.csv, line 3: \[4, 4\] ties customer 4 to itself"),
        ("0,1\n1,2,3\n", r"ties.csv, line 2: '1,2,3' will not do: two numbers of customers are needed"),
        ("0,1\n1,x\n", r"ties.csv, line 2: '1,x' will not do"),
        ("0,1\n1,2.5\n", r"ties.csv, line 2: '1,2.5' will not do"),
        ("0,1\n1,99999999999999999999\n", r"ties.csv, line 2: .* will not do"),
        ("from,to\n", r"ties.csv, no pair of customers in it"),
        ("0\n1\n", r"ties.csv, line 1: '0' will not do"),
    ],
)  # fmt: skip
def test_wrong_lines_are_told(text, told, tmp_path):
    with pytest.raises(RegularsError, match=told):
        load(written(tmp_path, text))


def test_files_that_are_none(tmp_path):
    file = written(tmp_path, "0,1\n")
    (tmp_path / "ties.csv").unlink()
    with pytest.raises(
        RegularsError, match=r"shops.toml, line 7: network.file: ties.csv: there is no such file"
    ):
        load(file)
    (tmp_path / "ties.csv").mkdir()
    with pytest.raises(RegularsError, match=r"network.file: ties.csv: "):
        load(file)
    (tmp_path / "ties.csv").rmdir()
    (tmp_path / "ties.csv").write_bytes(b"\xff\xfe0,1")
    with pytest.raises(RegularsError, match=r"is UTF-8 text"):
        load(file)
    with pytest.raises(Problem, match=r"network.file: 5 is not the path of a file"):
        Scenario({**SHOPS, "network": {"on": True, "kind": "edges", "file": 5}})


@pytest.mark.parametrize(
    ("network", "told"),
    [
        ({"on": True, "kind": "lattice"}, r"network.kind: 'lattice' will not do"),
        ({"on": True, "kind": "small_world", "degree": 5}, "network.degree: 5 will not do: .* even number"),
        ({"on": True, "kind": "scale_free", "degree": 1}, "network.degree: 1 will not do: .* even number"),
        ({"on": True, "kind": "small_world", "degree": 4.5}, "even number"),
        ({"on": True, "kind": "random", "degree": 60}, "60 ties are too many: 60 customers can have at most 59 each"),
        ({"on": True, "kind": "random", "degree": -1}, r"outside \[0, 100000\]"),
        ({"on": True, "kind": "random", "degree": float("nan")}, "degree"),
        ({"on": True, "kind": "small_world", "rewiring": 1.5}, r"outside \[0, 1\]"),
        ({"on": True, "kind": "random", "homophily": "much"}, "'much' is not a number"),
        ({"on": True, "kind": "edges"}, "needs pairs of customers"),
        ({"on": True, "kind": "edges", "edges": [[0, 60]]}, "pair 0: .* not there: they are 0 to 59"),
        ({"on": True, "kind": "edges", "edges": [[0, 1], [2, 2]]}, "pair 1: .* to itself"),
        ({"on": True, "kind": "edges", "edges": [[0, 1], [2]]}, r"network.edges.1: \[2\] will not do"),
        ({"on": True, "kind": "edges", "edges": [[0, True]]}, r"network.edges.0: .* will not do"),
        ({"on": True, "kind": "edges", "edges": [[0, 1.5]]}, r"network.edges.0: .* will not do"),
        ({"on": True, "kind": "edges", "edges": 7}, "network.edges: 7 will not do"),
        ({"on": True, "kind": "edges", "edges": "0,1\n2,99"}, r"network.edges: line 2: \[2, 99\]"),
        ({"on": True, "kind": "edges", "edges": "nobody"}, "network.edges: no pair of customers in it"),
        ({"ties": 3}, "no parameter of this name"),
    ],
)  # fmt: skip
def test_wrong_networks_are_told(network, told):
    with pytest.raises(Problem, match=told):
        Scenario({**SHOPS, "network": network}).market()
