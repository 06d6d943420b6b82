"""Staff retention (P20): pay and train staff, so that they stay, learn faster and serve better."""

from __future__ import annotations

from typing import Any, ClassVar

from regulars.contract.strategy import Strategy
from regulars.ground.parameter import ParameterSet, par
from regulars.world.ledger import Account
from regulars.world.ports import Staffing

SYSTEMS = {
    "P20": "tests/strategies/test_staff_retention.py::test_pay_keeps_staff_and_training_teaches_them",
    "M15": "tests/strategies/test_staff_retention.py::test_loyal_staff_keep_customers",
}


class StaffRetention(Strategy):
    """Raise the wage above that of the market and train the staff for some hours a week.

    What this does is up to the staff (`firms.NAME.staff`): the hazard of quitting falls with pay by its elasticity, and
    beginners learn faster with training. A firm without staff in the scenario has nobody to pay.
    """

    class Parameters(ParameterSet):
        """What is done for the staff, and what training costs."""

        # fmt: off
        pay_rise: float = par(0.1, "share of the wage", "[0, 10]", "pay above the wage")
        training: float = par(0.0, "hours per person and week", "[0, 80]", "training of everybody")
        teaching: float = par(0.25, "per hour a week", "[0, 10]", "how much faster staff learns with an hour of training a week", "assumption")
        hour_cost: float = par(20.0, "currency per hour", "[0, inf)", "cost of an hour of training")
        # fmt: on

    off: ClassVar[dict[str, Any]] = {"pay_rise": 0.0, "training": 0.0}
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P20 (train and keep staff: loyal customers need loyal staff)",
        "Heskett, Jones, Loveman, Sasser & Schlesinger 1994, Harvard Business Review 72(2):164-174 (service-profit chain)",
        "Ton & Huckman 2008, Organization Science 19:56-68 (turnover and performance of shops)",
    )

    @classmethod
    def misfits(cls, parameters: Any, spec: Any) -> list[tuple[str, str]]:
        """Somebody must have staff."""
        if any(firm.staff is not None for firm in spec.firms):
            return []
        return [("", "no firm here has staff: describe it, such as staff = { people = 10, quit_rate = 0.5 }")]

    def open(self, day: float) -> None:
        """Offer pay and training for today."""
        rules = self.parameters
        self.firm.port(Staffing).encourage(
            self.firm.index, 1.0 + rules.pay_rise, 1.0 + rules.training * rules.teaching
        )

    def close(self, day: float) -> None:
        """Training is paid for every day; the higher wage is part of the wages."""
        rules = self.parameters
        if rules.training > 0:
            cost = rules.hour_cost * rules.training / 7.0 * self.firm.port(Staffing).people(self.firm.index)
            self.firm.books.spend(Account.STAFF, cost)
