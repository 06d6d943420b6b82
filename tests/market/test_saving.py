"""A market that was saved and loaded lives the same days, to the bit, as one that went on."""

import json
import zipfile

import numpy as np
import pytest
from worlds.busy import REBATE, world
from worlds.lives import after, differences

from regulars.contract import strategy
from regulars.ground.errors import RegularsError
from regulars.ground.parameter import Problem
from regulars.market import Market, archive

LOGS = ("opportunities", "events")


def usable():
    """Every registered strategy that a scenario can have by its name alone."""
    found = []
    for name in strategy.names():
        try:
            world({name: {}})
        except Problem:
            continue
        found.append(name)
    return found


def continued(scenario, day, path, **options):
    """The market at its end: never interrupted, and saved and loaded on `day`."""
    straight = scenario.market(log="memory").run()
    market = after(scenario.market(log="memory"), day)
    market.save(path)
    return straight, Market.load(path, **options)


def assert_same_life(one, other):
    assert differences(one, other) == []
    for table in LOGS:
        assert getattr(one.log, table)().equals(getattr(other.log, table)())


@pytest.mark.parametrize("name", usable())
@pytest.mark.parametrize("tick", [0.5])
def test_every_strategy_goes_on(name, tick, tmp_path):
    """Day 8.5 is in the middle of a week, and half a day is a tick."""
    scenario = world({name: {}}, **{"market.tick": tick, "market.days": 20.0})
    straight, loaded = continued(scenario, 17, tmp_path / "m")
    assert loaded.day == 8.5
    assert_same_life(straight, loaded.run())


@pytest.fixture(scope="module")
def together():
    """A market with all strategies at its end, never interrupted, and its scenario."""
    scenario = world({name: {} for name in usable()})
    return scenario.market(log="memory").run(), scenario


@pytest.mark.parametrize("day", [0, 1, 17, 28, 45])
def test_all_strategies_together_go_on(day, together, tmp_path):
    straight, scenario = together
    loaded = Market.load(after(scenario.market(log="memory"), day).save(tmp_path / "m"))
    assert loaded.tick == loaded.steps == day
    assert_same_life(straight, loaded.run())


@pytest.mark.parametrize(
    "process",
    [
        {"process": "erlang"},
        {"process": "calendar", "interval": 3.0, "together": False},
        {"process": "calendar"},
    ],
)
def test_every_rhythm_goes_on(process, tmp_path):
    scenario = world(**{f"need.{name}": value for name, value in process.items()})
    straight, loaded = continued(scenario, 10, tmp_path / "m")
    assert_same_life(straight, loaded.run())


def test_a_lost_state_shows(tmp_path):
    """Negative control: a strategy that forgets its members' progress lives another life."""
    straight, loaded = continued(world(), 17, tmp_path / "m")
    loaded.firms[0].strategies["threshold_rebate"].visits[:] = 0
    assert any("threshold_rebate" in name or "ledger" in name for name in differences(straight, loaded.run()))


def test_saving_leaves_the_market_alone(tmp_path):
    scenario = world()
    market = after(scenario.market(log="memory"), 20)
    market.save(tmp_path / "m")
    assert_same_life(scenario.market(log="memory").run(), market.run())


def test_a_loaded_market_can_be_saved_again(tmp_path):
    market = after(world().market(log="memory"), 20)
    first, second = market.save(tmp_path / "one"), Market.load(tmp_path / "one").save(tmp_path / "two")
    assert first.read_bytes() == second.read_bytes()


def test_what_a_loaded_market_is(tmp_path):
    scenario = world()
    market = after(scenario.market(seed=7, replicate=3), 5)
    market.firms[0].price, market.customers[4].basket = 1.23, 9.0
    loaded = Market.load(market.save(tmp_path / "m"))
    assert (loaded.chance.seed, loaded.replicate, loaded.day) == (7, 3, 5.0)
    assert loaded.firms[0].price == 1.23 and loaded.customers[4].basket == 9.0
    assert loaded.scenario.hash == scenario.hash and loaded.scenario.name == scenario.name
    assert not loaded.log.rows and not loaded.collects


def test_rows_of_the_log_come_back(tmp_path):
    market = after(world().market(log="memory"), 20)
    file = market.save(tmp_path / "m")
    assert Market.load(file).log.opportunities().equals(market.log.opportunities())
    totals = Market.load(file, log="totals")
    assert not totals.log.rows and np.array_equal(totals.totals.paid, market.totals.paid)
    assert_same_life(Market.load(file, threads=2).run(), market.run())


def test_rows_go_on_in_a_file(tmp_path):
    import pandas as pd

    market = after(world().market(log="memory"), 20)
    Market.load(market.save(tmp_path / "m"), log=tmp_path / "log.parquet").run()
    rows = market.run().log.opportunities()
    written = pd.read_parquet(tmp_path / "log.parquet")
    assert np.array_equal(written["time"], rows["time"]) and np.array_equal(written["amount"], rows["amount"])


def test_a_comparison_goes_on(tmp_path):
    """Control and arm are saved on the same day and loaded in lockstep."""
    scenario = world({})
    pair = scenario.market(), None
    pair = pair[0], scenario.set({"firms.a.strategies": REBATE}).market(against=pair[0])
    for _ in range(20):
        after(pair[0], 1), after(pair[1], 1)
    files = [market.save(tmp_path / name) for market, name in zip(pair, "ca", strict=True)]
    control = Market.load(files[0])
    arm = Market.load(files[1], against=control)
    for _ in range(25):
        for market in (*pair, control, arm):
            after(market, 1)
    assert differences(pair[0], control) == differences(pair[1], arm) == []
    assert arm.ledger.by_source.any()


