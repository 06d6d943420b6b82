"""Share of wallet, behavioural loyalty and flows between firms, by hand and with their controls."""

import numpy as np
import pandas as pd
import pytest

from regulars.ground.errors import RegularsError
from regulars.measures import loyalty, switching


def log(rows):
    return pd.DataFrame(rows, columns=["customer", "time", "firm", "amount"])


HAND = log(
    [
        (1, 0.0, "A", 6.0), (1, 1.0, "A", 2.0), (1, 2.0, "B", 2.0),
        (2, 0.0, "B", 5.0), (2, 3.0, "A", 5.0),
        (3, 5.0, "B", 3.0),
        (4, 6.0, "A", 0.0),
    ]
)  # fmt: skip
EMPTY = HAND.iloc[:0]


def test_wallets():
    shares = loyalty.wallet_shares(HAND)
    assert shares.loc[1].to_dict() == {"A": 0.8, "B": 0.2} and 4 not in shares.index
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert loyalty.wallet_shares(HAND, of="purchases").loc[1, "A"] == pytest.approx(2 / 3)
    assert loyalty.main_customers(HAND, "A").to_dict() == {1: 0.8}
    assert loyalty.main_customers(HAND, "A", above=0.4).index.tolist() == [1, 2]
    assert loyalty.main_customers(HAND, "Z").empty


def test_wallet_distribution():
    table = loyalty.wallet_distribution(HAND, "A")
    assert table["buyers"].tolist() == [0, 0, 1, 1, 0]  # .5 and .8; classes are open below
    np.testing.assert_allclose(table["revenue"].sum(), 1)
    assert table["revenue"].iloc[3] == pytest.approx(8 / 13)
    assert loyalty.wallet_distribution(HAND, "B")["buyers"].tolist() == [1, 0, 1, 0, 1]
    assert loyalty.wallet_distribution(HAND, "Z")["buyers"].sum() == 0
    with pytest.raises(RegularsError, match="rise from 0 to 1"):
        loyalty.wallet_distribution(HAND, "A", edges=(0.5, 1.0))


def test_behavioural_loyalty():
    table = loyalty.behavioural_loyalty(HAND)
    one, two, three = table.loc[1], table.loc[2], table.loc[3]
    assert (one["purchases"], one["firms"], one["main_firm"], one["last_firm"], one["run"]) == (
        3,
        2,
        "A",
        "B",
        1,
    )
    assert one["main_share"] == pytest.approx(2 / 3) and one["concentration"] == pytest.approx(5 / 9)
    assert one["switching"] == 0.5
    assert (two["main_firm"], two["switching"]) == ("B", 1.0)  # a tie goes to the firm bought first
    assert np.isnan(three["switching"]) and three["run"] == 1
    steady = loyalty.behavioural_loyalty(HAND.assign(firm="A"))
    assert (steady["main_share"] == 1).all() and steady.loc[1, "run"] == 3


def test_switching_matrix():
    table = switching.switching_matrix(HAND, as_counts=True)
    assert table.loc["A", "A"] == 1 and table.loc["A", "B"] == 1 and table.loc["B", "A"] == 1
    rates = switching.switching_matrix(HAND)
    assert rates.loc["A"].to_dict() == {"A": 0.5, "B": 0.5} and rates.loc["B", "A"] == 1.0
    single = switching.switching_matrix(HAND.assign(firm="A"))
    assert single.to_numpy().tolist() == [[1.0]]
    lonely = switching.switching_matrix(HAND[HAND["customer"] == 3])
    assert np.isnan(lonely.to_numpy()).all()


def test_matrix_of_a_markov_market():
    rng = np.random.default_rng(71)
    true = np.array([[0.8, 0.2], [0.3, 0.7]])
    n, steps = 4000, 10
    state = (rng.random(n) < 0.4).astype(int)
    rows = []
    for t in range(steps):
        rows.append(pd.DataFrame({"customer": np.arange(n), "time": float(t), "firm": state}))
        state = (rng.random(n) > true[state, 0]).astype(int)
    table = pd.concat(rows).assign(amount=1.0)
    table["firm"] = np.array(["A", "B"])[table["firm"]]
    found = switching.switching_matrix(table).loc[["A", "B"], ["A", "B"]]
    np.testing.assert_allclose(found, true, atol=4 * 0.5 / np.sqrt(n * steps / 3))


