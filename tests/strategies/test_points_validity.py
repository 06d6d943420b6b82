"""Points (P3): each way of earning has its own validity, to the day."""

import numpy as np
import pytest
from worlds.one_shop import STAMPS, collect, mug

from regulars.world.ledger import MILLION

DEFAULTS = {"lot": 91.0, "purchase_valid": 364.0, "review_valid": 91.0, "share_valid": 182.0}
SHORT = {"lot": 7.0, "purchase_valid": 7.0, "review_valid": 28.0, "share_valid": 14.0}
EARNING = {
    "purchase": {"per_unit": 1.0},
    "review": {"per_unit": 0.0, "review_rate": 1.0},
    "share": {"per_unit": 0.0, "share_rate": 1.0},
}


@pytest.mark.parametrize("valid", [DEFAULTS, SHORT], ids=["defaults", "short"])
@pytest.mark.parametrize("way", EARNING)
def test_points_expire_a_validity_after_the_period_that_earned_them(way, valid):
    """All points are earned on day 0, with the only purchase; source documents: 1 year, 3 months, 6 months."""
    last = valid["lot"] + valid[f"{way}_valid"]
    changes = {"need.interval": 1000, "market.customers": 5, "market.days": last + 1}
    rules = {**STAMPS, **valid, **EARNING[way], "rewards": mug(1e6)}
    market = collect(1.0, rules, **changes).market(log="memory").run()
    expired = market.log.events().query("event == 'expire'")
    assert expired["time"].tolist() == [last] * 5
    issued = market.firms[0].strategies["points"].book.flows["issued"]
    assert expired["amount"].sum() == pytest.approx(issued.sum() / MILLION)
    assert (issued > 0).tolist() == [name == way for name in EARNING]


def test_the_defaults_are_those_of_the_source_documents():
    rules = collect(1.0, {}).market().firms[0].strategies["points"].parameters
    assert {name: getattr(rules, name) for name in DEFAULTS} == DEFAULTS
    assert (rules.per_unit, rules.review_points, rules.share_points) == (1.0, 10.0, 5.0)


def test_points_that_may_be_gone_before_they_buy_something_are_worth_less():
    """To customers who look ahead; what is valid for longer is worth more, what is valid for ever most."""
    worth = []
    for valid in (7.0, 28.0, 364.0, 0.0):
        rules = {**STAMPS, "lot": 7.0, "purchase_valid": valid, "rewards": mug(10)}
        market = collect(0.2, rules, **{"market.customers": 50}).market()
        benefit = market.firms[0].strategies["points"].yearly_benefit(np.arange(50))
        worth.append(benefit.mean())
    assert 0 < worth[0] < 0.7 * worth[1] and worth[1] < 0.95 * worth[2] and worth[2] <= worth[3]