# ------------------------------------------------------------------ the file


def test_the_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    market = world().market()
    file = market.save(tmp_path / "m")
    before = file.read_bytes()

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np.lib.format, "write_array", full)
    with pytest.raises(RegularsError, match=r"cannot be saved here .*No space left"):
        after(market, 3).save(file)
    assert file.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["m"]


def test_the_same_market_gives_the_same_bytes(tmp_path):
    files = [after(world().market(), 10).save(tmp_path / name) for name in "ab"]
    assert files[0].read_bytes() == files[1].read_bytes()


def changed_member(file, name, change):
    """The file with one member of its zip changed."""
    with zipfile.ZipFile(file) as box:
        members = {n: box.read(n) for n in box.namelist()}
    members[name] = change(members[name])
    with zipfile.ZipFile(file, "w") as box:
        for n, content in members.items():
            box.writestr(n, content)
    return file


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda f: f.unlink(), "there is no such saved market"),
        (lambda f: (f.unlink(), f.mkdir()), "this is a folder"),
        (lambda f: f.write_text("hello"), "no saved market"),
        (lambda f: f.write_bytes(b""), "no saved market"),
        (
            lambda f: (np.savez(f"{f}.npz", a=np.arange(3)), f.with_suffix(".npz").rename(f)),
            "no saved market",
        ),
        (lambda f: f.write_bytes(f.read_bytes()[:-1000]), "a damaged saved market"),
        (
            lambda f: changed_member(
                f, "about.json", lambda b: json.dumps({**json.loads(b), "format": "else"}).encode()
            ),
            "no saved market",
        ),
        (
            lambda f: changed_member(
                f, "about.json", lambda b: json.dumps({**json.loads(b), "version": 99}).encode()
            ),
            "version 99 .* reads version 1",
        ),
        (lambda f: changed_member(f, "tree.json", lambda b: b[:100]), "a damaged saved market"),
        (lambda f: changed_member(f, "tree.json", lambda b: b"[1]"), "a damaged saved market"),
        (
            lambda f: changed_member(f, "tree.json", lambda b: b'{"seed": 1}'),
            "a damaged saved market .*not in it",
        ),
    ],
)
def test_what_is_no_saved_market_is_told(make, told, tmp_path):
    file = world().market().save(tmp_path / "market")
    make(file)
    with pytest.raises(RegularsError, match=told) as error:
        Market.load(file)
    assert "market" in str(error.value)


def test_a_flipped_bit_never_passes_unseen(tmp_path):
    """Any damage is told, or changes nothing: dates and other bytes of the zip that say nothing."""
    market = world(**{"market.customers": 20}).market()
    file = market.save(tmp_path / "m")
    whole, good = file.read_bytes(), archive.read(file)
    told = 0
    directory = range(
        whole.rindex(b"PK\5\6") - 200, len(whole)
    )  # where a flip may say encrypted, or another method
    for at in (*range(3, len(whole), max(len(whole) // 120, 1)), *directory):
        damaged = bytearray(whole)
        damaged[at] ^= 1 << at % 8
        file.write_bytes(damaged)
        try:
            tree = archive.read(file)
        except RegularsError:
            told += 1
        else:
            assert json.dumps(tree, default=lambda a: a.tolist()) == json.dumps(
                good, default=lambda a: a.tolist()
            ), at
    assert told > 100


def test_no_code_in_the_file(tmp_path):
    with pytest.raises(RegularsError, match=r"x\.y: an array of Python objects cannot be saved"):
        archive.write(tmp_path / "m", {"x": {"y": np.array([{}], object)}}, "a test")
    with pytest.raises(RegularsError, match="x: a set cannot be saved"):
        archive.write(tmp_path / "m", {"x": {1}}, "a test")
    assert not list(tmp_path.iterdir())


def test_every_value_comes_back(tmp_path):
    tree = {
        "a": [1, 2.5, None, True, "text", (1, (2,)), {}], "b": {("x", 1): 2**70}, "c": np.float32(0.1), "d": np.array(["é", "bb"]),
        "e": {"$": "array", "at": 5}, "f": float("inf"), "g": np.zeros((0, 3)), "h": np.arange(6).reshape(2, 3).T, "i": {3: np.int8(1)},
    }  # fmt: skip
    back = archive.read(archive.write(tmp_path / "m", tree, "a test"))
    assert repr(back) == repr(tree)


def test_options_of_loading_are_checked(tmp_path):
    file = world().market().save(tmp_path / "m")
    for option in ("seed", "replicate", "resume", "market__customers"):
        with pytest.raises(RegularsError, match=f"no option '{option}'"):
            Market.load(file, **{option: 1})
    with pytest.raises(RegularsError, match="cannot be saved here"):
        world().market().save(tmp_path / "no" / "m")


def test_a_strategy_that_does_not_fit_is_named(tmp_path, monkeypatch):
    """What another version of a strategy has saved under other names."""
    file = after(world().market(), 3).save(tmp_path / "m")
    monkeypatch.setattr(
        strategy.find("threshold_rebate"), "restore", lambda self, saved: saved["a newer name"]
    )
    with pytest.raises(
        RegularsError, match=r"firms\.a\.strategies\.threshold_rebate: what was saved does not fit"
    ):
        Market.load(file)
