"""Customer information system (P23): knowledge about customers as an asset that grows, costs money and feeds others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from regulars.ground.parameter import par
from regulars.kit.programme import Programme, ProgrammeParameters
from regulars.kit.segments import NAMES, named
from regulars.world.calendar import DAYS_A_YEAR, due
from regulars.world.customer_file import HALF_LIFE, LEARNING
from regulars.world.events import Event
from regulars.world.ledger import Account

if TYPE_CHECKING:
    from regulars.world.board import Round

SYSTEMS = {"P23": "tests/strategies/test_information_system.py::test_knowledge_makes_other_strategies_work"}


class InformationSystem(Programme):
    """Keep a file that learns faster and forgets more slowly, and find the segments in it.

    By itself it sells nothing. What draws on the firm's customer file works better with it: personal service learns
    faster, tailoring is no longer bound by what one memory can hold, messages fit better, and whatever addresses an audience
    can be aimed. Every `review` it enters the segments champions, regulars, new, at_risk and lost into the file, and
    asks a sample of the known customers how satisfied they are: those who say less than `unhappy_below` are the
    segment unhappy. It sees only identified customers: its own members (a card without rewards), those of the firm's other
    programmes, and everybody online.
    """

    class Parameters(ProgrammeParameters):
        """How fast it learns, what it costs, and whom it asks."""

        # fmt: off
        learning: float = par(0.2, "share of what is missing", "[0, 1]", "what a purchase tells of a customer's taste (0.05 with a card index)", "assumption")
        half_life: float = par(5 * DAYS_A_YEAR, "days", "(0, 36525]", "time in which half of that is out of date (2 years with a card index)", "assumption")
        review: float = par(28.0, "days", "(0, 3660]", "time between two looks at the segments")
        asked: float = par(0.1, "share of known customers", "[0, 1]", "part that is asked how satisfied they are, at each review")
        error: float = par(0.15, "satisfaction", "[0, 10]", "spread of the error of an answer", "assumption")
        unhappy_below: float = par(0.4, "satisfaction", "[0, 1]", "answers below it are the segment unhappy")
        question_cost: float = par(0.5, "currency per answer", "[0, inf)", "cost of asking one customer", "assumption")
        upkeep: float = par(10.0, "currency per day", "[0, inf)", "cost of the system", "assumption", total=True)
        record_cost: float = par(0.2, "currency per customer and year", "[0, inf)", "cost of keeping the data of one known customer", "assumption")
        # fmt: on

    events: ClassVar[tuple[Event, ...]] = (
        Event("answer", "was answered", "days since the complaint, or how well from 0 to 1"),
    )
    remembers: ClassVar[tuple[str, ...]] = ("next", "surveys")
    off: ClassVar[dict[str, Any]] = {"learning": LEARNING, "half_life": HALF_LIFE, "asked": 0.0, "upkeep": 0.0, "record_cost": 0.0}  # fmt: skip
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P23 (customer information system; survey-based experience management)",
        "Rossi, McCulloch & Allenby 1996, Marketing Science 15:321-340 (value of purchase histories)",
    )

    @classmethod
    def segments(cls, parameters: Any) -> tuple[str, ...]:
        """The classic ones, and who says to be unhappy where anybody is asked."""
        return (*NAMES, "unhappy") if parameters.asked else NAMES

    def start(self) -> None:
        """Set the file up."""
        super().start()
        self.next, self.surveys = np.zeros(1), np.zeros(1, np.int64)
        self.revise()

    def revise(self) -> None:
        """The file learns as the system lets it."""
        rules, file = self.parameters, self.firm.file
        file.learning, file.half_life = rules.learning, rules.half_life

    def settle(self, round: Round) -> None:
        """Buyers may join."""
        self.invite(round)

    def open(self, day: float) -> None:
        """Look at the segments, and ask."""
        rules, file = self.parameters, self.firm.file
        if not due(self.next, day, rules.review):
            return
        file.segments.update(named(file, day))
        self.surveys[0] += 1
        if rules.asked and self.customers.has("satisfaction"):
            self._ask(day)

    def _ask(self, day: float) -> None:
        """How satisfied a sample of the known says it is."""
        rules, firm, number = self.parameters, self.firm, int(self.surveys[0])
        known = np.flatnonzero(firm.audience("identified", day) & (firm.file.count > 0))
        asked = known[firm.chance.uniform(self.purpose("ask"), known, number) < rules.asked]
        unhappy = np.zeros(firm.file.known.size, np.bool_)
        if asked.size:
            error = rules.error * firm.chance.normal(self.purpose("answer"), asked, number)
            answer = np.clip(self.customers.satisfaction[asked, firm.index] + error, 0.0, 1.0)
            unhappy[asked] = answer < rules.unhappy_below
            firm.books.spend(Account.COMMUNICATION, rules.question_cost * asked.size)
            firm.event("answer", self.title(), asked, day, answer)
        firm.file.segments["unhappy"] = unhappy

    def close(self, day: float) -> None:
        """Systems and records cost."""
        rules = self.parameters
        records = rules.record_cost / DAYS_A_YEAR * int(self.firm.file.known.sum())
        if rules.upkeep or records:
            self.firm.books.spend(Account.OVERHEAD, rules.upkeep + records)
