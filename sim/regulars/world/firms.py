"""A firm: a mesa agent with an offer, books, a store card and strategies."""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from regulars.ground import wide
from regulars.ground.alike import nearest
from regulars.ground.attributes import Known
from regulars.ground.errors import RegularsError, shown
from regulars.ground.label import Label, Labelled
from regulars.ground.named import ByName
from regulars.ground.words import word
from regulars.world import audience
from regulars.world.card import Card, Payment
from regulars.world.customer_file import CustomerFile
from regulars.world.events import REWARD, Event, known
from regulars.world.ledger import MILLION, RUNNING, Account, Amounts, counted, millionths
from regulars.world.reach import Reach
from regulars.world.setting import number, refuse_fixed


class Firm(Labelled, Known, Reach, mesa.Agent):
    """One firm of the market. Its numbers (`price`, `quality`, `service` ...) may be changed at any time.

    They keep to the bounds that the scenario declares; whatever else a scenario says of a firm is changed by `Market.branch`.
    It is also the only door through which its strategies reach the market: customers, draws, books and log.
    """

    def __init__(self, market: Any, index: int, name: str) -> None:
        super().__init__(market)
        self.index, self.name = index, name
        self.customers, self.chance = market.customers, market.chance
        self.strategies: dict[str, Any] = ByName("strategy of this firm")
        self._card: Card | None = None
        self._file: CustomerFile | None = None
        described = market.scenario.spec.firms[index]
        self.online, self.categories = bool(described.online), tuple(getattr(described, "categories", ()))
        self._built()

    def __setattr__(self, name: str, value: Any) -> None:
        refuse_fixed(self, name, value)
        super().__setattr__(name, value)

    price = number("price", "List price, currency per unit.")
    cost = number("cost", "Cost of goods, currency per unit.")
    quality = number("quality", "Mean performance of a purchase.")
    failure = number("failure", "Chance that a purchase goes wrong.")
    severity = number("severity", "Performance lost when it does.")
    service = number("service", "Service besides the goods, performance.")
    hours = number("hours", "Time that a purchase takes the customer, hours.")
    effort = number("effort", "Effort of a purchase.")
    risk = number("risk", "Uncertainty that a customer feels before a purchase.")
    availability = number("availability", "Chance that what is wanted is there.")
    brand = number("brand", "How premium the brand is, 0..1.")
    rent = number("rent", "Rent, currency per day.")

    @property
    def profit(self) -> float:
        """Contribution profit so far, currency units."""
        return float(self.model.ledger.profit(self.index))

    @property
    def revenue(self) -> float:
        """Sales at list price so far, currency units."""
        return float(self.model.ledger.value("revenue", self.index))

    @property
    def purchases(self) -> int:
        """Purchases so far."""
        return int(self.model.log.totals.purchases[:, self.index].sum())

    @property
    def card(self) -> Card:
        """The firm's store card, opened at its first use."""
        if self._card is None:
            self._card = Card(self, self.model.sources)
            self.model.cards.append(self._card)
        return self._card

    @property
    def file(self) -> CustomerFile:
        """What the firm knows of the customers whom it can identify, opened at its first use."""
        if self._file is None:
            self._file = CustomerFile(self)
            self.model.files.append(self._file)
        return self._file

    @property
    def has_file(self) -> bool:
        """Whether any strategy has opened the customer file."""
        return self._file is not None

    @property
    def insight(self) -> float:
        """How many times as much the firm makes of what it sees of customers; 1 without an information system (P23)."""
        return self._file.insight if self._file is not None else 1.0

    def members(self, strategy: str = "") -> NDArray[np.bool_]:
        """Members of the named programme, or of any of the firm's programmes: a mask over customers.

        Errors: the firm has no such programme.
        """
        if not isinstance(strategy, str) or strategy not in ("", *self.strategies):
            raise RegularsError(
                f"firms.{self.name}: no programme is called {shown(strategy)}; {nearest(str(strategy), self.strategies)}"
            )
        out = np.zeros(self.customers.count, np.bool_)
        for name, programme in self.strategies.items():
            if strategy in ("", name) and (members := programme.members()) is not None:
                out |= members
        return out

    def identifies(self, customers: NDArray[Any] | slice = slice(None)) -> NDArray[np.bool_]:
        """Whom the firm can identify: those who order online, show a card or have signed a contract."""
        if self.online:
            return np.ones(self.customers.entry[customers].shape, np.bool_)
        out = np.zeros(self.customers.entry[customers].shape, np.bool_)
        for programme in self.strategies.values():
            if (members := programme.members()) is not None:
                out |= members[customers]
        return out

    def audience(self, name: str, day: float) -> NDArray[np.bool_]:
        """Who belongs to an audience today: a mask over customers; see `world.audience`.

        Errors: there is no such audience.
        """
        if not isinstance(day, (int, float, np.number)):
            raise RegularsError(f"day = {shown(day)} will not do: a number of days is needed")
        return audience.select(self, name, day)

    @property
    def has_card(self) -> bool:
        """Whether any strategy has opened the store card."""
        return self._card is not None

    def post(self, debit: str, credit: str, amount: int) -> None:
        """Post millionths of the currency unit in the firm's books."""
        self.model.ledger.post(self.index, debit, credit, amount)

    def spend(self, account: Account | str, amount: Any) -> None:
        """Pay a cost that no single purchase earned (communication, staff, overhead ...), currency units.

        Several amounts are rounded one by one, so that it does not matter which of them come together.

        Raises:
            RegularsError: for an account that costs are not paid from, with the nearest.
        """
        if account not in RUNNING:
            raise RegularsError(
                f"no cost is called {account!r}; {nearest(str(account), RUNNING)} (known: {', '.join(RUNNING)})"
            )
        paid = wide.total(millionths(amount)) if np.ndim(amount) else counted(amount)
        self.post(account, Account.CASH, paid)

    def post_points(self, debit: str, credit: str, amount: int) -> None:
        """Post millionths of a point in the firm's books."""
        self.model.ledger.post_points(self.index, debit, credit, amount)

    def book_reward(self, strategy: str, against: str, by_source: Amounts) -> None:
        """Book reward money (millionths, by source) against `cash`, `liability` or `revenue`."""
        self.model.ledger.reward(self.index, strategy, against, by_source)

    def give(
        self,
        strategy: str,
        paid_as: Payment | str,
        customers: NDArray[Any],
        by_source: NDArray[np.int64],
        day: float,
        lapse: float = 0.0,
    ) -> None:
        """Give a reward to customers: in cash, as credit on the store card, or in kind. Strategies use their own door, `reward`.

        by_source: millionths, shape (sources, customers); lapse: days after which credit lapses, 0 for never.

        Raises:
            RegularsError: for another way of paying, with the nearest.
        """
        way = word(Payment, paid_as, "way of paying")
        if way is Payment.KIND:  # part of the purchase, nothing that a customer is sent
            return self.book_reward(strategy, Account.CASH, wide.totals(by_source))
        if way is Payment.CREDIT:
            self.card.grant(strategy, customers, by_source, day + lapse if lapse > 0 else np.inf)
        else:
            self.book_reward(strategy, Account.CASH, wide.totals(by_source))
        self.event(REWARD, strategy, customers, day, by_source.sum(axis=0) / MILLION)
        giver = self.strategies.get(strategy)
        self.show(customers, float(getattr(giver and giver.parameters, "looks", 1.0)), day)

    def event(self, kind: Event | str, strategy: str, customers: Any, day: float, amounts: Any = 0.0) -> None:
        """Write an event of these customers into the log; its kind says what the amounts are.

        Raises:
            RegularsError: for a kind that nobody has declared, with the nearest.
        """
        self.model.log.event(known(kind), self.index, strategy, customers, day, amounts)

    def base_probability(self, customers: NDArray[Any]) -> NDArray[np.float64]:
        """Chance that each of `customers` buys here at an opportunity, were there no programmes."""
        return self.model.base_probability(self.index, customers)

    def meeting_probability(self, customers: NDArray[Any]) -> NDArray[np.float64]:
        """Chance that each of `customers` meets an opportunity on a day, wherever it ends."""
        mean = self.customers.rate[customers].astype(np.float64)
        return (
            np.minimum(mean, 1.0) if self.model.scenario.spec.need.process == "calendar" else -np.expm1(-mean)
        )

    def visit_probability(self, customers: NDArray[Any]) -> NDArray[np.float64]:
        """Chance that each of `customers` buys here at least once on a day, were there no programmes."""
        mean = self.customers.rate[customers] * self.base_probability(customers)
        return (
            np.minimum(mean, 1.0) if self.model.scenario.spec.need.process == "calendar" else -np.expm1(-mean)
        )

    def spending_rate(self, customers: NDArray[Any]) -> NDArray[np.float64]:
        """Expected spending here, currency per day, were there no programmes."""
        c = self.customers
        return c.rate[customers] * self.base_probability(customers) * c.basket[customers] * self.price

    def money_weight(self, customers: NDArray[Any]) -> NDArray[np.float64]:
        """Logits that a currency unit is worth to each of `customers`."""
        c = self.customers
        return c.price_sensitivity[customers].astype(np.float64) / c.basket[customers]

    def _label(self) -> Label:
        from regulars.world.labels import of_firm

        return of_firm(self)
