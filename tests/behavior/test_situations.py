"""Occasions come as often as they should and pull when they are there; moods of a day are shared by all firms."""

import numpy as np
import pytest
from oracles.judge import agrees, share_error, vanishes
from scipy import stats
from worlds.lives import after, differences

from regulars.ground.parameter import Problem
from regulars.market import Market
from regulars.scenario import Scenario

N, DAYS = 500, 40
GIFT = {"name": "gift", "chance": 0.3, "appeal": {"a": 1.5}}
RAIN = {"name": "rain", "chance": 0.4, "together": True, "appeal": {"b": 2.0}}


def town(*situations, **changes):
    """Two shops that are alike, and customers who come once a day."""
    table = {
        "market": {"customers": N, "days": float(DAYS)},
        "need": {"process": "calendar"},
        "taste": {"kind": "homogeneous"},
        "firms": [{"name": "a", "price": 2.0}, {"name": "b", "price": 1.0}],
        "situations": list(situations),
    }
    return Scenario(table).set(changes)


def watched(scenario):
    """Market at its end, choices (days, customers) and occasions (situations, days, customers)."""
    market = scenario.market(log="memory")
    occasions, kept = market.processes["situations"], []
    market.observers.append(lambda m: kept.append(occasions.here(m.latest())))
    market.run()
    log = market.log.opportunities()
    return market, log["firm"].cat.codes.to_numpy().reshape(DAYS, N), np.array(kept).transpose(1, 0, 2)


def same_choices(one, other):
    return (
        one.market(log="memory")
        .run()
        .log.opportunities()
        .equals(other.market(log="memory").run().log.opportunities())
    )


def test_an_occasion_pulls_when_it_is_there():
    """A share 1 / (1 + exp(-pull)) on the occasion, one half otherwise."""
    _, chosen, here = watched(town(GIFT))
    (gift,) = here
    agrees(gift.mean(), 0.3, share_error(0.3, N * DAYS))
    agrees((chosen == 0)[gift].mean(), 1 / (1 + np.exp(-1.5)), share_error(0.8176, gift.sum()))
    agrees((chosen == 0)[~gift].mean(), 0.5, share_error(0.5, (~gift).sum()))


def test_occasions_are_each_by_themselves():
    """Two that coincide add up; another one more leaves those that were there alone."""
    sale = {"name": "sale", "chance": 0.5, "appeal": {"a": -0.7, "b": 0.3}}
    _, chosen, here = watched(town(GIFT, sale))
    gift, sold = here
    agrees((gift & sold).mean(), 0.15, share_error(0.15, N * DAYS), sharp=0.1)
    for both, pull in ((gift & sold, 0.5), (gift & ~sold, 1.5), (~gift & sold, -1.0)):
        share = 1 / (1 + np.exp(-pull))
        agrees((chosen == 0)[both].mean(), share, share_error(share, both.sum()), sharp=0.15)
    assert np.array_equal(gift, watched(town(GIFT))[2][0])


def test_rain_falls_on_all():
    _, chosen, here = watched(town(RAIN, **{"market.days": float(DAYS)}))
    (rain,) = here
    wet = rain[:, 0]
    assert (rain == wet[:, None]).all() and 0.1 < wet.mean() < 0.7
    agrees((chosen == 1)[wet].mean(), 1 / (1 + np.exp(-2)), share_error(0.88, N * wet.sum()))
    agrees((chosen == 1)[~wet].mean(), 0.5, share_error(0.5, N * (~wet).sum()), sharp=0.1)
    others = town(RAIN).market(seed=2).processes["situations"]
    assert others.chance.seed == 2
    many = [town(RAIN, **{"market.days": 400.0, "market.customers": 1}).market(seed=s) for s in range(5)]
    u = [m.processes["situations"].here(FakeRound(400))[0] for m in many]
    agrees(np.mean(u), 0.4, share_error(0.4, 2000), sharp=0.15)


class FakeRound:
    """A customer on every day."""

    def __init__(self, days):
        self.time, self.who = np.arange(days) + 0.5, np.zeros(days, np.int32)
        self.occasion = np.arange(days)

    def __len__(self):
        return len(self.who)


def test_prices_matter_less_in_a_rush():
    """Sensitivity 1.2 and prices 2 and 1: the dear shop is at -1.2 logits, in a rush at -.3."""
    rush = {"name": "rush", "chance": 0.5, "price_weight": 0.25}
    _, chosen, here = watched(town(rush, **{"choice.price_sensitivity": 1.2}))
    for there, gap in ((here[0], 0.3), (~here[0], 1.2)):
        share = 1 / (1 + np.exp(gap))
        agrees((chosen == 0)[there].mean(), share, share_error(share, there.sum()), sharp=0.1)


def test_what_does_nothing_is_off():
    """Negative control: no occasion, one that never comes or does nothing, and moods of no size: the same, to the bit."""
    bare = Scenario({k: v for k, v in town().table.items() if k != "situations"})
    assert not bare.market().processes
    assert same_choices(bare, town()) and same_choices(bare, town(**{"mood.sd": 0.0}))
    assert same_choices(bare, town({**GIFT, "chance": 0.0}, {**RAIN, "appeal": {"b": 0.0}}))
    assert not same_choices(bare, town(GIFT)) and not same_choices(bare, town(RAIN))


