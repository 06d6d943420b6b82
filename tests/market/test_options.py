"""Options of a market: what will not do is refused before anything is built or written."""

import os

import numpy as np
import pandas as pd
import pytest

from regulars.ground.errors import RegularsError
from regulars.market import Market

TABLE = {"market": {"customers": 30, "days": 4.0, "seed": 3}, "firms": [{"name": "a"}, {"name": "b"}]}
WRONG = [
    ({"seed": -1}, "seed: -1 is out of bounds; a whole number from 0 to 18446744073709551615"),
    ({"seed": 2**64}, "seed: 18446744073709551616 is out of bounds"),
    ({"seed": True}, "seed: True will not do; a whole number"),
    ({"seed": 1.0}, "seed: 1.0 will not do; a whole number"),
    ({"seed": "1"}, "seed: '1' will not do"),
    ({"replicate": -1}, "replicate: -1 is out of bounds; a whole number from 0 on"),
    ({"replicate": 0.5}, "replicate: 0.5 will not do"),
    ({"rng": -1}, "rng: -1 is out of bounds"),
    ({"rng": 1.5}, "rng: 1.5 gives no seed"),
    ({"rng": True}, "rng: True gives no seed"),
    ({"rng": []}, r"rng: \[\] gives no seed"),
    ({"rng": "12"}, "rng: '12' gives no seed"),
    ({"rng": [1, -2]}, "rng: -2 is out of bounds"),
    ({"rng": np.random.default_rng(1)}, r"rng: Generator.* gives no seed.*int\(generator.integers"),
    ({"rng": np.random.PCG64(1)}, "gives no seed that could be told and used again"),
    ({"seed": 1, "rng": 2}, "seed: 1 and rng: 2 are both given"),
    ({"threads": 0}, "threads: 0 is out of bounds; a whole number from 1 on"),
    ({"threads": True}, "threads: True will not do"),
    ({"collect": 1}, "collect: 1 will not do; True or False"),
    ({"collect": "no"}, "collect: 'no' will not do"),
    ({"against": "control"}, "against: 'control' is not a market"),
    ({"log": "memroy"}, "log: 'memroy' will not do; .*did you mean 'memory'"),
    ({"log": "total"}, "did you mean 'totals'"),
    ({"log": "log.csv"}, r"a path that ends in \.parquet"),
    ({"log": ""}, "log: .* will not do"),
    ({"log": True}, "log: True will not do"),
    ({"log": None}, "log: None will not do"),
    ({"log": "nowhere/log.parquet"}, "there is no folder 'nowhere'"),
    ({"log": "folder.parquet"}, "is a folder"),
    ({"sed": 3}, "no option 'sed'; did you mean 'seed'"),
    ({"thread": 3}, "no option 'thread'; did you mean 'threads'"),
    ({"markt": {}}, "no option 'markt'; did you mean 'market'"),
    ({"market__customer": 3}, "market.customer: no parameter of this name; did you mean 'market.customers'"),
]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.parquet").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("options", "message"), WRONG, ids=lambda value: value[:40] if isinstance(value, str) else "-".join(value)
)
def test_refused(options, message, here):
    with pytest.raises(RegularsError, match=message):
        Market(TABLE, **options)
    assert [path.name for path in here.iterdir()] == ["folder.parquet"]


@pytest.mark.parametrize(
    ("options", "message"),
    [(o, m) for o, m in WRONG if set(o) <= {"threads", "log", "collect", "against"}],
    ids=lambda value: value[:40] if isinstance(value, str) else "-".join(value),
)
def test_refused_by_load_and_branch(options, message, here):
    market = Market(TABLE)
    file = market.save(here / "market")
    for again in (lambda **o: Market.load(file, **o), lambda **o: market.branch(**o)):
        with pytest.raises(RegularsError, match=message):
            again(**options)
        with pytest.raises(RegularsError, match="has no option 'thread'; did you mean 'threads'"):
            again(thread=2)
    assert sorted(path.name for path in here.iterdir()) == ["folder.parquet", "market"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="who may do everything may write")
def test_a_folder_that_may_not_be_written(here):
    (here / "folder.parquet").chmod(0o500)
    with pytest.raises(RegularsError, match="you may not write there"):
        Market(TABLE, log="folder.parquet/log.parquet")


def test_a_folder_that_may_not_be_written_is_asked(here, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(RegularsError, match=r"'log\.parquet' cannot be written, you may not write there"):
        Market(TABLE, log="log.parquet")


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"seed": 4}, "the control has seed 4 and replicate 0, this market has 3 and 0"),
        ({"replicate": 1}, "the control has seed 3 and replicate 1, this market has 3 and 0"),
        ({"market__customers": 31}, "the control has 31 customers, this market 30: other people"),
        ({"firms": [{"name": "a"}, {"name": "c"}]}, r"the control has other firms \(a, c\)"),
        ({"market__tick": 2.0}, r"market\.tick is 2 in the control, 1 here"),
        ({"market__days": 3.0}, r"market\.days is 3 in the control"),
        ({"need__mean": 9.0}, r"\[need\] differs from that of the control"),
        ({"turnover__exit_rate": 5.0}, "come and go on other days: other people"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "-".join(value),
)
def test_a_control_of_another_world(other, message):
    with pytest.raises(RegularsError, match=message):
        Market(TABLE, against=Market(TABLE, **other))


def test_a_control_of_another_day():
    control = Market(TABLE)
    control.step()
    with pytest.raises(
        RegularsError, match="the control is on day 1 and this market on day 0: both must stand"
    ):
        Market(TABLE, against=control)
    assert control.branch(against=control).day == 1.0


def draws(**options):
    return Market(TABLE, log="memory", **options).run().log.purchases()


def test_taken():
    assert Market(TABLE, seed=2**64 - 1, replicate=np.int64(3), threads=np.int8(2)).chance.seed == 2**64 - 1
    assert Market(TABLE).chance.seed == Market(TABLE, rng=None).chance.seed == 3
    pd.testing.assert_frame_equal(draws(seed=7), draws(rng=7))
    pd.testing.assert_frame_equal(draws(seed=7), draws(rng=np.uint64(7), seed=7))
    assert not draws(seed=7).equals(draws(seed=8))
    one, two = (Market(TABLE, rng=s) for s in np.random.SeedSequence(1).spawn(2))
    assert one.chance.seed != two.chance.seed
    again = Market(TABLE, rng=np.random.SeedSequence(1).spawn(2)[1])
    assert again.chance.seed == two.chance.seed == Market(TABLE, seed=two.chance.seed).chance.seed
    assert Market(TABLE, rng=[1, 2]).chance.seed == Market(TABLE, rng=np.array([1, 2])).chance.seed


def test_a_log_is_written_where_it_is_asked_for(here):
    for log in ("a.parquet", here / "B.PARQUET"):
        market = Market(TABLE, log=log)
        assert not (here / log).exists()
        while market.running:  # as mesa's users write it
            market.step()
        assert len(pd.read_parquet(log)) == market.totals.opportunities.sum()
