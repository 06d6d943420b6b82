"""What holds of the books and of the state of any market at its end."""

import math

import numpy as np
from contract.listening import purses

from regulars.ground import wide


def given(market):
    """Rewards and discounts of each firm by strategy, millionths, held against the books: each has a giver."""
    out = {name: {} for name in market.names}
    for (firm, strategy), amount in market.ledger.by_strategy.items():
        out[firm][strategy] = amount
    for f, firm in enumerate(market.names):
        books = market.ledger.money["rewards"][f] + market.ledger.money["discounts"][f]
        assert sum(out[firm].values()) == int(books), firm
        assert "other" not in out[firm]
    return out


def audit(market):
    """Books balance to the millionth, points add up, nobody holds less than nothing, and no number is out of its mind."""
    ledger, totals = market.ledger, market.log.totals
    ledger.check(totals.arrays())
    for f, firm in enumerate(market.firms):
        listed, paid, cost = (int(getattr(totals, name)[:, f].sum()) for name in ("listed", "paid", "cost"))
        assert -ledger.money["gross_sales"][f] == listed
        back = cost - int(ledger.money["cost_of_goods"][f])  # goods that came back and can be sold again
        assert 0 <= back <= cost and (back == 0 or "returns" in market.processes)
        assert 0 <= paid <= listed
        assert ledger.money["discounts"][f] == listed - paid
        outgoings = (
            "communication",
            "acquisition",
            "recovery",
            "staff",
            "rent",
            "overhead",
            "refunds",
            "restocking",
        )
        for account in (*outgoings, "fees", "partner"):
            assert ledger.value(account, f) >= 0, account
        # what is promised is on somebody's card, or is points
        on_card = int(firm.card.purse.held.sum()) if firm.has_card else 0
        does = firm.strategies.values()
        status = [one.standing.accrued for one in does if hasattr(one, "standing")]  # benefits of levels
        owed = -int(ledger.money["liability"][f]) - sum(sum(wide.listed(words)) for words in status)
        assert owed >= on_card if ledger.value("outstanding", f) else owed == on_card
        points = [-int(ledger.points[a][f]) for a in ("outstanding", "redeemed", "expired", "forfeited")]
        assert min(points) >= 0 and sum(points) == int(ledger.points["issued"][f])
        if firm.has_card:
            assert (firm.card.purse.held >= 0).all()
    for strategy in market.plan:
        for purse in purses(strategy):
            assert (purse.held >= 0).all()
        declared = {state.name: state for state in strategy.state}
        assert set(strategy.arrays) == set(declared)
        for name, array in strategy.arrays.items():
            assert array.dtype == np.dtype(declared[name].dtype) and len(array) == market.customers.count
            if array.dtype.kind == "f":
                assert not np.isnan(array).any(), name
                assert np.isfinite(array).all() or not math.isfinite(declared[name].initial), name
    for name, array in market.customers.columns.items():
        if array.dtype.kind == "f":
            assert not np.isnan(array).any(), name
            assert np.isfinite(array).all() or market.customers.declared[name].endless, name
    log = market.log.opportunities()
    assert (log["amount"] >= 0).all() and (log["amount"] <= log["listed"]).all()
