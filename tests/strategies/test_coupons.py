"""Coupons: one purchase is cheaper, within some days, for those to whom it is worth the trouble; having seen one warms."""

import numpy as np
import pytest
from worlds.chances import chance, within
from worlds.corner import corner
from worlds.lives import days_of, differ, goes_on, lives, run, same
from worlds.two_shops import attracts, bought, own, paired, town

from regulars.ground.parameter import Problem
from regulars.world.ledger import MILLION

SENT = {"audience": "everybody", "reach": 1.0}  # everybody gets every coupon
BARE = {**SENT, "effect": 0.0}  # and having seen it does nothing


def used(market):
    """Coupons used, from the log of events."""
    events = market.log.events()
    return events[events["event"] == "use_coupon"]


def test_a_coupon_is_used_once_and_in_time():
    """The first purchase within 5 days of each mailing, every 14 days, is the one that is cheaper; all others are not."""
    market = run(town("coupons", {**BARE, "every": 14.0, "valid": 5.0, "discount": 0.2}))
    table = bought(market)
    cheap = table["amount"] < table["listed"] - 1e-9
    table["mailing"], in_time = table["time"] // 14, table["time"] % 14 < 5.0
    first = in_time & ~table[in_time].duplicated(["customer", "mailing"]).reindex(
        table.index, fill_value=True
    )
    assert cheap.equals(first) and 100 < cheap.sum() < in_time.sum() < len(table)
    assert np.allclose(table["amount"][cheap], 0.8 * table["listed"][cheap], atol=2e-6)
    assert np.allclose(table["amount"][~cheap], table["listed"][~cheap])
    assert len(used(market)) == cheap.sum()
    assert used(market)["amount"].sum() == pytest.approx(0.2 * table["listed"][cheap].sum())
    # those who used the latest one hold none, all others hold one that has lapsed
    last = set(table["customer"][cheap & (table["mailing"] == 5)])
    held = own(market, "coupons").lapses
    assert set(np.flatnonzero(held < 0)) == last and set(held[held >= 0]) == {75.0}


def test_it_pulls_by_what_it_saves_less_the_trouble():
    """Base log odds 0, a unit at 1 and a logit a unit: half off less 0.2 of trouble are 0.3 logits; above that, nothing."""
    rules = {**BARE, "discount": 0.5, "valid": 1.0, "every": 7.0}
    for hassle, logits in ((0.0, 0.5), (0.2, 0.3), (0.49, 0.01), (0.6, 0.0)):
        market = run(
            corner({"coupons": {**rules, "hassle": hassle}}, market__customers=10_000, market__days=2)
        )
        came = days_of(market)
        within(came[:, 0], chance(logits))
        within(came[:, 1], 0.5)  # lapsed
        assert (len(used(market)) > 0) == (hassle < 0.5)
        assert len(used(market)) in (0, came[:, 0].sum())


def test_coupons_sort_customers_by_their_trouble():
    """Narasimhan 1984: used by those to whom it is little trouble; a larger one by more of them, and none twice as dear."""
    trouble = {"distribution": "gamma", "mean": 0.3, "sd": 0.2}
    shares = []
    for discount in (0.1, 0.3, 0.6):
        market = run(corner({"coupons": {**BARE, "discount": discount, "valid": 28.0, "hassle": trouble}}))
        who = used(market)["customer"].unique()
        hassle = own(market, "coupons").hassle
        assert (hassle[who] < discount).all() and set(who) == set(np.flatnonzero(hassle < discount))
        shares.append(who.size / hassle.size)
    assert shares == sorted(shares) and 0.0 < shares[0] < 0.2 and shares[-1] > 0.8


def test_having_seen_one_warms_whether_used_or_not():
    """Venkatesan & Farris 2012: exposure by itself, on those who noticed; without it and without a discount, nothing."""
    seen = {"audience": "everybody", "reach": 0.5, "effect": 0.8, "half_life": 7.0, "discount": 0.0}
    market = run(corner({"coupons": seen}, market__customers=20_000, market__days=1))
    noticed, came = own(market, "coupons").warmth > 0, days_of(market)[:, 0]
    # a date of the first day is on average at its middle: the warmth has faded for half a day
    within(came[noticed], chance(0.8 * 2 ** (-0.5 / 7.0)))
    within(came[~noticed], 0.5)
    within(noticed, 0.5)
    assert used(market).empty
    nothing = {**seen, "effect": 0.0, "cost": 0.0}
    same(run(corner({"coupons": nothing})), run(corner()))


def test_off_is_nothing_at_all():
    off = {"discount": 0.0, "effect": 0.0, "cost": 0.0, "reach": 0.0}
    same(run(town("coupons", {"audience": "everybody", **off})), run(town()))
    free = {
        "choice__price_sensitivity": 0.0
    }  # who does not mind the price takes the discount and buys as before
    given, none = (run(town(*rules, **free)) for rules in (("coupons", BARE), ()))
    assert (
        lives(given)["firm"].equals(lives(none)["firm"])
        and given.firm("shop").profit < none.firm("shop").profit
    )
    differ(run(town("coupons", SENT)), run(town()))


