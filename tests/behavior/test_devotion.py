"""How loyalty shows: what devotion does to price, rivals' promotions, failures and baskets (model 4; M9, M10)."""

import numpy as np
import pytest
from oracles.judge import agrees, share_error, vanishes
from scipy.special import expit, logit
from worlds.busy import world
from worlds.lives import differences

from regulars import Scenario
from regulars.contract.process import Process, every
from regulars.ground.parameter import Problem
from regulars.market import Market, parts
from regulars.world.board import CHANNELS

N = 60_000
NOTHING = {"on": True, "ease": 0.0, "immunity": 0.0, "forgiveness": 0.0, "basket": 0.0}
SATISFIED, DEVOTED = 0.6, 0.95  # below and above an upper threshold of 0.75


def shops(devotion, levels=({}, {}), customers=N, days=1, bond=None, **more):
    """Two shops; everybody buys once a day, comes from the first, is satisfied with the second, and stays as satisfied.

    Every other customer is devoted to the first shop, the rest are satisfied with it.
    """
    table = {
        "market": {"customers": customers, "days": days},
        "need": {"process": "calendar"},
        "taste": {"kind": "homogeneous"},
        "experience": {"on": True, "memory": 0.0, "noise": 0.0, "initial": SATISFIED},
        "bond": bond or {},
        "devotion": devotion,
        "firms": [{"name": name, **level} for name, level in zip("ab", levels, strict=True)],
        **more,
    }
    market = Scenario(table).market(seed=9, log="memory")
    market.customers.satisfaction[::2, 0] = DEVOTED
    market.customers.incumbent[...] = 0
    market.endear()
    return market


def shares(market):
    """Share of the first shop among the devoted and among the satisfied, from the log."""
    log = market.log.opportunities()
    return tuple(float((log.loc[log["customer"] % 2 == k, "firm"] == "a").mean()) for k in (0, 1))


