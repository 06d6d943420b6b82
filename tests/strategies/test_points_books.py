"""Points (P3): every point and every unit of money is somewhere at all times; off is off; a market goes on as it was."""

import numpy as np
from worlds.one_shop import chosen, two_firms

RICH = {
    "lot": 7.0, "purchase_valid": 28.0, "review_valid": 7.0, "share_valid": 14.0, "review_rate": 0.2, "share_rate": 0.2,
    "redemption_rate": 0.5, "most_rewards": 2, "endowed": 5.0, "hassle": 0.1, "coupon_days": 10.0, "enrolment": "offered",
    "changes": [(40.0, 2.0)], "events": [(20.0, 25.0, 2.5)],
    "rewards": [
        {"name": "off", "kind": "coupon", "points": 17, "worth": 1.0},
        {"name": "mug", "kind": "good", "points": 31, "worth": 2.0, "cost": 0.7},
        {"name": "repair", "kind": "service", "points": 50, "worth": 4.0, "cost": 1.1, "service": 0.3},
    ],
}  # fmt: skip


def test_every_point_is_somewhere_at_all_times():
    """issued = redeemed + expired + forfeited + outstanding, lots = balances = holdings by source, none negative, every day."""
    control = two_firms().market()
    market = two_firms(
        ({"points": RICH}, {"points": {**RICH, "enrolment": "randomised", "endowed_again": True}})
    ).market(against=control)
    for _ in range(market.ticks):
        control.step()
        market.step()
        market.ledger.check()
        for f, firm in enumerate(market.firms):
            points = firm.strategies["points"]
            kept, ledger = points.book, market.ledger
            fates = kept.flows["redeemed"] + kept.flows["expired"] + kept.flows["forfeited"]
            assert (
                kept.flows["issued"] - fates == np.add.reduceat(kept.lots.sum(axis=0), kept.first[:-1])
            ).all()
            assert (kept.lots >= 0).all() and (kept.purse.held >= 0).all()
            assert (kept.lots.sum(axis=1) == points.points).all() and (
                kept.purse.total() == points.points
            ).all()
            assert (kept.outstanding == kept.purse.held.sum(axis=1)).all()
            assert ledger.points["issued"][f] == kept.flows["issued"].sum()
            assert -ledger.points["outstanding"][f] == points.points.sum()
            for fate in ("redeemed", "expired", "forfeited"):
                assert -ledger.points[fate][f] == kept.flows[fate].sum()
            credit = firm.card.purse.held.sum() if firm.has_card else 0
            owed = np.rint(kept.outstanding.sum() * kept.cost) + credit
            assert -ledger.money["liability"][f] == owed
    for f in range(2):
        flows = market.firms[f].strategies["points"].book.flows
        assert all(flow.sum() > 0 for flow in flows.values())
    assert (
        market.ledger.by_source.sum(axis=1)
        == market.ledger.money["rewards"] + market.ledger.money["discounts"]
    ).all()
    gone = market.customers.exit <= 83
    assert gone.any() and (market.firms[0].strategies["points"].points[gone] == 0).all()


def test_going_on_from_where_it_was():
    """A market that is branched goes on to the bit; one whose rules change goes on with its points."""
    whole = two_firms(({"points": RICH}, None)).market(log="memory")
    for _ in range(40):
        whole.step()
    branch = whole.branch(log="memory")
    richer = whole.branch({"firms.a.strategies.points.redemption_rate": 1.0})
    held = whole.firms[0].strategies["points"].points.copy()
    assert (richer.firms[0].strategies["points"].points == held).all() and held.any()
    for market in (whole, branch, richer):
        market.run()
        market.ledger.check()
    assert (chosen(whole) == chosen(branch)).all() and whole.ledger.table() == branch.ledger.table()
    assert richer.ledger.value("redeemed", 0) > whole.ledger.value("redeemed", 0)
