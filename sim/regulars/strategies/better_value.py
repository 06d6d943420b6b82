"""Better value (P19): better goods or better service for everybody, instead of a programme."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from regulars.contract.strategy import Strategy
from regulars.ground.parameter import ParameterSet, par
from regulars.world.ledger import Account

SYSTEMS = {"P19": "tests/strategies/test_better_value.py::test_better_goods_and_service_attract"}


class BetterValue(Strategy):
    """Raise the firm's quality and service for good, at a cost per unit and per day.

    It is felt where customers learn from experience ([experience]) and known beforehand where they weigh quality and
    service ([choice] quality_weight, service_weight). The third lever of value, price, is `everyday_low_price`.
    """

    class Parameters(ParameterSet):
        """How much better, and what it costs."""

        # fmt: off
        quality: float = par(0.05, "performance", "[0, 10]", "rise of the firm's quality")
        service: float = par(0.0, "performance", "[0, 10]", "rise of the firm's service")
        cost: float = par(0.0, "currency per unit", "[0, inf)", "what better goods cost more")
        upkeep: float = par(0.0, "currency per day", "[0, inf)", "what the better service costs whether anybody comes or not", total=True)
        # fmt: on

    remembers: ClassVar[tuple[str, ...]] = ("added",)
    off: ClassVar[dict[str, Any]] = {"quality": 0.0, "service": 0.0, "cost": 0.0, "upkeep": 0.0}
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P19 (quality is the basis, service the guarantee)",
        "Zeithaml 1988, Journal of Marketing 52(3):2-22 (perceived value)",
    )

    def start(self) -> None:
        """Be better from the first day on."""
        self.added = np.zeros(3)
        self.revise()

    def revise(self) -> None:
        """Add what is missing of the quality, service and cost that the rules want."""
        firm, rules = self.firm, self.parameters
        wanted = np.array([rules.quality, rules.service, rules.cost])
        quality, service, cost = (wanted - self.added).tolist()
        firm.quality += quality
        firm.service += service
        firm.cost += cost
        self.added[:] = wanted

    def close(self, day: float) -> None:
        """Better service costs every day."""
        if self.parameters.upkeep:
            self.firm.books.spend(Account.STAFF, self.parameters.upkeep)
