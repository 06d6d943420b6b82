"""Cost to serve: what it costs a firm to serve a customer, which differs between customers.

Some customers send goods back, ask for exceptions and keep the staff busy. What a purchase costs besides the goods
differs between customers and is the same at every firm; a firm can see it only by serving them. With it some customers
are not worth having. It is booked as overhead of the firm that serves; `customers.serving_cost` has it by customer,
for `measures.customer_value`.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from regulars.contract.process import Process, Section, section
from regulars.ground import wide
from regulars.ground.chance import Chance, purpose
from regulars.ground.parameter import ParameterSet, Spread, par, spread_bounds
from regulars.world.board import Round
from regulars.world.customers import Column, Customers
from regulars.world.ledger import Account, millionths
from regulars.world.ports import ServingCost

SYSTEMS = {"M12": "tests/behavior/test_cost_to_serve.py::test_some_customers_are_not_worth_having"}
COST = purpose("handling", "cost")


class CostToServeRules(ParameterSet):
    """Cost of serving a customer."""

    shapes_people: ClassVar[bool] = True
    says_when_on: ClassVar[tuple[str, ...]] = ("cost",)
    # fmt: off
    on: bool = par(False, "", "", "whether serving customers costs something besides the goods; says the cost")
    cost: Spread = par(Spread(mean=0.0), "currency per purchase", "[0, inf)", "what serving a customer costs besides the goods, by customer", "Niraj, Gupta & Narasimhan 2001, J. Marketing 65(3):1-16 (costs to serve differ)")
    # fmt: on


class CostToServe(Process, ServingCost):
    """Books what each purchase costs to serve, on the account overhead."""

    follows: ClassVar[tuple[str, ...]] = ("subscription",)
    sections: ClassVar[dict[str, Section]] = {
        "cost_to_serve": section(CostToServeRules, "what serving a customer costs besides the goods")
    }
    columns: ClassVar[tuple[Column, ...]] = (
        Column("serving_cost", "f4", "currency per purchase", "what serving the customer costs besides the goods", origin="cost_to_serve.cost"),
    )  # fmt: skip

    @classmethod
    def endow(cls, customers: Customers, spec: Any, chance: Chance) -> None:
        """Give every customer a cost of being served."""
        draws = chance.uniform(COST, np.arange(customers.count))
        cost = spec.cost_to_serve.cost.draw(draws, spread_bounds(spec.cost_to_serve, "cost"))
        customers.add("serving_cost", cost)

    def cost(self) -> Any:
        """What a purchase of each customer costs to serve, currency."""
        return self.customers.serving_cost

    def settle(self, round: Round) -> None:
        """Every purchase is served."""
        for f, firm in enumerate(self.market.firms):
            costs = millionths(self.customers.serving_cost[round.who[round.rows(f)]])
            firm.books.post(Account.OVERHEAD, Account.CASH, wide.total(costs))
