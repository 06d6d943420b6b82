"""Change the product (P25): when a rival is as good or better, invest in another product rather than in stickiness."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from regulars.contract.strategy import Strategy
from regulars.ground.parameter import ParameterSet, par
from regulars.world.calendar import NEARLY
from regulars.world.customers import NOBODY
from regulars.world.events import Event
from regulars.world.ledger import Account

SYSTEMS = {"P25": "tests/strategies/test_change_product.py::test_a_new_product_pays_where_it_is_better"}


class ChangeProduct(Strategy):
    """Develop a new product for some time at a cost, then sell it instead of the old one.

    It may fail: with probability `risk` its quality is not better at all, and it is sold all the same. Regulars of the
    old product have to get used to the new one: a share of them are no one's regulars on the day of the launch, and
    what held them here ([switching]) is gone.
    """

    class Parameters(ParameterSet):
        """The new product, what it takes and what it risks."""

        # fmt: off
        start_day: float = par(0.0, "days", "[0, 36525]", "when the development begins")
        takes: float = par(182.0, "days", "[0, 36525]", "how long it takes")
        investment: float = par(10000.0, "currency", "[0, inf)", "what it costs in all, evenly over that time", total=True)
        quality: float = par(0.1, "performance", "[-10, 10]", "quality of the new product above that of the old one")
        cost: float = par(0.0, "currency per unit", "[-1000000, 1000000]", "cost of goods of the new product above that of the old one")
        price: float = par(0.0, "currency per unit", "[-1000000, 1000000]", "list price of the new product above that of the old one")
        risk: float = par(0.0, "probability", "[0, 1]", "chance that the new product is no better than the old one")
        estranged: float = par(0.0, "share of regulars", "[0, 1]", "part of the regulars (who bought here last) to whom the new product is as strange as any other")
        # fmt: on

    events: ClassVar[tuple[Event, ...]] = (
        Event("estranged", "finds the new product as strange as any other"),
    )
    remembers: ClassVar[tuple[str, ...]] = ("worked", "launched")
    off: ClassVar[dict[str, Any]] = {
        "investment": 0.0,
        "quality": 0.0,
        "cost": 0.0,
        "price": 0.0,
        "estranged": 0.0,
    }
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P25 (stickiness, another product, or something else?)",
        "Burnham, Frels & Mahajan 2003, Journal of the Academy of Marketing Science 31:109-126 (what regulars hold on to)",
    )

    def start(self) -> None:
        """Nothing is developed or launched yet."""
        self.worked, self.launched = np.zeros(1), np.zeros(1, np.bool_)

    def open(self, day: float) -> None:
        """Develop, and launch when it is ready."""
        rules = self.parameters
        left = rules.takes - self.worked[0]
        if left > NEARLY:
            today = min(max(day + 1.0 - max(day, rules.start_day), 0.0), left)
            if today > 0:
                self.firm.books.spend(Account.OVERHEAD, rules.investment * today / rules.takes)
                self.worked[0] += today
        elif not self.launched[0] and day >= rules.start_day - NEARLY:
            self.launch(day)

    def launch(self, day: float) -> None:
        """Sell the new product from today on."""
        rules, firm, c = self.parameters, self.firm, self.customers
        self.launched[0] = True
        if not rules.takes:
            firm.books.spend(Account.OVERHEAD, rules.investment)
        if firm.chance.uniform(self.purpose("risk"), [0])[0] >= rules.risk:
            firm.quality += rules.quality
        firm.cost = max(firm.cost + rules.cost, 0.0)
        firm.price = max(firm.price + rules.price, 0.0)
        regulars = np.flatnonzero(c.incumbent == firm.index)
        strangers = regulars[firm.chance.uniform(self.purpose("estranged"), regulars) < rules.estranged]
        c.incumbent[strangers] = NOBODY
        firm.event("estranged", self.title(), strangers, day)
