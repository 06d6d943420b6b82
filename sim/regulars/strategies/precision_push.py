"""Precision push (P11): messages to segments that the firm finds in its own data, and to customers who have just looked around."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from regulars.contract.strategy import State, Strategy
from regulars.ground.parameter import par
from regulars.kit.contact import CONTACT, Contact, ContactParameters
from regulars.kit.segments import clusters, rfm
from regulars.world.calendar import due
from regulars.world.events import Event
from regulars.world.ledger import MILLION

if TYPE_CHECKING:
    from regulars.world.board import Round

SYSTEMS = {
    "P11": "tests/strategies/test_precision_push.py::test_targeting_by_response_beats_targeting_by_risk"
}
AMONG, APART = 0, 1  # who gets a message, and who would have


class PrecisionPush(Strategy):
    """Cluster the known customers by recency, frequency and money, and write to the clusters that it pays to write to.

    A message that fits does more: its effect is multiplied by dull + (1 - dull) x knowledge of the customer's taste.
    `target` says whom: everybody known, those worth most, those most at risk by their own rhythm, or those who respond.
    Response is measured: a random part of every cluster, drawn anew each time, is left out of a campaign, and what both
    parts spend until the next one is compared. A cluster is written to until the margin of the difference falls short of the cost of a message,
    by `doubt` standard errors; as evidence fades it is tried again (Ascarza 2018: those most at risk need not be those who can
    be held). Known customers who looked around here and did not buy get a message the next day.
    """

    class Parameters(ContactParameters):
        """Segments, targets, and what a message does."""

        # fmt: off
        every: float = par(14.0, "days", "(0, 3660]", "time between two campaigns")
        groups: int = par(5, "clusters", "[1, 50]", "clusters that known customers are divided into", "source documents, P11")
        target: Literal["all", "value", "risk", "response"] = par("response", "", "", "whom to write to: all known, the better half by value, the half most at risk, or those who respond", "Ascarza 2018")
        holdout: float = par(0.2, "share of customers", "[0, 0.9]", "random part of every cluster that is left out of a campaign, to measure the response; 0: all are written to")
        enough: int = par(30, "customers", "[1, 1000000]", "customers in both parts of a cluster before its response is believed")
        doubt: float = par(1.0, "standard errors", "[0, 10]", "by how much a response must fall short before a cluster is left alone")
        memory: float = par(91.0, "days", "(0, 36525]", "time in which evidence of a response loses half of its weight")
        dull: float = par(0.3, "share of the effect", "[0, 1]", "what is left of the effect when nothing is known about the customer", "assumption; that a purchase history pays: Rossi, McCulloch & Allenby 1996")
        browse: float = par(0.2, "probability", "[0, 1]", "chance that a known customer who buys elsewhere or nothing has looked around here, and is seen doing it", "assumption")
        retarget: bool = par(True, "", "", "whether customers who looked around get a message the next day", "source documents, P11 (browsing histories)")
        # fmt: on

    events: ClassVar[tuple[Event, ...]] = (Event("browse", "looked at the product without buying"),)
    state: ClassVar[tuple[State, ...]] = (
        *CONTACT,
        State("group", "i1", "cluster", "cluster by the latest look; -1 for none", -1),
        State("apart", "?", "yes/no", "left out of the latest campaign by chance"),
        State("spent", "i8", "millionths of the currency unit", "spending here since the latest campaign"),
        State("looked", "?", "yes/no", "looked around here since this morning and bought nothing"),
    )
    remembers: ClassVar[tuple[str, ...]] = ("next", "number", "written", "evidence")
    linked: ClassVar[bool] = True  # clusters and responses are learnt from all
    off: ClassVar[dict[str, Any]] = {"reach": 0.0, "cost": 0.0}
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P11 (clustering, browsing and purchase histories, targeted messages)",
        "Ascarza 2018, Journal of Marketing Research 55:80-98 (target by sensitivity, not by risk)",
        "Rossi, McCulloch & Allenby 1996, Marketing Science 15:321-340 (value of purchase histories)",
    )

    @classmethod
    def segments(cls, parameters: Any) -> tuple[str, ...]:
        """One for every cluster."""
        return tuple(f"cluster {number}" for number in range(parameters.groups))

    def start(self) -> None:
        """Open the customer file; nothing is known of anybody's response."""
        rules = self.parameters
        self.contact, self.file = Contact(self), self.firm.file
        self.next = np.zeros(1)  # day of the next campaign
        self.number = np.zeros(1, np.int64)  # campaigns so far
        self.written = np.zeros(rules.groups, np.bool_)  # clusters that the latest campaign wrote to
        self.evidence = np.zeros((3, rules.groups, 2))  # people, money, money squared; by cluster and part

    def open(self, day: float) -> None:
        """A message to those who looked around yesterday; a campaign now and then."""
        if self.looked.any():
            self._push(np.flatnonzero(self.looked & self.firm.audience("identified", day)), day)
            self.looked[:] = False
        if due(self.next, day, self.parameters.every):
            self._measure()
            self._divide(day)
            self._push(self._targets(day), day)

    def _push(self, who: NDArray[Any], day: float) -> None:
        """Write to these customers, each as well as the customer is known."""
        dull = self.parameters.dull
        self.contact.send(who, day, dull + (1.0 - dull) * self.file.knowledge_at(who, day))

    def _measure(self) -> None:
        """Enter what both parts of the clusters that were written to have spent since."""
        rules = self.parameters
        self.evidence *= 0.5 ** (rules.every / rules.memory)
        for part, among in ((AMONG, ~self.apart), (APART, self.apart)):
            who = np.flatnonzero((self.group >= 0) & among)
            who = who[self.written[self.group[who]]]
            money = self.spent[who] / MILLION
            for sums, values in zip(self.evidence, (np.ones(who.size), money, money**2), strict=True):
                sums[:, part] += np.bincount(self.group[who], values, rules.groups)
        self.spent[:] = 0

    def _divide(self, day: float) -> None:
        """Cluster those who are known, and draw who is left out of this campaign."""
        file = self.file
        known = np.flatnonzero(self.firm.audience("identified", day) & (file.count > 0))
        self.group[:] = -1
        if known.size:
            self.group[known] = clusters(rfm(file, known, day), self.parameters.groups)
        u = self.firm.chance.uniform(self.purpose("holdout"), np.arange(self.group.size), self.number[0])
        self.apart[:] = u < self.parameters.holdout
        self.number += 1
        for number, name in enumerate(self.segments(self.parameters)):
            file.segments[name] = self.group == number

    def response(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Spending per customer and campaign that messages have caused, by cluster, and its standard error, currency units.

        Infinite, with no error, where too few were watched.
        """
        people = np.maximum(self.evidence[0], 1.0)
        mean = self.evidence[1] / people
        variance = np.maximum(self.evidence[2] / people - mean**2, 0.0)
        known = (self.evidence[0] >= self.parameters.enough).all(axis=1)
        error = np.sqrt((variance / people).sum(axis=1))
        return np.where(known, mean[:, AMONG] - mean[:, APART], np.inf), np.where(known, error, 0.0)

    def _targets(self, day: float) -> NDArray[np.intp]:
        """Whom the campaign is for."""
        rules, firm, who = self.parameters, self.firm, np.flatnonzero(self.group >= 0)
        self.written[:] = rules.target == "all"
        if rules.target == "response":
            gain, error = self.response()
            margin = 1.0 - firm.cost / firm.price if firm.price > 0 else 0.0
            needed = rules.cost / margin if margin > 0 else np.inf
            self.written[:] = gain + rules.doubt * error >= needed
        elif rules.target != "all" and who.size:
            score = self._score(who, day)
            who = who[score >= np.median(score)]
            return who[~self.apart[who]]
        return who[self.written[self.group[who]] & ~self.apart[who]]

    def _score(self, who: NDArray[Any], day: float) -> NDArray[np.float64]:
        """Value (spending of about the last year), or risk: days away in terms of the customer's own mean gap.

        For those who were seen once, the mean gap of the others stands in.
        """
        if self.parameters.target == "value":
            return self.file.recent_at(who, day)
        gap = self.file.mean_gap()[who]
        often = np.isfinite(gap)
        gap[~often] = gap[often].mean() if often.any() else 1.0
        return np.asarray((day - self.file.last[who]) / np.maximum(gap, 1.0))

    def appeal(self, round: Round) -> None:
        """Warmth pulls."""
        self.contact.pull(round)

    def settle(self, round: Round) -> None:
        """Note what known customers spend here, and who of the others has looked around."""
        rules, firm = self.parameters, self.firm
        here = round.rows(firm.index)
        here = here[firm.identifies(round.who[here])]
        self.spent[round.who[here]] += round.paid[here]
        if rules.browse and rules.retarget:
            rows = np.flatnonzero(round.chosen != firm.index)
            rows = rows[self.file.known[round.who[rows]]]
            u = firm.chance.uniform(self.purpose("browse"), round.who[rows], round.occasion[rows])
            self.looked[round.who[rows[u < rules.browse]]] = True
            firm.event("browse", self.title(), round.who[rows[u < rules.browse]], round.day)
