"""Partner sweepstake: what a ticket feels worth, who wins, and who pays."""

import math

import numpy as np
import pytest
from worlds.lives import after, differences
from worlds.one_shop import shop, two_firms

from regulars import Market
from regulars.ground.parameter import Problem

BASE = math.log(0.3 / 0.7)
OFTEN = {"length": 28.0, "worth": 20.0, "value": 30.0, "expected_tickets": 200.0, "prizes": 1, "staging": 0.0}
FELT = {"foresight.probability_weighting": 0.61}


def fair(rules=None, **changes):
    """The shop, where a currency unit weighs a logit, with a sweepstake for everybody, after its days."""
    scenario = shop(0.3, {"sweepstake": {**OFTEN, **(rules or {})}}, **{"market.days": 28, **changes})
    return scenario.market(log="memory").run()


def sweepstake(market):
    return market.firms[0].strategies["sweepstake"]


def bought(market):
    """Who bought when, shape (customers, days), where everybody has an opportunity a day."""
    log = market.log.opportunities().sort_values(["customer", "time"])
    return log["firm"].notna().to_numpy().reshape(market.customers.count, -1)


def events(market, kind):
    log = market.log.events()
    return log[log["event"] == kind]


def certain(tickets, gamma, alpha):
    """Sure money as good as `tickets` out of 200 for a prize worth 20 (Tversky & Kahneman 1992, gains)."""
    p = tickets / 200
    w = p**gamma / (p**gamma + (1 - p) ** gamma) ** (1 / gamma)
    return 20.0 * w ** (1 / alpha)


@pytest.mark.parametrize(("gamma", "alpha"), [(0.61, 1.0), (0.61, 0.88), (1.0, 1.0), (1.0, 0.88)])
def test_tickets_pull_by_what_they_feel_worth(gamma, alpha):
    """Log odds of a visit with n tickets in hand: those before + C(n + 1) - C(n), by prospect theory."""
    feeling = {"foresight.probability_weighting": gamma, "foresight.value_curvature": alpha}
    visits = bought(fair(**feeling))
    held = visits.cumsum(axis=1) - visits
    pulls = []
    for n in range(8):
        at = visits[held == n]
        pulls.append(certain(n + 1, gamma, alpha) - certain(n, gamma, alpha))
        p = 1 / (1 + math.exp(-(BASE + pulls[-1])))
        assert abs(at.mean() - p) <= 4 * math.sqrt(p * (1 - p) / at.size)
    if gamma < 1:
        assert pulls == sorted(pulls, reverse=True) and pulls[0] > 4 * 20 / 200  # the first pulls most
    elif alpha == 1:
        assert pulls == pytest.approx([20 / 200] * 8)  # who calculates feels the expected value of each


def test_a_small_chance_beats_the_same_money_for_sure():
    """Overweighted, tickets worth a tenth of a unit on average sell more than a tenth off; weighed as they are, as much."""
    sure = shop(0.3, {"everyday_low_price": {"discount": 0.1}}, **{"market.days": 28})
    sure = bought(sure.market(log="memory").run())
    assert (bought(fair()) == sure).all()
    assert bought(fair(**FELT)).sum() > 1.1 * sure.sum()
    assert (bought(fair({"frame": "expected"}, **FELT)) == sure).all()
    # nothing but the feeling makes the difference: the draws and the prizes are the same
    assert fair().ledger.value("rewards", 0) == fair(**FELT).ledger.value("rewards", 0) == 0.0


def test_every_ticket_has_the_same_chance():
    """Chance of the only prize: one's own tickets over all."""
    strategy = sweepstake(shop(0.3, {"sweepstake": OFTEN}, **{"market.customers": 5}).market())
    tickets, rounds = np.array([0, 1, 2, 3, 10]), 8000
    for number in range(rounds):
        strategy.in_hand.held[0] = tickets * 1_000_000
        strategy.draw(0.0, number)
    for won, share in zip(strategy.won, tickets / tickets.sum(), strict=True):
        assert abs(won / rounds - share) <= 4 * math.sqrt(share * (1 - share) / rounds)
    assert strategy.won.sum() == rounds and strategy.won[0] == 0


def test_four_winners_a_year():
    """Two cars, turned over at half time (source documents): two draws of two prizes a year."""
    market = shop(0.3, {"sweepstake": {}}, **{"market.customers": 300, "market.days": 364})
    market = market.market(log="memory").run()
    prizes = events(market, "prize")
    assert prizes["time"].tolist() == [182.0, 182.0, 364.0, 364.0]
    assert (prizes["amount"] == 10_000.0).all() and sweepstake(market).won.sum() == 4
    assert market.ledger.value("communication", 0) == 2 * 200.0


def test_the_drum_is_known_from_the_last_draw():
    market = fair(**{"market.days": 56})
    strategy, visits = sweepstake(market), bought(market)
    assert strategy.drum[0] == visits[:, 28:].sum() and not strategy.in_hand.held.any()
    half = after(shop(0.3, {"sweepstake": OFTEN}).market(log="memory"), 42)
    assert sweepstake(half).drum[0] == visits[:, :28].sum()
    assert (sweepstake(half).in_hand.total() == 1_000_000 * visits[:, 28:42].sum(axis=1)).all()
    # 2000 people with eight tickets each: one is worth next to nothing now
    assert abs(visits[:, 28:].mean() - 0.3) < 4 * math.sqrt(0.21 / visits[:, 28:].size) + 0.001