def test_flows_by_hand_and_their_sums():
    rows = [(1, 0.0, "A"), (1, 1.0, "A"), (1, 11.0, "B"), (1, 12.0, "B")]  # two from A to B
    rows += [(2, 2.0, "A"), (2, 13.0, "A"), (2, 14.0, "C")]  # A stays, C comes from none
    rows += [(3, 3.0, "B")]  # B lost to none
    table = log([(*r, 1.0) for r in rows])
    flow = switching.switching_flows(table, at=10.0, length=10.0)
    assert flow.loc["A", "B"] == 2 and flow.loc["A", "A"] == 1
    assert flow.loc["none", "C"] == 1 and flow.loc["B", "none"] == 1
    assert flow.to_numpy().sum() == 5
    before = table[table["time"] < 10]["firm"].value_counts()
    after = table[table["time"] >= 10]["firm"].value_counts()
    for firm in "ABC":
        assert flow.loc[firm].sum() == before.get(firm, 0) and flow[firm].sum() == after.get(firm, 0)
    change = switching.gain_loss(table, "A", at=10.0, length=10.0)
    assert change["net"].sum() == after["A"] - before["A"]
    assert change.loc["B", "lost"] == 2 and change.loc["B", "fair_share"] == 2


def random_market(n, rng, move=0.0):
    bought = rng.poisson(6.0, n)
    who = np.repeat(np.arange(n), bought)
    taste = rng.dirichlet([0.6, 0.6, 0.6], n)
    time = rng.random(len(who)) * 200
    firm = (taste[who].cumsum(axis=1) < rng.random(len(who))[:, None]).sum(axis=1)
    moved = (time >= 100) & (firm == 0) & (rng.random(len(who)) < move)
    names = np.array(["A", "B", "C"])[np.where(moved, 1, firm)]
    return pd.DataFrame({"customer": who, "time": time, "firm": names, "amount": 1.0})


def test_net_flows_show_a_real_move_and_none_where_there_is_none():
    rng = np.random.default_rng(72)
    n = 20_000
    still = switching.gain_loss(random_market(n, rng), "A", at=100.0, length=100.0)
    size = 2 * n  # purchases per firm in 200 days
    assert still["gained"].sum() > 0.05 * size  # chance alone moves many both ways
    assert abs(still["net"].sum()) < 4 * np.sqrt(size)
    moved = switching.gain_loss(random_market(n, rng, move=0.2), "A", at=100.0, length=100.0)
    assert moved.loc["B", "net"] < -8 * np.sqrt(size) * 0.5
    assert abs(moved.loc["B", "net"]) > 3 * abs(moved.loc["C", "net"])


def test_empty_logs_and_faults():
    assert loyalty.wallet_shares(EMPTY).empty and loyalty.behavioural_loyalty(EMPTY).empty
    assert loyalty.wallet_distribution(EMPTY, "A")["buyers"].sum() == 0
    assert switching.switching_matrix(EMPTY).empty
    assert switching.switching_flows(EMPTY, at=5.0, length=5.0).to_numpy().sum() == 0
    with pytest.raises(RegularsError, match="there is no firm"):
        switching.gain_loss(EMPTY, "A", at=5.0, length=5.0)
    with pytest.raises(RegularsError, match="longer than 0"):
        switching.switching_flows(HAND, at=5.0, length=-1.0)
    with pytest.raises(RegularsError, match="choose"):
        loyalty.wallet_shares(HAND, of="visits")
    alone = switching.gain_loss(log([(1, 1.0, "A", 1.0), (1, 6.0, "A", 1.0)]), "A", at=5.0, length=5.0)
    assert alone.index.tolist() == [switching.CUSTOMERS, switching.CATEGORY] and alone["net"].sum() == 0
    with pytest.raises(RegularsError, match="choose 'purchases' or 'amount'"):
        switching.gain_loss(HAND, "A", at=5.0, length=5.0, of="money")


def test_new_and_lost_customers_apart_from_more_and_less_in_money():
    """1 leaves, 2 comes, 3 spends more, 4 less, 5 goes from A to B and spends more on the way."""
    before = [(1, 1.0, "A", 7.0), (3, 2.0, "A", 5.0), (4, 3.0, "A", 9.0), (5, 4.0, "A", 2.0)]
    after = [(2, 11.0, "A", 4.0), (3, 12.0, "A", 8.0), (4, 13.0, "A", 3.0), (5, 14.0, "B", 6.0)]
    table = switching.gain_loss(log(before + after), "A", at=10.0, length=10.0, of="amount")
    wanted = {"B": [0, 2], switching.CUSTOMERS: [4, 7], switching.CATEGORY: [3, 6]}
    assert table[["gained", "lost"]].astype(int).T.to_dict("list") == wanted
    assert table["net"].sum() == 15 - 23
    visits = switching.gain_loss(log(before + after), "A", at=10.0, length=10.0)
    assert visits.loc[switching.CATEGORY].fillna(0).tolist() == [0, 0, 0, 0]
    assert visits.loc[switching.CUSTOMERS, "net"] == 0 and visits.loc["B", "lost"] == 1
