"""Recommendations (P6): show every customer the product that the firm's own data say suits best, across categories too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import field_validator, model_validator

from regulars.contract.aim import Aimed
from regulars.contract.recommender import Context, History, find, name_now
from regulars.contract.strategy import State, Strategy
from regulars.ground.parameter import Problem, par
from regulars.world.board import Effect
from regulars.world.calendar import due
from regulars.world.ledger import Account
from regulars.world.ports import CategoryHabits, ProductRange

if TYPE_CHECKING:
    from regulars.world.board import Round

SYSTEMS = {
    "P6": "tests/strategies/test_recommendation.py::test_recommendations_get_better_with_data_and_then_no_more"
}


class Recommendation(Strategy):
    """Identified customers are shown one product of the category that they want now.

    It pulls by gain x fit, where fit is how well it truly suits the customer at that moment (0 for a product picked
    blindly, see `behavior.products`), and a purchase is the better experience by service x fit: what does not suit puts
    off and disappoints. The recommender is fitted anew every so often, to nothing but the purchases of identified
    customers here. Only part of them gets into the data in a form that can be used; an information system (P23) makes
    this its `insight` times as many, up to all.

    Cross-selling: a customer who has never bought a category here does not think of the firm for it. A recommendation
    overcomes the share cross_sell (1 - 1/L) of that, where L is how many times as likely as at large the recommender
    expects the category next (1 - 1/L: the part of those purchases that the rule accounts for). Nothing is overcome by
    recommenders that know no such rules (L = 1).
    """

    class Parameters(Aimed):
        """Who recommends, from which data, to whom, and what it does and costs."""

        # fmt: off
        kind: str = par("collaborative", "", "", "which recommender: popular, content_based, collaborative or contextual", "source documents, P6")
        rules: dict[str, Any] = par({}, "", "", "parameters of the recommender, by name; its own defaults where left out")
        every: float = par(7.0, "days", "(0, 3660]", "time between two looks at the data")
        enough: int = par(100, "purchases", "[1, 1000000000]", "purchases in the data before anything is shown")
        recorded: float = par(0.25, "share of purchases", "[0, 1]", "part of the purchases of identified customers that gets into the data without an information system", "assumption")
        gain: float = par(0.1, "logits per standard deviation", "[0, 10]", "pull of a recommendation, for each standard deviation of utility by which it suits", "assumption; sign: Ansari, Essegaier & Kohli 2000")
        service: float = par(0.02, "performance per standard deviation", "[0, 10]", "how much better a purchase is, for each of these (acts where experience is on)", "assumption")
        cross_sell: float = par(0.5, "share", "[0, 1]", "part of the pull missing in a category never bought here that a recommendation sure of itself overcomes", "assumption; Knott, Hayes & Neslin 2002 (sign)")
        cost: float = par(0.001, "currency per recommendation", "[0, inf)", "cost of showing one", "assumption")
        upkeep: float = par(10.0, "currency per day", "[0, inf)", "cost of the system", "assumption", total=True)
        # fmt: on

        @field_validator("kind")
        @classmethod
        def _exists(cls, name: str) -> str:
            name = name_now(name)
            find(name)
            return name

        @model_validator(mode="after")
        def _suits(self) -> Recommendation.Parameters:
            try:
                self.of_recommender()
            except Problem as problem:
                raise Problem([(("rules", *path), text) for path, text in problem.items]) from None
            return self

        def of_recommender(self) -> Any:
            """Parameters of the recommender, checked."""
            return find(self.kind).Parameters.read(self.rules)

    state: ClassVar[tuple[State, ...]] = (
        State("aimed", "?", "yes/no", "belongs to the audience today"),
        State("latest", "i1", "category", "bought here last, as far as the data tell; -1: nothing", -1),
        State("since", "f4", "days", "when that was", -np.inf),
    )
    remembers: ClassVar[tuple[str, ...]] = ("next", "learnt")
    linked: ClassVar[bool] = True  # what suits one is learnt from what others bought
    off: ClassVar[dict[str, Any]] = {"gain": 0.0, "service": 0.0, "cross_sell": 0.0, "cost": 0.0, "upkeep": 0.0}  # fmt: skip
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P6 and C21 (content, users, context; baby goods to parenting books)",
        "Ansari, Essegaier & Kohli 2000, Journal of Marketing Research 37:363-375 (recommendations from purchases)",
        "Knott, Hayes & Neslin 2002, Journal of Interactive Marketing 16:59-75 (next product to buy, cross-selling)",
        "Adomavicius & Tuzhilin 2005, IEEE Transactions on Knowledge and Data Engineering 17:734-749",
    )

    @classmethod
    def misfits(cls, parameters: Any, spec: Any) -> list[tuple[str, str]]:
        """There must be something to choose from."""
        if "assortment" in spec.on:
            return []
        return [("", "there are no products to recommend: set assortment.on = true")]

    def start(self) -> None:
        """Nothing is known yet."""
        self.products = self.firm.port(ProductRange)
        self.history = History(self.products.catalogue())
        self.next, self.learnt = np.zeros(1), np.zeros(1, np.int64)
        self.revise()

    def revise(self) -> None:
        """The recommender that the rules ask for, fitted to what the one before had been fitted to."""
        rules = self.parameters
        self.recommender = find(rules.kind)(self.history.catalogue, rules.of_recommender())
        self.learn(int(self.learnt[0]))

    def learn(self, purchases: int) -> None:
        """Fit the recommender to the first so many `purchases` in the data."""
        self.learnt[0] = purchases
        self.recommender.fit(self.history.first(purchases))

    def open(self, day: float) -> None:
        """Say who is meant today, and look at the data now and then."""
        self.aimed[:] = self.firm.audience(self.parameters.audience, day)
        if due(self.next, day, self.parameters.every):
            self.learn(len(self.history))

    def appeal(self, round: Round) -> None:
        """Show a product; it pulls, and a better or worse purchase awaits."""
        rules, firm = self.parameters, self.firm
        if self.learnt[0] < rules.enough:
            return
        meant = self.aimed[round.who] & firm.identifies(round.who)
        rows = np.flatnonzero(meant & self.products.sold[firm.index][round.category])
        if not rows.size:
            return
        who, category = round.who[rows], round.category[rows]
        moment = Context(round.time[rows], category, self.latest[who], self.since[who])
        fit = self.products.fit(round, rows, self.recommender.recommend(who, moment)[:, 0])
        if rules.gain:
            round.column(Effect.APPEAL, firm.index)[rows] += rules.gain * fit
        if rules.service:
            round.column(Effect.SERVICE, firm.index)[rows] += rules.service * fit
        if rules.cross_sell:
            lift = self.recommender.expected(who, moment)[np.arange(who.size), category]
            overcome = (
                rules.cross_sell
                * np.maximum(1.0 - 1.0 / lift, 0.0)
                * firm.port(CategoryHabits).missing(firm.index, who, category)
            )
            if overcome.any():
                round.column(Effect.APPEAL, firm.index)[rows] += overcome
        if rules.cost:
            firm.books.spend(Account.COMMUNICATION, np.full(rows.size, rules.cost))

    def settle(self, round: Round) -> None:
        """Purchases of identified customers get into the data, as many as the firm makes something of."""
        firm = self.firm
        rows = round.rows(firm.index)
        rows = rows[firm.identifies(round.who[rows])]
        if (part := self.parameters.recorded * firm.insight) < 1.0:
            u = firm.chance.uniform(self.purpose("record"), round.who[rows], round.occasion[rows])
            rows = rows[u < part]
        who = round.who[rows]
        self.history.add(who, round.product[rows], round.time[rows])
        self.latest[who], self.since[who] = round.category[rows], round.time[rows]

    def close(self, day: float) -> None:
        """Systems cost."""
        if self.parameters.upkeep:
            self.firm.books.spend(Account.OVERHEAD, self.parameters.upkeep)

    def save(self) -> dict[str, Any]:
        """State, and the data; what the recommender has learnt follows from them."""
        return {**super().save(), **self.history.save()}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `save` gave, and learn it again."""
        super().restore(saved)
        self.history.restore(saved)
        self.revise()