def logit_error(share, n=N // 2):
    """Standard error of the log odds of a share."""
    return share_error(share, n) / (share * (1 - share))


def lives(market):
    return market.log.opportunities()


# ---------------------------------------------------------------- devotion


def test_devotion_begins_at_the_upper_threshold():
    """A smooth step at the customer's own upper threshold; a straight line beyond the middle where the bond is linear."""
    upper = {"distribution": "uniform", "low": 0.3, "high": 0.9}
    market = shops(NOTHING, customers=500, bond={"upper": upper, "lower": 0.1, "width": 0.05})
    satisfaction = np.linspace(0, 1, 500)
    market.customers.satisfaction[:, 1] = satisfaction
    devotion = market.processes["devotion"].devotion(np.arange(500), 1)
    assert devotion == pytest.approx(
        expit((satisfaction - market.customers.upper_threshold) / 0.05), abs=1e-5
    )
    market = shops(NOTHING, customers=500, bond={"on": True, "response": "linear", "middle": 0.4})
    market.customers.satisfaction[:, 1] = satisfaction
    devotion = market.processes["devotion"].devotion(np.arange(500), 1)
    assert devotion == pytest.approx(np.maximum((satisfaction - 0.4) / 0.6, 0), abs=1e-6)


@pytest.mark.parametrize(
    ("effect", "channel"),
    [
        ("ease", "price_weight"),
        ("immunity", "promotion_deafness"),
        ("forgiveness", "forgiveness"),
        ("basket", "basket_factor"),
    ],
)
def test_each_effect_has_a_switch_of_its_own(effect, channel):
    market = shops({**NOTHING, effect: 0.5}, customers=10)
    market.step()
    assert [CHANNELS[k] for k in np.flatnonzero(market.board.used.any(axis=1))] == [channel]


def test_without_effects_devotion_is_nothing():
    assert lives(shops(NOTHING).run()).equals(lives(shops({}).run()))


# ---------------------------------------------------------------- price (M10, C14, C16)

B = 2.0  # logits per unit price


def moved(ease, change):
    """Log odds that a price of 1 + change costs the first shop: devoted, satisfied; from paired worlds, with errors."""
    table = {"devotion": {**NOTHING, "ease": ease}, "choice": {"price_sensitivity": B}}
    before = shares(shops(**table).run())
    after = shares(shops(**table, levels=({"price": 1.0 + change}, {})).run())
    cost = [logit(y) - logit(x) for x, y in zip(before, after, strict=True)]
    error = [np.hypot(logit_error(x), logit_error(y)) for x, y in zip(before, after, strict=True)]
    return np.array(cost), np.array(error)


def test_the_devoted_mind_the_price_less():
    """A premium costs the log odds of the devoted b (1 - ease D) of it, of the satisfied b; without ease all the same."""
    devotion = expit((np.array([DEVOTED, SATISFIED]) - 0.75) / 0.04)
    for change in (0.3, -0.3):
        cost, error = moved(0.6, change)
        agrees(cost, -B * (1 - 0.6 * devotion) * change, error, sharp=0.5)
        apart = (cost[0] - cost[1]) * np.sign(change)
        assert apart > 4 * np.hypot(*error)
    cost, error = moved(0.0, 0.3)
    vanishes(cost[0] - cost[1], np.hypot(*error), 0.15)
    agrees(cost, [-B * 0.3] * 2, error, sharp=0.2)


def test_elasticity_falls_with_devotion():
    """Elasticity of purchases by the devoted is smaller in size than by the satisfied; as large without ease."""

    def elasticity(ease):
        table = {"devotion": {**NOTHING, "ease": ease}, "choice": {"price_sensitivity": B}}
        before = np.array(shares(shops(**table).run()))
        after = np.array(shares(shops(**table, levels=({"price": 1.1}, {})).run()))
        kept = (
            after / before
        )  # of those who bought here: in paired worlds nobody else comes at a higher price
        error = np.sqrt((1 - kept) / kept / (before * N / 2))
        return np.log(kept) / np.log(1.1), error / np.log(1.1)

    value, error = elasticity(0.6)
    assert value[0] - value[1] > 4 * np.hypot(*error)
    assert (value < 0).all()
    value, error = elasticity(0.0)
    vanishes(value[0] - value[1], np.hypot(*error), 0.2)


def test_there_is_room_for_a_premium():
    """The devoted are kept at p / (1 - ease) as others are at p (C14): at twice the price with an ease of a half."""
    table = {"choice": {"price_sensitivity": B}, "bond": {"width": 0.001}}  # wholly devoted, or not at all
    premium, _ = shares(shops({**NOTHING, "ease": 0.5}, ({"price": 2.0}, {"price": 1.0}), **table).run())
    agrees(premium, 0.5, share_error(0.5, N // 2))
    without, _ = shares(shops(NOTHING, ({"price": 2.0}, {"price": 1.0}), **table).run())
    agrees(without, expit(-B), share_error(expit(-B), N // 2), sharp=0.1)


def test_the_satisfied_leave_for_a_better_price():
    """Within the zone of indifference satisfaction keeps nobody; beyond it, it does (C16); without bond, nowhere."""
    steep = {"on": True, "response": "two_threshold", "zone_slope": 0.0, "width": 0.01}

    def kept(satisfaction, price, loyalty=None, bond=steep):
        levels = ({}, {"price": price})
        market = shops(loyalty or {"on": True}, levels, choice={"price_sensitivity": 4.0}, bond=bond)
        market.customers.satisfaction[:, 0] = satisfaction
        market.endear()
        log = market.run().log.opportunities()
        return float((log["firm"] == "a").mean())

    content, satisfied, devoted = (kept(s, 1.0) - kept(s, 0.6) for s in (0.50, 0.65, DEVOTED))
    error = np.sqrt(satisfied / N)
    assert satisfied > 0.25  # satisfied, and off to a better price
    vanishes(satisfied - content, error, 0.01)  # more satisfied within the zone: no more kept
    assert devoted < satisfied - 10 * error
    one, other = (kept(s, 1.0, NOTHING, {}) - kept(s, 0.6, NOTHING, {}) for s in (0.65, DEVOTED))
    vanishes(one - other, error, 0.01)


# ---------------------------------------------------------------- rivals' promotions, failures, baskets (M9)


class Coupon(Process):
    """The second shop hands everybody half a unit of money, half off, or a push."""

    channel = "money_off"

    @classmethod
    def title(cls):
        return "coupon"

    @classmethod
    def wanted(cls, spec):
        return True

    def appeal(self, round):
        column = round.column(self.channel, 1)
        column[:] = column * 0.5 if self.channel == "price_factor" else column + 0.5


def won(monkeypatch, loyalty, channel):
    """Log odds by which the second shop's promotion moves the devoted and the satisfied, and the errors."""
    table = {"devotion": loyalty, "choice": {"price_sensitivity": 2.0}}
    before = shares(shops(**table).run())
    monkeypatch.setattr(Coupon, "channel", channel)
    with monkeypatch.context() as patch:
        patch.setattr(parts, "every", lambda: (*every(), Coupon))
        after = shares(shops(**table).run())
    change = np.array([logit(x) - logit(y) for x, y in zip(before, after, strict=True)])
    return change, np.array(
        [np.hypot(logit_error(x), logit_error(y)) for x, y in zip(before, after, strict=True)]
    )


@pytest.mark.parametrize(("channel", "worth"), [("money_off", 1.0), ("price_factor", 1.0), ("appeal", 0.5)])
def test_rivals_promotions_win_fewer_of_the_devoted(monkeypatch, channel, worth):
    """What is heard is 1 - immunity x devotion to the incumbent; without immunity everybody hears all of it."""
    devotion = expit((np.array([DEVOTED, SATISFIED]) - 0.75) / 0.04)
    change, error = won(monkeypatch, {**NOTHING, "immunity": 0.8}, channel)
    assert (np.abs(change - worth * (1 - 0.8 * devotion)) <= 4 * error).all()
    assert change[1] - change[0] > 4 * np.hypot(*error)
    change, error = won(monkeypatch, NOTHING, channel)
    vanishes(change[1] - change[0], np.hypot(*error), 0.15)
    agrees(change, [worth] * 2, error, sharp=0.3)


def test_the_devoted_hear_their_own_shop(monkeypatch):
    """A promotion of the incumbent reaches everybody; so does one of any shop when there is no incumbent."""
    for incumbent, devoted_to in ((1, 1), (-1, 0)):
        found = []
        for handed in (False, True):
            with monkeypatch.context() as patch:
                if handed:
                    patch.setattr(parts, "every", lambda: (*every(), Coupon))
                market = shops({**NOTHING, "immunity": 1.0}, choice={"price_sensitivity": 2.0})
                market.customers.incumbent[...] = incumbent
                market.customers.satisfaction[:, devoted_to] = DEVOTED
                log = market.run().log.opportunities()
                found.append(float((log["firm"] == "b").mean()))
        agrees(found, [0.5, expit(1.0)], share_error(np.array([0.5, expit(1.0)]), N))


def test_prices_for_everybody_are_seen_by_everybody():
    """A shelf price is no promotion: immunity does not hide it."""
    table = {"choice": {"price_sensitivity": 2.0}, "levels": ({}, {"price": 0.7})}
    assert lives(shops({**NOTHING, "immunity": 1.0}, **table).run()).equals(lives(shops({}, **table).run()))


def test_the_devoted_resist_forgive_and_buy_more(monkeypatch):
    """Three ways in which loyalty shows beside repeats (M9); each gone without its weight."""
    rules = {**NOTHING, "immunity": 0.9, "forgiveness": 0.6, "basket": 0.25}
    devotion = expit((np.array([DEVOTED, SATISFIED]) - 0.75) / 0.04)
    change, _ = won(monkeypatch, rules, "money_off")
    assert change[0] < 0.5 * change[1]

    levels = ({"quality": 0.9, "failure": 1.0, "severity": 0.5}, {})
    experience = {"on": True, "memory": 0.5, "noise": 0.0, "initial": SATISFIED}
    for given, kind in ((rules, 1.0), (NOTHING, 0.0)):
        market = shops(given, levels, experience=experience, choice={"price_sensitivity": 1.0}).run()
        bought = market.log.opportunities().query("firm == 'a'")
        for k, start in enumerate((DEVOTED, SATISFIED)):
            mine = bought[bought["customer"] % 2 == k]
            assert len(mine) > 1000
            felt = 0.9 - 0.5 * (1 - kind * 0.6 * devotion[k])
            after = market.customers.satisfaction[mine["customer"], 0]
            assert after == pytest.approx(start + 0.5 * (felt - start), abs=1e-5)
            assert mine["quantity"].to_numpy() == pytest.approx(1 + kind * 0.25 * devotion[k], rel=1e-5)


def test_forgiveness_keeps_the_devoted_satisfied():
    """After a year of occasional failures those who forgive are more satisfied; alike without forgiveness."""

    def satisfaction(forgiveness):
        levels = ({"quality": 0.9, "failure": 0.3, "severity": 0.5},)
        table = {
            "market": {"customers": 2000, "days": 60}, "need": {"process": "calendar"}, "taste": {"kind": "homogeneous"},
            "experience": {"on": True, "initial": 0.9, "memory": 0.2}, "devotion": {**NOTHING, "forgiveness": forgiveness},
            "firms": [{"name": "a", **levels[0]}],
        }  # fmt: skip
        return Scenario(table).market(seed=9).run().customers.satisfaction[:, 0].astype(float)

    kind, none = satisfaction(0.8), satisfaction(0.0)
    assert (kind - none >= -1e-6).all()  # the same failures befall both
    assert kind.mean() - none.mean() > 0.05
    assert none.tobytes() == satisfaction(0.0).tobytes()


# ---------------------------------------------------------------- bad input, saving


def test_devotion_needs_experience():
    with pytest.raises(Problem, match=r"devotion\.on: devotion comes from satisfaction: set experience\.on"):
        Scenario({"firms": [{"name": "a"}], "devotion": {"on": True}})


@pytest.mark.parametrize(
    ("name", "value"), [("ease", 1.1), ("immunity", -0.1), ("forgiveness", 2), ("basket", -1), ("love", 1)]
)
def test_rules_out_of_bounds_are_refused(name, value):
    with pytest.raises(Problem, match=rf"devotion\.{name}"):
        Scenario({"firms": [{"name": "a"}], "experience": {"on": True}, "devotion": {name: value}})


def test_a_saved_market_goes_on(tmp_path):
    scenario = world(**{"devotion.on": True})
    straight, market = scenario.market(log="memory").run(), scenario.market(log="memory")
    for _ in range(12):
        market.step()
    loaded = Market.load(market.save(tmp_path / "m")).run()
    assert differences(straight, loaded) == []
    assert not lives(straight).equals(lives(world().market(log="memory").run()))
