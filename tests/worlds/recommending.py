"""Online shops with products on their shelves, and what they recommend, seen by somebody who knows what truly suits."""

import numpy as np
from worlds.online_shops import world

GOODS = [
    {"name": "household", "share": 8.0},
    {"name": "baby", "share": 0.0},
    {"name": "books", "share": 0.4},
]
PARENTS = {"name": "parents", "weight": 1.0, "shares": {"household": 4.0, "baby": 4.0, "books": 2.0}}
MIX = {"unfamiliar": 2.0, "kinds": [PARENTS, {"name": "others", "weight": 3.0}]}
BABY, BOOKS = 1, 2


def shops(rules=None, others=None, **changes):
    """The online shops with 20 products; the shop recommends by `rules` (None: not at all), and does `others` as well."""
    own = {} if rules is None else {"recommendation": {"recorded": 1.0, "upkeep": 0.0, "cost": 0.0, **rules}}
    shelves = {"assortment__on": True, "assortment__products": 20, "assortment__taste_strength": 1.5}
    return world(**{**shelves, **changes}).set({"firms.shop.strategies": {**own, **(others or {})}})


def parents(rules=None, **changes):
    """The shops with three categories; a quarter of the households has a baby, and nobody else ever wants baby goods."""
    more = {"categories": GOODS, "mix": MIX, "need__mean": 3.0, "assortment__products": 5}
    return shops(rules, **{**more, **changes})


class Witness:
    """Notes at every opportunity what the shop does to it: time, who, occasion, category, appeal, service."""

    def __init__(self, market):
        self.f, self.seen = market.names.index("shop"), []
        self.familiar = market.customers.columns.get("familiar")
        market.phases["appeal"].append(self)

    def appeal(self, round):
        new = np.zeros(len(round))
        if self.familiar is not None:
            new = 1.0 - (self.familiar[round.who, self.f] >> round.category.astype(np.uint32) & 1)
        told = [round.column(channel, self.f).copy() for channel in ("appeal", "service")]
        self.seen.append(
            (round.time.copy(), round.who.copy(), round.occasion.copy(), round.category.copy(), *told, new)
        )

    def table(self):
        """All rows: time, who, occasion, category, appeal, service, whether the category was never bought here."""
        return [np.concatenate(column) for column in zip(*self.seen, strict=True)]


def witnessed(scenario, **options):
    """The market after its run, and its witness."""
    market = scenario.market(log="memory", **options)
    witness = Witness(market)
    return market.run(), witness.table()


def parent(market):
    """Which customers are households with a baby."""
    return market.processes["categories"].shares[:, BABY] > 0