def test_only_the_audience_gets_coupons():
    """A shop that knows nobody cannot write to anybody it knows; one that sells online can, once they have bought."""
    nobody = run(town("coupons", {"reach": 1.0}))
    same(nobody, run(town()))
    rules = {"reach": 1.0, "audience": "frequent:3", "effect": 0.0, "every": 28.0, "valid": 28.0}
    online = {"firms": [{"name": n, "price": 10.0, "cost": 7.0, "online": True} for n in ("shop", "rival")]}
    market = run(town(**online).set({"firms.shop.strategies": {"coupons": rules}}))
    table = bought(market)
    before = table[table["time"] < 28.0].groupby("customer").size()
    got = market.log.events()
    got = got[(got["event"] == "contact") & (got["time"] == 28.0)]["customer"]
    assert set(got) == set(before.index[before >= 3]) and len(got) > 20


def test_books():
    """Mailings cost by the piece, discounts are what was paid less than list, each by what its purchase replaced."""
    scenario = town("coupons", {**BARE, "discount": 0.2, "cost": 0.5})
    control, arm = paired(scenario)
    arm.ledger.check()
    shop = arm.firm("shop").index
    table = bought(arm)
    assert arm.ledger.value("communication", shop) == pytest.approx(0.5 * 3 * 400)
    discounts = (table["listed"] - table["amount"]).sum()
    assert arm.ledger.value("discounts", shop) == pytest.approx(discounts) and discounts > 100
    assert arm.ledger.value("rewards", shop) == 0.0
    # by source: what the control's customer did at the same opportunity
    a, b = lives(control), lives(arm)
    saved = (b["listed"] - b["amount"]) * (b["firm"] == "shop")
    for firm in ("shop", "rival"):
        wanted = saved[a["firm"] == firm].sum()
        found = arm.ledger.by_source[shop, arm.firm(firm).index] / MILLION
        assert found == pytest.approx(wanted, abs=1e-3) and wanted > 0
    assert arm.ledger.by_source[shop, 2] / MILLION == pytest.approx(saved[a["firm"].isna()].sum(), abs=1e-3)


def test_if_both_send_them_both_lose():
    """Shaffer & Zhang 1995: where nobody buys more, two firms that send coupons lose the discounts and the postage.

    Demand is fixed here, so that this is exact; one alone wins customers, two win none (negative control).
    """
    rules = {"coupons": {**BARE, "discount": 0.3, "valid": 28.0, "cost": 0.1}}
    fixed = town(choice__outside=False, choice__price_sensitivity=0.5)
    none = run(fixed)
    one = run(fixed.set({"firms.shop.strategies": rules}))
    both = run(fixed.set({"firms.shop.strategies": rules, "firms.rival.strategies": rules}))
    spent = [sum(both.ledger.value(account, f) for f in (0, 1)) for account in ("discounts", "communication")]
    lost = sum(none.firm(name).profit - both.firm(name).profit for name in ("shop", "rival"))
    assert lost == pytest.approx(sum(spent), abs=1e-6) and min(spent) > 0
    share = {m: m.firm("shop").purchases / sum(f.purchases for f in m.firms) for m in (none, one, both)}
    assert share[one] > 1.05 * share[none]
    assert abs(share[both] - share[none]) < 0.1 * (share[one] - share[none]) + 0.005


@pytest.mark.parametrize(
    ("parameter", "values", "more"),
    [
        ("discount", (0.0, 0.1, 0.25, 0.5), 1.08),
        ("valid", (1.0, 4.0, 10.0, 28.0), 1.02),
        ("reach", (0.0, 0.2, 0.6, 1.0), 1.05),
        ("hassle", (12.0, 6.0, 3.0, 0.0), 1.05),
        ("effect", (0.0, 0.2, 0.5, 1.0), 1.05),
    ],
)
def test_more_generous_never_attracts_less(parameter, values, more):
    rules = {**BARE, "discount": 0.3, "every": 14.0}
    attracts([town("coupons", {**rules, parameter: value}) for value in values], more)


def test_it_survives_saving(tmp_path):
    rules = {
        "audience": "everybody",
        "every": 9.0,
        "opt_out": 0.1,
        "hassle": {"distribution": "gamma", "mean": 1.0, "sd": 1.0},
    }
    scenario = town("coupons", rules, market__days=42)
    goes_on(scenario, tmp_path / "m", 13)


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"discount": 1.0}, "share of list price"),
        ({"hassle": -1.0}, "currency"),
        ({"hassle": {"mean": 1.0, "sd": 2.0}}, "needs a distribution"),
        ({"every": 0.0}, "time between two mailings"),
        ({"audience": "everyone"}, "everybody"),
        ({"audience": "frequent:often"}, "a number is needed"),
        ({"discont": 0.1}, "did you mean 'discount'"),
    ],
)
def test_mistakes_are_told(rules, told):
    with pytest.raises(Problem, match=told):
        town("coupons", rules)
