"""Every metric of a comparison once more, from the logs and books of the two worlds."""

import math

import numpy as np
import pandas as pd
import pytest

from regulars.lab.compare import compare
from regulars.lab.comparison import UNITS
from regulars.market.pairing import Lockstep
from regulars.scenario import CONTROL, Scenario

WINDOW, DAYS = 14.0, 70
SHOPS = {
    "about": {"title": "two shops"},
    "market": {"customers": 250, "days": float(DAYS), "window": WINDOW, "focal": "bob"},
    "need": {"mean": 1.5, "shape": 1.0},
    "taste": {"concentration": 1.5},
    "choice": {"outside": True, "outside_utility": -1.0, "price_sensitivity": 2.0},
    "spending": {"basket": {"distribution": "gamma", "mean": 10.0, "sd": 5.0}, "variation": 0.4},
    "experience": {"on": True},
    "voice": {"on": True, "cost": 0.0},
    "firms": [
        {"name": "ann", "price": 1.0, "cost": 0.6},
        {
            "name": "bob", "price": 1.1, "cost": 0.5, "failure": 0.2, "rent": 3.0,
            "strategies": {"everyday_low_price": {"discount": 0.03}},
        },
    ],
    "arms": {
        "club": {
            "strategies": {
                "threshold_rebate": {"rate": 0.2, "days": 2, "window": 14, "enrolment": "offered", "effort": 2.0},
                "coupons": {},
            }
        },
        "dearer": {"set": {"firms.bob.price": 1.3}},
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def worlds():
    """Control and arms, run to the end with their logs."""
    scenario = Scenario(SHOPS)
    control = scenario.arm(CONTROL).market(seed=5, replicate=0, log="memory")
    arms = {
        a: scenario.arm(a).market(seed=5, replicate=0, against=control, log="memory")
        for a in scenario.spec.arms
    }
    both = Lockstep(control, arms)
    for _ in range(DAYS):
        both.step()
    return {CONTROL: control, **arms}


@pytest.fixture(scope="module")
def found():
    return compare(Scenario(SHOPS), replicates=1, seed=5, jobs=1)


def buyers(log, firm=None, low=0.0, high=math.inf):
    part = log[(log["time"] >= low) & (log["time"] < high)]
    return set(part["customer"] if firm is None else part.loc[part["firm"] == firm, "customer"])


def wanted(worlds, arm):
    """Metrics of an arm from logs and books."""
    market, control = worlds[arm], worlds[CONTROL]
    logs = {name: world.log.purchases() for name, world in worlds.items()}
    log, base = logs[arm], logs[CONTROL]
    own = log[log["firm"] == "bob"]
    base_first, base_before = (
        buyers(base, "bob", *w) for w in ((0, WINDOW), (DAYS - 2 * WINDOW, DAYS - WINDOW))
    )
    last = buyers(log, "bob", DAYS - WINDOW, DAYS)
    base_last = buyers(base, "bob", DAYS - WINDOW, DAYS)
    payers = set(own.loc[own["amount"] > 0, "customer"])
    books, base_books = market.ledger, control.ledger
    reward, base_reward = (b.value("discounts", 1) + b.value("rewards", 1) for b in (books, base_books))
    gain = books.profit(1) - base_books.profit(1)
    members = np.flatnonzero(market.firms[1].members())
    spent, base_spent = ({c: x for c, x in table[table["firm"] == "bob"].groupby("customer")["amount"].sum().items()} for table in (log, base))  # fmt: skip
    others = np.setdiff1d(np.arange(250), members)
    naive = true = math.nan
    if 0 < members.size < 250:
        mean = [sum(spent.get(c, 0.0) for c in who) / who.size for who in (members, others)]
        naive = mean[0] - mean[1]
        true = mean[0] - sum(base_spent.get(c, 0.0) for c in members) / members.size
    revenue, purchases = own["amount"].sum(), len(own)
    base_own = base[base["firm"] == "bob"]
    events = market.log.events()
    return {
        "profit": books.profit(1), "incremental_profit": gain, "revenue": revenue,
        "incremental_revenue": revenue - base_own["amount"].sum(), "purchases": purchases,
        "incremental_purchases": purchases - len(base_own), "retention": len(base_first & last) / len(base_first),
        "churn": 1 - len(base_before & last) / len(base_before),
        "share_of_requirements": own["amount"].sum() / log.loc[log["customer"].isin(payers), "amount"].sum(),
        "penetration": len(buyers(log, "bob")) / 250, "buyers": len(buyers(log, "bob")), "members": members.size,
        "complaints": ((events["event"] == "complain") & (events["firm"] == "bob")).sum(),
        **{name: books.value(name, 1) for name in ("communication", "acquisition", "staff", "liability")},
        "profit_before_liability": books.profit(1) + books.value("liability", 1),
        "deferred_revenue": market.firms[1].card.purse.total().sum() / 1e6 if market.firms[1].has_card else 0.0,
        "reward_cost": reward,
        "return_on_reward": gain / (reward - base_reward) if reward > base_reward else math.nan,
        "customers_kept": len(last & base_last), "customers_won": len(last - base_last),
        "customers_lost": len(base_last - last), "naive_lift": naive, "true_lift": true, "selection_gap": naive - true,
    }  # fmt: skip


@pytest.mark.parametrize("arm", [CONTROL, *SHOPS["arms"]])
def test_metrics_are_those_of_the_logs(worlds, found, arm):
    table = found.metrics[found.metrics["arm"] == arm].set_index("metric")["value"]
    expected = wanted(worlds, arm)
    assert set(table.index) == set(UNITS)
    for name, value in expected.items():
        assert table[name] == pytest.approx(value, abs=2e-3, nan_ok=True), name
    assert set(UNITS) - set(expected) == {"break_even_day", "caused", "subsidised", "uncaused"}
    if arm == "club":
        assert 0 < table["members"] < 250 and table["communication"] > 0 and table["complaints"] > 0
        assert table["customers_won"] > 0 and table["selection_gap"] != 0


@pytest.mark.parametrize("arm", SHOPS["arms"])
def test_attribution_is_what_the_pairs_of_opportunities_say(worlds, found, arm):
    """Cell by cell from the two logs; rewards of the control are no news, and what no purchase carries stands apart."""
    pair = worlds[arm].log.opportunities(), worlds[CONTROL].log.opportunities()
    mine, base = (t["firm"].astype(object).fillna("none") for t in pair)
    assert (
        pair[0][["customer", "occasion"]].to_numpy() == pair[1][["customer", "occasion"]].to_numpy()
    ).all()
    cell = pd.Series("", index=mine.index)
    cell[(mine == "bob") & (base == "bob")] = "kept"
    cell[(mine == "bob") & (base == "ann")] = "won"
    cell[(mine == "bob") & (base == "none")] = "created"
    cell[(mine == "ann") & (base == "bob")] = "lost"
    cell[(mine == "none") & (base == "bob")] = "foregone"
    table = found.attribution[found.attribution["arm"] == arm].groupby("cell").sum(numeric_only=True)
    cost = 0.5
    margins = [np.where(side == "bob", t["listed"] - cost * t["quantity"], 0.0) for side, t in zip((mine, base), pair, strict=True)]  # fmt: skip
    for name in ("kept", "won", "created", "lost", "foregone"):
        assert table.loc[name, "opportunities"] == (cell == name).sum() > 0, name
        change = (margins[0] - margins[1])[cell == name].sum()
        assert table.loc[name, "margin"] == pytest.approx(change, abs=2e-3), name
    books, base_books = worlds[arm].ledger, worlds[CONTROL].ledger
    sources = books.by_source[1] / 1e6  # ann, bob, nobody, nothing
    assert table.loc[["won", "kept", "created", "unearned"], "reward"].tolist() == pytest.approx(
        sources.tolist()
    )
    already = base_books.value("discounts", 1) + base_books.value("rewards", 1)
    assert table.loc["control_programme", "reward"] == pytest.approx(-already) and already > 0
    apart = ("communication", "acquisition", "recovery", "staff", "rent", "overhead")
    spent = [sum(b.value(a, 1) for a in apart) - b.value("fees", 1) - b.value("partner", 1) for b in (books, base_books)]  # fmt: skip
    assert table.loc["programme", "reward"] == pytest.approx(spent[0] - spent[1])
    metrics = found.metrics[found.metrics["arm"] == arm].set_index("metric")["value"]
    assert metrics["subsidised"] == pytest.approx(sources[1]) and metrics["uncaused"] == pytest.approx(
        sources[3]
    )
    assert metrics["caused"] == pytest.approx(sources[0] + sources[2])


def test_daily_profits_end_where_the_run_ends_and_groups_count_everybody(worlds, found):
    for arm, market in worlds.items():
        daily = found.daily[found.daily["arm"] == arm]
        assert daily["day"].tolist() == [float(d) for d in range(1, DAYS + 1)]
        assert daily["profit"].iloc[-1] == pytest.approx(market.ledger.profit(1))
        base = found.daily.loc[found.daily["arm"] == CONTROL, "profit"].to_numpy()
        assert daily["incremental_profit"].to_numpy() == pytest.approx(daily["profit"].to_numpy() - base)
        groups = found.customers[found.customers["arm"] == arm].set_index("group")["count"]
        assert groups.sum() == 250 and set(groups.index) == {"kept", "won", "lost", "never"}


def test_one_firm_alone_has_no_share_of_wallet():
    """What its customers buy elsewhere is not known: no number, rather than 100%."""
    alone = {**SHOPS, "firms": [firm for firm in SHOPS["firms"] if firm["name"] == "bob"]}
    table = compare(Scenario(alone), replicates=1, jobs=1).wide("share_of_requirements")
    assert table.isna().all(axis=None)
