"""What markets do that a fit does not know of: inertia that fades, a season; and weekly specials, which a fit knows of from prices."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar
from unittest import mock

import numpy as np

from regulars import register
from regulars.ground import registered
from regulars.parts import (
    Column,
    ParameterSet,
    PricingParameters,
    PricingPolicy,
    Process,
    Section,
    par,
    section,
)

YEAR = 364.0


class FadingSection(ParameterSet):
    """How inertia fades."""

    on: bool = par(False, "", "", "whether it fades")
    relation: float = par(0.5, "logits", "[0, 50]", "pull of the firm bought last, right after the purchase")
    half_life: float = par(14.0, "days", "(0, 3660]", "time in which half of it is gone")


class Fading(Process):
    """The firm bought last pulls by relation * 2 ** -(days since / half_life)."""

    sections: ClassVar[dict[str, Section]] = {"fading": section(FadingSection, "how inertia fades")}
    columns: ClassVar[tuple[Column, ...]] = (
        Column("latest", "f4", "days", "latest purchase at the firm", pair=True, lived=True, endless=True, initial=-np.inf),
    )  # fmt: skip

    def appeal(self, round):
        """Add what is left of the pull of the firm bought last."""
        latest = self.customers.latest[round.who]
        last = latest.argmax(axis=1)
        for f in range(latest.shape[1]):
            left = self.rules.relation * np.exp2(-(round.time - latest[:, f]) / self.rules.half_life)
            round.column("attachment", f)[:] += np.where((last == f) & np.isfinite(latest[:, f]), left, 0.0)

    def settle(self, round):
        """Note who has bought where, and when."""
        rows = np.flatnonzero(round.chosen >= 0)
        self.customers.latest[round.who[rows], round.chosen[rows]] = round.time[rows]


class SeasonSection(ParameterSet):
    """How much the time of the year matters."""

    on: bool = par(False, "", "", "whether there is a season")
    height: float = par(0.5, "logits", "[0, 50]", "pull of all firms against buying nothing, at the height")


class Season(Process):
    """All firms pull by height * sin(2 pi t / year) more than buying nothing."""

    sections: ClassVar[dict[str, Section]] = {"season": section(SeasonSection, "the time of the year")}

    def appeal(self, round):
        """Add the pull of the season."""
        for f in range(len(self.market.names)):
            round.column("attachment", f)[:] += self.rules.height * np.sin(2 * np.pi * round.time / YEAR)


class Specials(PricingPolicy):
    """In some weeks the price is lower, by the firm's own draw of the week."""

    class Parameters(PricingParameters):
        """How often, and by how much."""

        usual: float = par(1.0, "currency per unit", "(0, inf)", "price in the other weeks")
        depth: float = par(0.25, "share of price", "[0, 1)", "taken off in a week of specials")
        chance: float = par(0.25, "probability", "[0, 1]", "that a week has one")

    def price(self, day):
        """The price of the week."""
        rules = self.parameters
        special = self.desk.draw("specials", "week", self.number()) < rules.chance
        return rules.usual * (1 - rules.depth if special else 1.0)


@contextmanager
def forms_known() -> Iterator[None]:
    """Scenarios may name these parts inside, and nobody sees them afterwards."""
    with mock.patch.object(registered, "_own", dict(registered.everything())):
        for part in (Fading, Season, Specials):
            register(part)
        yield
