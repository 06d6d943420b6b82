"""Whether two markets lived the same, to the bit: opportunities, events, books, totals and promises."""

from contract.listening import life, same


def books(market):
    """All that stands in the books and in the totals."""
    state = market.ledger.state()
    return {
        **{f"money {name}": array.tolist() for name, array in state["money"].items()},
        **{f"points {name}": array.tolist() for name, array in state["points"].items()},
        **{f"totals {name}": array.tolist() for name, array in market.log.totals.arrays().items()},
        "by source": state["by_source"].sum(axis=1).tolist(),
        "by strategy": {key: value for key, value in sorted(state["by_strategy"].items()) if value},
    }


def alike(one, other, promises=True):
    """Assert that two markets lived the same; and that the same was promised, where both were listened to all along."""
    for a, b in zip(life(one), life(other), strict=True):
        same(a, b)
    mine, its = books(one), books(other)
    for name, amounts in mine.items():
        assert amounts == its[name], name
    if promises:
        assert one.ears.heard == other.ears.heard
