"""Categories of the plain market: what is wanted at an opportunity, and who sells it (`[[categories]]` and `[mix]`)."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from itertools import accumulate

from regulars.plain.chance import purpose
from regulars.plain.firm import PlainFirm
from regulars.plain.people import Customer, single
from regulars.plain.world import Boards, World


class ShoppingList:
    """Says what a customer wants now, and which firms they think of for it."""

    def __init__(self, world: World) -> None:
        self.categories, self.mix, self.world = world.spec.categories, world.spec.mix, world
        self.limits = {customer: self._limits(customer) for customer in world.customers}
        self.used_to: set[tuple[Customer, str, str]] = set()  # customer, firm, category: bought before
        self.wanted = self.categories[0]

    def _limits(self, customer: Customer) -> list[float]:
        """Where the customer's shares of the categories end on the line from 0 to 1.

        shares ~ Dirichlet(concentration x mean shares of the customer's kind), or exactly these where concentration is 0
        """
        dice, means = self.world.dice, [category.share for category in self.categories]
        if self.mix.kinds:
            ends = list(accumulate(kind.weight for kind in self.mix.kinds))
            which = bisect_right(ends, ends[-1] * dice.uniform(purpose("mix", "kind"), customer.number))
            kind = self.mix.kinds[min(which, len(ends) - 1)]
            means = [kind.shares.get(category.name, category.share) for category in self.categories]
        shares = [mean / sum(means) for mean in means]
        if self.mix.concentration > 0:
            logs = [
                dice.log_gamma(purpose("mix", "shares", c.name), customer.number, max(self.mix.concentration * share, 1e-9))
                for c, share in zip(self.categories, shares, strict=True)
            ]  # fmt: skip
            drawn = [math.exp(log - max(logs)) for log in logs]
            shares = [value / sum(drawn) for value in drawn]
        return [single(end) for end in accumulate(shares)][:-1]

    def appeal(self, customer: Customer, time: float, occasion: int, board: Boards) -> None:
        """What is not sold here cannot be bought here; a firm never tried for it does not come to mind first.

        attachment += pull of the firm in the category - unfamiliar [never bought there];   basket x that of the category
        """
        u = self.world.dice.uniform(purpose("category"), customer.number, occasion)
        self.wanted = self.categories[bisect_left(self.limits[customer], u)]
        name = self.wanted.name
        for firm in self.world.firms:
            here = board[firm.name]
            here.blocked = bool(firm.categories) and name not in firm.categories
            here.attachment += firm.categories.get(name, 0.0)
            here.attachment -= self.mix.unfamiliar * ((customer, firm.name, name) not in self.used_to)
            here.basket_factor *= self.wanted.basket

    def bought(self, customer: Customer, firm: PlainFirm, time: float, failed: bool) -> None:
        """Now the customer thinks of the firm for it."""
        self.used_to.add((customer, firm.name, self.wanted.name))
