"""Whether two markets lived the same, to the bit: opportunities, events, books, totals and promises."""

from contract.listening import life, same


def books(market):
    """All that stands in the books and in the totals."""
    ledger, tables = market.ledger, {}
    for table, arrays in (
        ("money", ledger.money),
        ("points", ledger.points),
        ("totals", market.totals.arrays()),
    ):
        tables |= {f"{table} {name}": array.tolist() for name, array in arrays.items()}
    tables["by source"] = ledger.by_source.sum(axis=1).tolist()
    tables["by strategy"] = {key: amount for key, amount in sorted(ledger.by_strategy.items()) if amount}
    return tables


def alike(one, other, promises=True):
    """Assert that two markets lived the same; and that the same was promised, where both were listened to all along."""
    for a, b in zip(life(one), life(other), strict=True):
        same(a, b)
    mine, its = books(one), books(other)
    for name, amounts in mine.items():
        assert amounts == its[name], name
    if promises:
        assert one._ears.heard == other._ears.heard


def are_alike(one, other):
    """Whether two markets lived the same, whatever was promised."""
    try:
        alike(one, other, promises=False)
    except AssertionError:
        return False
    return True
