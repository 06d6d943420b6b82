"""A firm: a mesa agent with an offer, books, a store card and strategies."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, TypeVar

import mesa
import numpy as np
from numpy.typing import NDArray

from regulars.ground import wide
from regulars.ground.alike import nearest
from regulars.ground.attributes import Known
from regulars.ground.errors import RegularsError, shown
from regulars.ground.label import Label, Labelled
from regulars.ground.moved import note
from regulars.ground.named import ByName
from regulars.ground.words import word
from regulars.world import audience
from regulars.world.baseline import Baseline
from regulars.world.books import Books
from regulars.world.card import Card, Payment
from regulars.world.customer_file import CustomerFile
from regulars.world.events import REWARD, Event, known
from regulars.world.ledger import MILLION, Account
from regulars.world.ports import Port
from regulars.world.relations import Relations
from regulars.world.setting import number, refuse_fixed

Answer = TypeVar("Answer", bound=Port)

# what stood on the firm itself until 0.2: parts of one's own find it there until 0.3, with a note
MOVED = {
    "revenue": "gross_sales",
    "spend": "books.spend",
    "post": "books.post",
    "post_points": "books.post_points",
    "book_reward": "books.reward",
    "please": "relations.move_satisfaction",
    "inform": "relations.inform",
    "deepen": "relations.deepen",
    "answer": "relations.answer_complaints",
    "welcome": "relations.invite_complaints",
    "show": "relations.show_reward",
    "base_probability": "baseline.purchase_probability",
    "meeting_probability": "baseline.opportunity_probability",
    "visit_probability": "baseline.visit_probability",
    "spending_rate": "baseline.spending_rate",
    "money_weight": "baseline.money_weight",
}


class Firm(Labelled, Known, mesa.Agent):
    """One firm of the market. Its numbers (`price`, `quality`, `service` ...) may be changed at any time.

    They keep to the bounds that the scenario declares; whatever else a scenario says of a firm is changed by `Market.branch`.
    It is also the only door through which its strategies reach the market: `customers` and draws (`chance`), the firm's `books`, its
    `relations` with customers, the customer `file` and the store `card`, what customers would do without programmes
    (`baseline`), events of the log, and what processes of the market answer (`port`).
    """

    def __init__(self, market: Any, index: int, name: str) -> None:
        super().__init__(market)
        self.index, self.name = index, name
        self.customers, self.chance = market.customers, market.chance
        self.strategies: dict[str, Any] = ByName("strategy of this firm")
        self.books, self.relations, self.baseline = (
            Books(market.ledger, index),
            Relations(self),
            Baseline(self),
        )
        self._card: Card | None = None
        self._file: CustomerFile | None = None
        self.rewarded: NDArray[np.int64] | None = (
            None  # by customer, millionths; where somebody has asked to keep it
        )
        described = market.scenario.spec.firms[index]
        self.online, self.categories = bool(described.online), tuple(getattr(described, "categories", ()))
        self._built()

    if not TYPE_CHECKING:  # a type checker would take any name for one that is there

        def __getattr__(self, name: str) -> Any:
            if name not in MOVED:
                return super().__getattr__(name)
            note(f"firm.{name}", f"firm.{MOVED[name]}")
            return operator.attrgetter(MOVED[name])(self)

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
    def gross_sales(self) -> float:
        """Sales at list price so far, before discounts, currency units."""
        return float(self.model.ledger.value(Account.GROSS_SALES, self.index))

    def deferred_revenue(self) -> float:
        """Revenue deferred for points, stamps and store credit that customers hold, currency units; beside the books (IFRS 15, B39 to B47)."""
        credit = float(self.card.purse.total().sum()) / MILLION if self.has_card else 0.0
        return credit + sum(strategy.deferred_revenue() for strategy in self.strategies.values())

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
            if (there := programme.participants()) is not None:
                out |= there[customers]
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
        if self.rewarded is not None:
            np.add.at(self.rewarded, customers, by_source.sum(axis=0))
        if way is Payment.KIND:  # part of the purchase, nothing that a customer is sent
            return self.books.reward(strategy, Account.CASH, wide.totals(by_source))
        if way is Payment.CREDIT:
            self.card.grant(strategy, customers, by_source, day + lapse if lapse > 0 else np.inf)
        else:
            self.books.reward(strategy, Account.CASH, wide.totals(by_source))
        self.event(REWARD, strategy, customers, day, by_source.sum(axis=0) / MILLION)
        giver = self.strategies.get(strategy)
        self.relations.show_reward(customers, float(getattr(giver and giver.parameters, "looks", 1.0)), day)

    def event(self, kind: Event | str, strategy: str, customers: Any, day: float, amounts: Any = 0.0) -> None:
        """Write an event of these customers into the log; its kind says what the amounts are.

        Raises:
            RegularsError: for a kind that nobody has declared, with the nearest.
        """
        self.model.log.event(known(kind), self.index, strategy, customers, day, amounts)

    @property
    def network(self) -> Any:
        """Who talks to whom, or None in a market without a network."""
        return self.model.network

    def port(self, kind: type[Answer]) -> Answer:
        """The process of the market that answers a port of `world.ports`, or what is answered where there is none."""
        return self.model.port(kind)

    def _label(self) -> Label:
        from regulars.world.labels import of_firm

        return of_firm(self)