# ---------------------------------------------------------------- moods


def moody(sd, **changes):
    return town(**{
        "mood.on": True, "mood.sd": sd, "choice.outside": True, "choice.outside_utility": 0.7, "need.interval": 0.25, **changes,
    })  # fmt: skip


def bought(scenario):
    """Whether each customer bought at each of four opportunities a day, shape (customers, days, 4)."""
    log = scenario.market(log="memory").run().log.opportunities().sort_values(["customer", "occasion"])
    return log["firm"].notna().to_numpy().reshape(N, DAYS, 4)


def test_a_mood_is_shared_within_a_day():
    """Purchases of one day go together, those of other days do not; without moods neither does."""
    for sd in (0.0, 1.5):
        buys = bought(moody(sd)).astype(float)
        buys -= buys.mean()
        variance, n = (buys**2).mean(), N * DAYS
        today = (buys[:, :, 0] * buys[:, :, 2]).mean() / variance
        tomorrow = (buys[:, :-1, 0] * buys[:, 1:, 0]).mean() / variance
        error = 1 / np.sqrt(n)
        vanishes(tomorrow, error, size=0.03)
        if sd == 0.0:
            vanishes(today, error, size=0.03)
        else:
            z, weight = np.polynomial.hermite_e.hermegauss(60)
            p = 1 / (1 + np.exp(0.7 - np.log(1 / 2 + 1 / 2) - sd * z))
            weight = weight / weight.sum()
            mean, square = weight @ p, weight @ p**2
            agrees(today, (square - mean**2) / (mean * (1 - mean)), error, sharp=0.2)


def test_the_mean_mood_is_a_mixed_logit():
    buys = bought(moody(1.5))
    p = stats.norm.expect(lambda z: 1 / (1 + np.exp(0.7 - 1.5 * z)), lb=-12, ub=12)
    agrees(buys.mean(), p, buys.mean(axis=2).std() / np.sqrt(N * DAYS))


def test_a_mood_takes_no_side():
    """Who buys chooses as before: all firms share the mood."""
    scenario = moody(2.0, **{"choice.price_sensitivity": 0.0})
    market = scenario.market().run()
    sold = market.totals.purchases.sum(0)
    agrees(sold[0] / sold.sum(), 0.5, share_error(0.5, sold.sum()))


# ---------------------------------------------------------------- how it runs


def lively(**changes):
    return town(GIFT, RAIN, {"name": "rush", "price_weight": 0.2}, **{
        "mood.on": True, "mood.sd": 1.0, "choice.outside": True, "choice.price_sensitivity": 0.5, "need.process": "poisson",
        "need.mean": 9.0, **changes,
    })  # fmt: skip


@pytest.mark.parametrize("tick", [0.5, 7.0])
def test_threads_and_ticks_decide_nothing(tick):
    scenario = lively()
    whole = scenario.market(log="memory").run().log.opportunities()
    assert scenario.market(log="memory", threads=2).run().log.opportunities().equals(whole)
    other = scenario.set({"market.tick": tick}).market(log="memory").run().log.opportunities()
    by = ["customer", "occasion"]
    whole = whole[whole["time"] < 35].sort_values(by, ignore_index=True)
    assert other[other["time"] < 35].sort_values(by, ignore_index=True).equals(whole)


def test_it_goes_on_after_saving(tmp_path):
    scenario = lively()
    straight, market = scenario.market(log="memory").run(), after(scenario.market(log="memory"), 17)
    for other in (Market.load(market.save(tmp_path / "m")), market.branch(log="memory")):
        assert differences(straight, other.run()) == []


@pytest.mark.parametrize(
    ("situation", "told"),
    [
        ({"chance": 0.1}, "situations.0.name: this parameter is needed"),
        ({"name": ""}, "situations.0.name: an occasion needs a name"),
        ({"name": "x", "chance": 1.1}, r"situations.0.chance: 1.1 is outside \[0, 1\]"),
        ({"name": "x", "appeal": {"aa": 1.0}}, "situations.0.appeal.aa: no firm is called 'aa'"),
        ({"name": "x", "appeal": {"a": 51}}, r"situations.0.appeal.a: 51.0 is outside \[-50, 50\]"),
        ({"name": "x", "appeal": {"a": "big"}}, "situations.0.appeal.a: 'big' is not a number"),
        ({"name": "x", "appeal": {"a": float("nan")}}, "situations.0.appeal"),
        ({"name": "x", "price_weight": -1.0}, r"situations.0.price_weight: -1.0 is outside \[0, 100\]"),
        ({"name": "x", "apeal": {}}, "situations.0.apeal: no parameter of this name; did you mean 'appeal'"),
    ],
)
def test_wrong_occasions_are_told(situation, told):
    with pytest.raises(Problem, match=told):
        town(situation)


def test_other_wrong_values_are_told():
    with pytest.raises(Problem, match=r"situations.1.name: 'gift' is the name of another occasion"):
        town(GIFT, GIFT)
    with pytest.raises(Problem, match=r"mood.on: .* set choice.outside = true"):
        town(**{"mood.on": True, "mood.sd": 1.0})
    with pytest.raises(Problem, match=r"mood.sd: -1.0 is outside \[0, 50\]"):
        town(**{"mood.on": True, "mood.sd": -1.0})
