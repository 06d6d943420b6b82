"""A strategy that customers join: enrolment, membership and identification.

Members show a card and are identified: the firm sees what they buy. Enrolment is `automatic` (everybody who buys), `offered`
(at a purchase the customer joins when the expected benefit of a year beats the effort: self-selection) or
`randomised` (a random part of the customers, for experiments).

Where enrolment is automatic everybody takes part from the start, in that a purchase brings what it brings to members and customers know it; but
members are those who have bought here since the programme began. Who never comes is no member, costs nothing and is in no audience of members.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from regulars.contract.strategy import State, Strategy
from regulars.ground.parameter import ParameterSet, Spread, par, spread_bounds
from regulars.world.events import Event

if TYPE_CHECKING:
    from regulars.world.board import Round


class ProgrammeParameters(ParameterSet):
    """Parameters that every programme with members has."""

    enrolment: Literal["automatic", "offered", "randomised"] = par(
        "automatic",
        "",
        "",
        "who takes part: everybody from the first purchase on, those who find it worthwhile, or a random part",
    )
    enrolled_share: float = par(
        0.5, "share of customers", "[0, 1]", "part of the customers enrolled at random (randomised only)"
    )
    effort: Spread = par(
        Spread(mean=0.0),
        "currency per year",
        "[0, inf)",
        "what joining must be worth to a customer (offered only)",
        "Leenheer et al. 2007",
    )
    looks: float = par(
        1.0,
        "0..1",
        "[0, 1]",
        "how premium its rewards look, from cheap to premium (acts where [image] is on)",
    )


class Programme(Strategy):
    """Base of strategies with members; subclasses say what a year of membership is worth."""

    events: ClassVar[tuple[Event, ...]] = (Event("enrol", "joined a programme"),)
    Parameters: ClassVar[type[ParameterSet]] = ProgrammeParameters
    membership: ClassVar[tuple[State, ...]] = (
        State("member", "?", "yes/no", "takes part in the programme", False),
        State("enrolled", "?", "yes/no", "has bought here since the programme began", False),
    )

    def __init__(self, firm: Any, parameters: ParameterSet) -> None:
        self.state = self.membership + type(self).state  # type: ignore[misc]
        super().__init__(firm, parameters)

    def start(self) -> None:
        """Enrol those who are in from the start and draw what the others want to see."""
        rules, everyone = self.parameters, np.arange(self.customers.count)
        if rules.enrolment == "automatic":
            self.member[:] = True
        elif rules.enrolment == "randomised":
            self.member[:] = self.firm.chance.uniform(self.purpose("enrol"), everyone) < rules.enrolled_share
        self.effort = rules.effort.draw(
            self.firm.chance.uniform(self.purpose("effort"), everyone), spread_bounds(rules, "effort")
        )

    def yearly_benefit(self, customers: NDArray[Any]) -> NDArray[Any]:
        """Expected worth of a year of membership, in cash to each of `customers`, currency units."""
        return np.zeros(len(customers))

    def invite(self, round: Round) -> None:
        """Buyers of this round are enrolled where that is automatic, and offered membership where they may choose."""
        buyers = round.who[round.rows(self.firm.index)]
        self.enrolled[buyers] = True
        if self.parameters.enrolment != "offered":
            return
        asked = buyers[~self.member[buyers]]
        if asked.size:
            joining = asked[self.yearly_benefit(asked) > self.effort[asked]]
            self.member[joining] = True
            self.joined(joining)
            self.firm.event("enrol", self.title(), joining, round.day)

    def joined(self, customers: NDArray[Any]) -> None:
        """Hook: these customers have just joined."""

    def members(self) -> NDArray[np.bool_]:
        """Who is a member: those who take part, and have bought here where that is how they are enrolled."""
        return self.member & self.enrolled if self.parameters.enrolment == "automatic" else self.member

    def participants(self) -> NDArray[np.bool_]:
        """Who takes part, and is identified at a purchase: the first one as well."""
        return self.member