def test_what_a_partner_pays_costs_nothing():
    """Sales are the same whoever pays; the firm pays its part of the prizes, and gets the fee a ticket holder."""
    none = shop(0.3, **{"market.days": 28}).market(log="memory").run()
    given, shared = fair({"prizes": 3}), fair({"prizes": 3, "partner_pays": 0.25, "partner_fee": 0.5})
    assert (bought(given) == bought(shared)).all() and bought(given).sum() > bought(none).sum()
    sales = given.firms[0].profit
    assert sales == pytest.approx(0.5 * bought(given).sum()) and sales > none.firms[0].profit
    assert given.ledger.value("rewards", 0) == given.ledger.value("partner", 0) == 0.0
    holders = bought(shared).any(axis=1).sum()
    assert shared.ledger.value("rewards", 0) == pytest.approx(3 * 0.75 * 30.0)
    assert shared.ledger.value("partner", 0) == pytest.approx(0.5 * holders)
    assert shared.firms[0].profit == pytest.approx(sales - 3 * 0.75 * 30.0 + 0.5 * holders)
    for market in (given, shared):
        market.ledger.check()


def test_prizes_are_booked_by_what_earned_the_tickets():
    rules = {"sweepstake": {**OFTEN, "length": 7.0, "prizes": 5, "partner_pays": 0.0}}
    control = two_firms(**FELT).market()
    arm = two_firms((rules, None), **FELT).market(against=control)
    tickets = np.zeros(4, np.int64)
    for day in range(84):
        if day % 7 == 6:  # the evening of the draw: all tickets but those of the last day
            tickets += sweepstake(arm).in_hand.held.sum(axis=1)
        control.step()
        arm.step()
    paid = arm.ledger.by_source[0]
    assert paid.sum() == arm.ledger.money["rewards"][0] == 12 * 5 * 30_000_000
    assert paid / paid.sum() == pytest.approx(tickets / tickets.sum(), abs=0.15)
    assert paid[:3].min() > 0  # what would have been bought here, at the rival, or not at all


def test_tickets_by_spending():
    rules = {"tickets": "spending", "per_unit": 0.1}
    market = two_firms(({"sweepstake": {**OFTEN, **rules}}, None), **{"market.days": 27})
    market = market.market(log="memory").run()
    log = market.log.purchases()
    spent = log[log["firm"] == "a"].groupby("customer")["amount"].sum()
    held = sweepstake(market).in_hand.total() / 1e6
    assert held[spent.index] == pytest.approx(0.1 * spent.to_numpy(), abs=1e-4) and held.sum() > 50


def test_offered_it_is_joined_by_those_whom_it_draws():
    rules = {"enrolment": "offered", "effort": 30.0}
    calculating, dreaming = fair(rules), fair(rules, **FELT)
    assert 0 == sweepstake(calculating).member.sum() < sweepstake(dreaming).member.sum()
    first = sweepstake(dreaming).member & bought(dreaming).any(axis=1)
    assert (sweepstake(dreaming).member == first).all()  # at a purchase


@pytest.mark.parametrize(
    ("generous", "sizes"), [("worth", (0.0, 5.0, 20.0, 80.0)), ("prizes", (0, 1, 3, 10))]
)
def test_a_larger_prize_never_attracts_less(generous, sizes):
    sales = []
    for size in sizes:
        rules = {"sweepstake": {**OFTEN, generous: size}}
        sales.append(two_firms((rules, None), **FELT).market().run().firms[0].purchases)
    assert sales == sorted(sales) and sales[-1] > 1.03 * sales[0]


def test_it_goes_on_where_it_was_saved(tmp_path):
    rules = {"sweepstake": {**OFTEN, "partner_pays": 0.5, "enrolment": "offered", "effort": 5.0}}
    scenario = two_firms((rules, rules), **FELT, **{"market.tick": 0.5, "market.days": 60})
    straight, market = scenario.market().run(), after(scenario.market(), 77)
    market.save(tmp_path / "m")
    assert differences(straight, Market.load(tmp_path / "m").run()) == []


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"prizes": -1}, "prizes per draw"),
        ({"partner_pays": 1.5}, "part of the prizes that the partner pays"),
        ({"expected_tickets": 0.0}, "tickets"),
        ({"partner_pay": 0.5}, "did you mean 'partner_pays'"),
    ],
)
def test_mistakes_are_told(rules, told):
    with pytest.raises(Problem, match=told):
        shop(0.3, {"sweepstake": rules})


@pytest.mark.parametrize("length", [28.0, 91.0])
def test_what_a_year_of_tickets_is_worth(length):
    """Without weighting: the visits of a year, each a ticket of the drum's, however long a round is."""
    market = fair({"length": length, "expected_tickets": 1e6, "tickets": "purchase"}, **{"market.days": 1})
    customers = market.customers
    everyone = np.arange(customers.count)
    customers.rate[:] = np.where(everyone % 2, 0.25, 1.0)
    a_year = customers.rate * market.firms[0].baseline.purchase_probability(everyone) * 365.25
    benefit = sweepstake(market).yearly_benefit(everyone)
    assert benefit == pytest.approx(20.0 * a_year / 1e6, rel=1e-5) and benefit[0] > 3.9 * benefit[1]
