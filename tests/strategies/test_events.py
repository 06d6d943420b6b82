"""Events: guests are drawn closer, for a while, and less by the next evening."""

import math

import pytest
from worlds.lives import after, differences
from worlds.one_shop import shop, two_firms

from regulars import Market
from regulars.ground.parameter import Problem

FOR_ALL = {"audience": "everybody"}
FREE = {"cost": 0.0, "guest_cost": 0.0, "fixed": 0.0}


def evening(rules, **changes):
    """The shop with events for everybody, after its days."""
    scenario = shop(0.3, {"events": {**FOR_ALL, **rules}}, **{"market.days": 56, **changes})
    return scenario.market(log="memory").run()


def bought(market):
    """Who bought when, shape (customers, days), where everybody has an opportunity a day."""
    log = market.log.opportunities().sort_values(["customer", "time"])
    return log["firm"].notna().to_numpy().reshape(market.customers.count, -1)


def guests(market):
    """How often each customer was a guest, from the log."""
    log = market.log.events()
    log = log[log["event"] == "contact"]
    return log["customer"].value_counts().reindex(range(market.customers.count), fill_value=0).to_numpy()


def odds(share):
    return math.log(share / (1 - share))


def test_who_comes_is_drawn_closer():
    """Log odds of a guest's visit + effect x 2 ** -(days since / half-life); nobody else's life is touched."""
    none = bought(shop(0.3, **{"market.days": 56}).market(log="memory").run())
    for effect in (0.8, 0.0):
        market = evening({"every": 500.0, "reach": 0.4, "effect": effect, "half_life": 28.0})
        came, visits = guests(market), bought(market)
        assert set(came) == {0, 1} and abs(came.mean() - 0.4) < 4 * math.sqrt(0.24 / came.size)
        assert (visits[came == 0] == none[came == 0]).all()
        for week in range(8):  # every week by itself: what is left in the middle of it
            left = effect * 2 ** (-(7 * week + 3) / 28)
            p, days = 1 / (1 + math.exp(-(odds(0.3) + left))), visits[came == 1][:, 7 * week : 7 * week + 7]
            assert abs(days.mean() - p) <= 4 * math.sqrt(p * (1 - p) / days.size) + 0.001 * effect
        if not effect:
            assert (visits == none).all()


def test_the_next_evening_does_less():
    """By hand: effect x 2 ** -(evenings of late / fatigue), added to what is left of the warmth before."""
    rules = {"every": 28.0, "reach": 1.0, "effect": 0.8, "half_life": 28.0, "fatigue": 2.0, "recovery": 56.0}
    market = evening(rules, **{"market.customers": 5})
    state = market.firms[0].strategies["events"]
    lately = 2 ** (-28 / 56)
    assert state.warmth == pytest.approx(0.8 / 2 + 0.8 * 2 ** (-lately / 2), abs=1e-6)
    assert state.lately == pytest.approx(lately + 1.0, abs=1e-6)
    assert (state.sent == 2).all() and (state.warmed == 28.0).all()
    assert (guests(market) == 2).all()


def test_costs_by_hand():
    rules = {"every": 20.0, "reach": 0.3, "cost": 0.25, "guest_cost": 4.0, "fixed": 100.0}
    for tick in (1.0, 0.5):
        market = evening(rules, **{"market.customers": 400, "market.tick": tick})
        came = guests(market).sum()
        spent = market.ledger.value("communication", 0)
        assert spent == pytest.approx(3 * (100.0 + 0.25 * 400) + 4.0 * came)
        market.ledger.check()


def test_without_anybody_to_invite_there_is_no_event():
    """The identified are invited; a firm that knows nobody, or nobody yet, has nobody to invite, and spends nothing."""
    rules = {"audience": "identified", "every": 28.0, "reach": 0.0, "cost": 0.0, "fixed": 100.0}
    unknown, known = evening(rules), evening(rules, **{"firms.a.online": True})
    spent = [m.ledger.value("communication", 0) for m in (unknown, known)]
    assert spent == [0.0, 100.0]  # on the first day nobody had ordered anything
    none = shop(0.3, **{"market.days": 56}).market(log="memory").run()
    assert (bought(unknown) == bought(none)).all()


def test_guests_get_to_know_people():
    """Social benefits after two evenings: 1 - (1 - social) ** 2, where nothing fades and nothing else makes friends."""
    benefits = {
        "relationship.on": True,
        "relationship.social_half_life": 0.0,
        "relationship.confidence_gain": 0.0,
    }
    rules = {"every": 28.0, "reach": 0.5, "effect": 0.0, "social": 0.4}
    market = evening(rules, **benefits)
    came = guests(market)
    assert market.customers.social[:, 0] == pytest.approx(1 - 0.6**came, abs=1e-6)
    weightless = evening(rules, **benefits, **{"relationship.social_weight": 0.0})
    late = slice(29, None)
    assert bought(market)[came == 2, late].mean() > bought(weightless)[came == 2, late].mean() + 0.03
    assert (bought(market)[came == 0] == bought(weightless)[came == 0]).all()


@pytest.mark.parametrize(
    ("generous", "sizes"), [("reach", (0.0, 0.2, 0.5, 1.0)), ("effect", (0.0, 0.3, 0.8, 2.0))]
)
def test_more_never_attracts_less(generous, sizes):
    sales = []
    for size in sizes:
        rules = {"events": {**FOR_ALL, **FREE, "every": 28.0, "reach": 0.5, generous: size}}
        sales.append(two_firms((rules, None)).market().run().firms[0].purchases)
    assert sales == sorted(sales) and sales[-1] > 1.05 * sales[0]


def test_who_is_told_learns_of_the_firm():
    """Guests who had not known the firm do so from then on."""
    world = {"turnover.aware": 0.2, "market.days": 28}
    held, none = evening({"reach": 0.5}, **world), evening({"reach": 0.0}, **world)
    strangers = none.customers.aware_from[:, 0] > 0
    came = guests(held) > 0
    assert bought(none)[strangers].sum() == 0 == bought(held)[strangers & ~came].sum()
    assert (bought(held)[strangers & came].sum(axis=1) > 0).mean() > 0.9


def test_it_goes_on_where_it_was_saved(tmp_path):
    rules = {"events": {**FOR_ALL, "every": 9.0, "reach": 0.3, "opt_out": 0.2}}
    changes = {"market.tick": 0.5, "market.days": 30, "relationship.on": True}
    scenario = two_firms((rules, rules), **changes)
    straight, market = scenario.market().run(), after(scenario.market(), 19)
    market.save(tmp_path / "m")
    assert differences(straight, Market.load(tmp_path / "m").run()) == []


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"reach": 1.5}, "chance that somebody invited comes"),
        ({"every": 0.0}, "days"),
        ({"audience": "everyone"}, "did you mean 'everybody'"),
        ({"guests_cost": 1.0}, "did you mean 'guest_cost'"),
    ],
)
def test_mistakes_are_told(rules, told):
    with pytest.raises(Problem, match=told):
        shop(0.3, {"events": rules})
