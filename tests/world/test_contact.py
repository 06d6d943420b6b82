"""Contacts: reach, cost, warmth and its fading, fatigue and its recovery, opting out, and who hears nothing."""

import math
from typing import ClassVar

import numpy as np
import pytest

from regulars import Scenario
from regulars.contract.strategy import State, Strategy
from regulars.ground.parameter import Problem
from regulars.kit.contact import CONTACT, Contact, ContactParameters

CUSTOMERS = 5000


class Letters(Strategy):
    """Nothing but contacts."""

    Parameters = ContactParameters
    state: ClassVar[tuple[State, ...]] = CONTACT

    def appeal(self, round):
        self.contact.pull(round)


def letters(changes=None, **rules):
    """A shop that writes letters, in a market of its own."""
    table = {
        "market": {"customers": CUSTOMERS, "days": 60},
        "need": {"process": "calendar"},
        "taste": {"kind": "homogeneous"},
        "choice": {"outside": True, "outside_utility": 0.0, "price_sensitivity": 0.0},
        "firms": [{"name": "shop"}],
    }
    market = Scenario(table).set(changes or {}).market(log="memory")
    own = Letters(market.firms[0], ContactParameters(**{"reach": 1.0, **rules}))
    own.contact = Contact(own)
    market.phases["appeal"].append(own)
    return market, own


ALL = np.arange(CUSTOMERS)


def spent(market):
    """Currency spent on communication."""
    return market.ledger.value("communication", 0)


def test_who_notices_is_told_and_every_message_costs():
    market, own = letters(reach=0.3, cost=0.02)
    noticed = own.contact.send(ALL, 3.0)
    assert abs(noticed.size / CUSTOMERS - 0.3) <= 4 * math.sqrt(0.3 * 0.7 / CUSTOMERS)
    assert (own.sent == 1).all() and spent(market) == pytest.approx(0.02 * CUSTOMERS)
    assert own.warmth[noticed] == pytest.approx(0.1) and np.count_nonzero(own.warmth) == noticed.size
    assert (own.warmed[noticed] == 3.0).all() and (own.lately[noticed] == 1.0).all()
    events = market.log.events()
    assert set(events["event"]) == {"contact"} and events["customer"].tolist() == noticed.tolist()
    again = own.contact.send(ALL, 3.0)
    assert again.tolist() != noticed.tolist()  # another message, other luck
    market.ledger.check()


def test_the_same_customers_notice_whoever_else_is_written_to():
    one, other = letters(reach=0.5)[1], letters(reach=0.5)[1]
    assert set(one.contact.send(ALL, 0.0)) & set(ALL[::7]) == set(other.contact.send(ALL[::7], 0.0))


def test_channels_have_numbers_of_their_own():
    market, own = letters(reach=0.0, cost=9.0)
    assert own.contact.send(ALL, 0.0, reach=1.0, cost=0.5, strength=2.0, tires=0.25).size == CUSTOMERS
    assert own.warmth == pytest.approx(0.2) and (own.lately == 0.25).all()
    assert spent(market) == pytest.approx(0.5 * CUSTOMERS)
    assert not own.contact.send(ALL, 0.0).size


def test_a_strength_for_each():
    own = letters()[1]
    own.contact.send(ALL, 0.0, strength=np.linspace(0.0, 3.0, CUSTOMERS))
    assert own.warmth == pytest.approx(0.1 * np.linspace(0.0, 3.0, CUSTOMERS), abs=1e-6)


def test_three_messages_by_hand():
    """Half of the warmth is left after 7 days, half of what tires after 30; 4 of late halve the next one."""
    own = letters(half_life=7.0, fatigue=4.0, recovery=30.0)[1]
    warmth, late, before = 0.0, 0.0, 0.0
    for day in (0.0, 10.0, 12.5):
        own.contact.send(ALL, day)
        warmth *= 2 ** (-(day - before) / 7)
        late *= 2 ** (-(day - before) / 30)
        warmth, late, before = warmth + 0.1 * 2 ** (-late / 4), late + 1, day
        assert own.warmth == pytest.approx(warmth, abs=1e-6) and own.lately == pytest.approx(late, abs=1e-6)


