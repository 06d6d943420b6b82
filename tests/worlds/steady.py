"""One customer who buys for 10 every so many days, for rules whose outcome can be worked out by hand."""

from regulars import Scenario


def shop(strategies, every=1.0, days=10, **sections):
    """One firm at a price of 1 and cost of 0.5, one customer, the same basket of 10 on each of the same dates."""
    return Scenario(
        {
            "market": {"customers": 1, "days": days},
            "need": {"process": "calendar", "interval": every},
            "taste": {"kind": "homogeneous"},
            "choice": {"outside": False},
            "spending": {"basket": 10.0, "variation": 0.0},
            "firms": [{"name": "a", "price": 1.0, "cost": 0.5, "strategies": strategies}],
            **sections,
        }
    )


def ran(strategies, **how):
    """That shop after its run."""
    return shop(strategies, **how).market(log="memory").run()


def happened(market, *kinds):
    """Events of these kinds: (kind, day), in order."""
    events = market.log.events()
    mine = events[events["event"].isin(kinds)]
    return list(zip(mine["event"].astype(str), mine["time"].astype(int), strict=True))
