"""What a market writes from Python takes the place of nothing but of what was written here, as on the command line."""

import gc
import os
from pathlib import Path

import pandas as pd
import pytest

import regulars
from regulars import Scenario
from regulars.ground.errors import RegularsError
from regulars.market import Market

SHOPS = {"market": {"customers": 30, "days": 4.0}, "firms": [{"name": "a"}, {"name": "b"}]}
WAYS = {
    "save": lambda market, file, **o: market.save(file, **o),
    "log": lambda market, file, **o: Market(market.scenario, log=file, **o).run(),
    "scenario": lambda market, file, **o: market.scenario.market(log=file, **o).run(),
    "branch": lambda market, file, **o: market.branch(log=file, **o).run(),
    "load": lambda market, file, **o: Market.load("saved", log=file, **o).run(),
    "events": lambda market, file, **o: market.log.write_events(file, **o),
}


@pytest.fixture
def market(tmp_path, monkeypatch):
    """A market of a scenario that extends another one and has a table of ties; `saved` is its file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ties.parquet").write_text("0,1\n1,2\n")  # whatever a table is called
    (tmp_path / "base.parquet").write_text(Scenario(SHOPS).toml())
    (tmp_path / "s.parquet").write_text("extends = 'base.parquet'\n[network]\nfile = 'ties.parquet'\n")
    market = Market("s.parquet", log="memory")
    market.save("saved")
    return market


def left(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.mark.parametrize("way", WAYS)
def test_a_file_of_yours_is_replaced_on_demand_only(way, market, tmp_path):
    file = tmp_path / "diary.parquet"
    file.write_text("dear diary")
    before = left(tmp_path)
    with pytest.raises(
        RegularsError, match=r"diary\.parquet: there is a file of this name that regulars did"
    ):
        WAYS[way](market, file)
    assert left(tmp_path) == before
    WAYS[way](market, file, overwrite=True)
    assert b"diary" not in file.read_bytes()
    WAYS[way](market, file)  # now it is ours


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["s.parquet", "base.parquet", "ties.parquet", "sub/../ties.parquet"])
def test_no_input_is_ever_replaced(way, name, market, tmp_path):
    (tmp_path / "sub").mkdir()
    if way == "load":  # what is loaded stands by itself: nothing of its scenario lies anywhere
        return
    for overwrite in (False, True):
        with pytest.raises(RegularsError, match="this is an input"):
            WAYS[way](market, name, overwrite=overwrite)
    assert (tmp_path / "ties.parquet").read_text() == "0,1\n1,2\n"
    assert len(list(tmp_path.iterdir())) == 5


@pytest.mark.parametrize("log", ["ties.parquet", "pairs.parquet"])
def test_ties_of_a_table_and_of_an_arm_are_inputs_too(log, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("ties", "pairs"):
        (tmp_path / f"{name}.parquet").write_text("0,1\n")
    scenario = Scenario({**SHOPS, "network": {"file": "ties.parquet"}})
    if log == "pairs.parquet":
        scenario = scenario.set({"network.file": log})
    with pytest.raises(RegularsError, match="this is an input"):
        scenario.market(log=log, overwrite=True)
    assert Market({**SHOPS, "market": {"customers": 5}}, log=log, overwrite=True)  # nothing of this one


def test_a_saved_market_is_known_and_other_zips_are_not(market, tmp_path):
    import zipfile

    market.save("saved")
    Market.load("saved").save("saved")
    for members in ({"letter.xml": "dear"}, {"about.json": "[]"}, {"about.json": '{"format": "mine"}'}):
        with zipfile.ZipFile("mine.zip", "w") as box:
            for name, text in members.items():
                box.writestr(name, text)
        with pytest.raises(RegularsError, match="did not write"):
            market.save("mine.zip")
    (tmp_path / "mine.zip").write_bytes(b"PK\3\4 no zip at all")
    with pytest.raises(RegularsError, match="did not write"):
        market.save("mine.zip")


@pytest.mark.skipif(os.name != "posix", reason="links of Unix")
def test_a_link_to_an_input_is_the_input(market, tmp_path):
    (tmp_path / "soft.parquet").symlink_to("base.parquet")
    os.link("ties.parquet", "hard.parquet")
    for name in ("soft.parquet", "hard.parquet"):
        for way in ("save", "log"):
            with pytest.raises(RegularsError, match="this is an input"):
                WAYS[way](market, name, overwrite=True)


def test_two_open_markets_do_not_write_to_one_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = Market(SHOPS, log="l.parquet")
    first.step()
    for again in (lambda: Market(SHOPS, log="sub/../l.parquet"), lambda: first.branch(log="l.parquet")):
        (tmp_path / "sub").mkdir(exist_ok=True)
        with pytest.raises(RegularsError, match=r"another market that is still open.*market\.close\(\)"):
            again()
    first.run()
    Market(SHOPS, log="l.parquet", seed=2).close()  # our own earlier log, and nobody writes to it now
    assert pd.read_parquet("l.parquet").empty


def test_a_market_that_is_gone_or_was_never_built_holds_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    market = Market(SHOPS, log="l.parquet")
    market.step()
    del market
    monkeypatch.setattr("regulars.market.market.pricing.employ", lambda market: 1 / 0)
    with pytest.raises(ZeroDivisionError) as kept:  # as in a notebook, which keeps the latest error
        Market(SHOPS, log="l.parquet")
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    assert len(pd.read_parquet(Market(SHOPS, log="l.parquet").run().log.path)) and kept


def test_a_log_appears_whole_and_an_unfinished_one_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("regulars.world.log.FLUSH", 1)
    monkeypatch.chdir(tmp_path)
    Market(SHOPS, log="l.parquet").run()
    before = left(tmp_path)
    market = opened("l.parquet")
    assert left(tmp_path)["l.parquet"] == before["l.parquet"] and len(left(tmp_path)) == 2
    del market
    gc.collect()
    assert left(tmp_path) == before


def opened(log):
    market = Market(SHOPS, log=log, seed=9)
    market.step()
    return market


def test_what_comes_in_the_way_of_a_log_meanwhile_is_kept(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    market = Market(SHOPS, log="l.parquet")
    market.step()
    (tmp_path / "l.parquet").write_text("dear diary")
    with pytest.raises(RegularsError, match="the result is in") as told:
        market.run()
    assert (tmp_path / "l.parquet").read_text() == "dear diary"
    assert len(pd.read_parquet(str(told.value).rpartition(" in ")[2])) == market.totals.opportunities.sum()


def test_a_draft_of_a_program_that_ends_goes_with_it(tmp_path):
    import subprocess
    import sys

    code = (
        "import os, sys, regulars.world.log as log\n"
        "log.FLUSH = 1\n"
        "from regulars.market import Market\n"
        f"market = Market({SHOPS!r}, log='l.parquet')\n"
        "market.step()\n"
        "child = os.fork() if hasattr(os, 'fork') else 1\n"
        "if child == 0: sys.exit()\n"  # a process that was forked off leaves the draft alone
        "if hasattr(os, 'fork'): os.waitpid(child, 0)\n"
        "print(len([n for n in os.listdir('.') if n.startswith('.regulars-')]))\n"
    )
    words = [sys.executable, "-W", "ignore", "-c", code]
    here = {**os.environ, "PYTHONPATH": str(Path(regulars.__file__).parents[1])}
    told = subprocess.run(words, cwd=tmp_path, env=here, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "1" and list(tmp_path.iterdir()) == []


def test_overwrite_is_yes_or_no():
    with pytest.raises(RegularsError, match="overwrite: 'no' will not do; True or False"):
        Market(SHOPS, overwrite="no")


def test_inputs_of_a_scenario_without_a_file():
    assert Scenario(SHOPS).inputs == [] and Scenario({**SHOPS, "network": {"edges": [[0, 1]]}}).inputs == []