def test_four_messages_of_late_halve_the_next():
    own = letters(fatigue=4.0, half_life=3660.0, recovery=3660.0)[1]
    for _ in range(4):
        own.contact.send(ALL, 0.0)
    before = own.warmth.copy()
    own.contact.send(ALL, 0.0)
    assert own.warmth - before == pytest.approx(0.05, abs=1e-6)


def test_without_fatigue_messages_add_up():
    own = letters(fatigue=1e12, half_life=7.0)[1]
    for _ in range(5):
        own.contact.send(ALL, 2.0)
    assert own.warmth == pytest.approx(0.5, abs=1e-6)


def test_who_opts_out_hears_and_costs_nothing_more():
    market, own = letters(opt_out=0.25, cost=1.0)
    own.contact.send(ALL, 0.0)
    gone = own.opted_out.copy()
    assert abs(gone.mean() - 0.25) <= 4 * math.sqrt(0.25 * 0.75 / CUSTOMERS)
    paid = spent(market)
    noticed = own.contact.send(ALL, 1.0)
    assert not gone[noticed].any() and noticed.size == (~gone).sum()
    assert (own.sent[gone] == 1).all() and spent(market) - paid == (~gone).sum()
    told = market.log.events().query("event == 'opt_out' and time == 0")
    assert told["customer"].tolist() == np.flatnonzero(gone).tolist()
    assert not own.contact.send(np.flatnonzero(gone), 2.0).size


def test_who_does_not_notice_does_not_opt_out():
    own = letters(opt_out=1.0, reach=0.4)[1]
    noticed = own.contact.send(ALL, 0.0)
    assert set(np.flatnonzero(own.opted_out)) == set(noticed)


def test_nobody_is_written_to():
    market, own = letters()
    assert own.contact.send(np.zeros(0, np.int64), 0.0).size == 0 and spent(market) == 0
    assert market.log.events().empty


def test_warmth_moves_the_odds_while_it_lasts():
    """Even odds, a message of a logit on day 0: 1/2 before it, then logistic of what is left."""
    market, own = letters(effect=1.0, half_life=7.0)
    while market.day < 20:
        if market.day == 5:
            own.contact.send(ALL[:2500], 5.0)
        market.step()
    table = market.log.opportunities()
    written, bought = (table["customer"] < 2500).to_numpy(), table["firm"].notna().to_numpy()
    for day, pull in ((4, 0.0), (5, 1.0), (12, 0.5), (19, 0.25)):
        today = (table["time"] == day).to_numpy()
        for who, logits in ((written, pull), (~written, 0.0)):
            p, n = 1 / (1 + math.exp(-logits)), (today & who).sum()
            assert abs(bought[today & who].mean() - p) <= 4 * math.sqrt(p * (1 - p) / n)


def test_strangers_who_notice_know_the_firm():
    market, own = letters({"turnover.aware": 0.5}, reach=0.5)
    strangers = np.isposinf(market.customers.aware_from[:, 0])
    noticed = own.contact.send(ALL, 4.0)
    known = market.customers.aware_from[:, 0]
    assert (known[strangers] == 4.0).sum() == strangers[noticed].sum() > 1000
    assert np.isneginf(known[~strangers]).all()
    assert len(market.log.events().query("event == 'aware'")) == strangers[noticed].sum()


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"reach": 1.1}, "reach: 1.1 is outside"),
        ({"half_life": 0.0}, "half of the warmth"),
        ({"fatigue": 0.0}, "does half as much"),
        ({"opt_out": -0.1}, "ask for no more"),
        ({"hal_life": 3.0}, "did you mean 'half_life'"),
    ],
)
def test_mistakes_are_told(rules, told):
    with pytest.raises(Problem, match=told):
        ContactParameters.read(rules)
