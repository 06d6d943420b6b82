"""Occasions and moods: what an opportunity comes with, and how the customer feels that day.

Some opportunities are a rush, a gift, a day of rain: then some firms pull more, and prices matter less or more. An
opportunity can come with several occasions, which add up. The mood of a day pulls toward all firms alike, against
buying nothing: u_ij + sd z_i(day), z standard normal, its own for every customer and day.

Sources: Belk 1975, J. of Consumer Research 2:157-164 (situations); Gardner 1985, J. of Consumer Research 12:281-300 (mood).
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.contract.process import Place, Process, Section, section
from regulars.ground.alike import nearest
from regulars.ground.chance import purpose
from regulars.ground.parameter import REQUIRED, ParameterSet, par
from regulars.world.board import Effect, Round

SYSTEMS = {"M7": "tests/behavior/test_situations.py::test_an_occasion_pulls_when_it_is_there"}
FEELING = purpose("mood of the day")


class Situation(ParameterSet):
    """One kind of occasion."""

    # fmt: off
    name: str = par(REQUIRED, "", "", "name of the occasion, such as gift, rush or rain")
    chance: float = par(0.1, "probability", "[0, 1]", "chance that an opportunity comes with it", "Belk 1975")
    together: bool = par(False, "", "", "whether it comes to all customers on the same days, like rain")
    appeal: dict[str, float] = par({}, "logits", "", "extra pull of firms on this occasion, by name")
    price_weight: float = par(1.0, "of sensitivity", "[0, 100]", "how much prices matter then, as a multiple")
    # fmt: on


class DayMood(ParameterSet):
    """The mood of a day."""

    says_when_on: ClassVar[tuple[str, ...]] = ("sd",)
    # fmt: off
    on: bool = par(False, "", "", "whether customers have moods; needs choice.outside and says an sd")
    sd: float = par(0.0, "logits", "[0, 50]", "spread of the mood of a day, which all firms share against buying nothing", "Gardner 1985")
    # fmt: on


class Situations(Process):
    """Lets opportunities come with occasions, and customers feel like buying or not."""

    follows: ClassVar[tuple[str, ...]] = ("voice",)
    sections: ClassVar[dict[str, Section]] = {
        "situations": Section(tuple[Situation, ...], (), "what an opportunity may come with"),
        "mood": section(DayMood, "how they feel on a day"),
    }

    @classmethod
    def problems(cls, spec: Any) -> list[tuple[Place, str]]:
        """Occasions have names of their own and pull firms that there are; moods need the choice of buying nothing."""
        wrong: list[tuple[Place, str]] = []
        firms = [firm.name for firm in spec.firms]
        names = [situation.name for situation in spec.situations]
        for k, situation in enumerate(spec.situations):
            place = ("situations", k)
            if not situation.name:
                wrong.append(((*place, "name"), "an occasion needs a name"))
            if situation.name in names[:k]:
                wrong.append(
                    ((*place, "name"), f"'{situation.name}' is the name of another occasion already")
                )
            for firm, pull in situation.appeal.items():
                if firm not in firms:
                    wrong.append(
                        ((*place, "appeal", firm), f"no firm is called '{firm}'; {nearest(firm, firms)}")
                    )
                elif not -50 <= pull <= 50:
                    wrong.append(
                        ((*place, "appeal", firm), f"{pull!r} is outside [-50, 50] (wanted: in logits)")
                    )
        if spec.mood.on and not spec.choice.outside:
            told = "a mood against buying nothing needs the choice of buying nothing: set choice.outside = true as well"
            wrong.append((("mood", "on"), told))
        return wrong

    @classmethod
    def wanted(cls, spec: Any) -> bool:
        """Either occasions or moods."""
        return len(spec.situations) > 0 or spec.mood.on

    def __init__(self, market: Any, rules: tuple[Situation, ...]) -> None:
        super().__init__(market, rules)
        mood = market.scenario.spec.mood
        self.sd = float(mood.sd) if mood.on else 0.0
        self.pulls = [
            {market.names.index(firm): pull for firm, pull in situation.appeal.items()} for situation in rules
        ]

    def here(self, round: Round) -> NDArray[np.bool_]:
        """Which occasions each opportunity comes with: a mask (situations, rows)."""
        out = np.zeros((len(self.rules), len(round)), np.bool_)
        days = np.floor(round.time).astype(np.int64)
        for k, situation in enumerate(self.rules):
            if situation.together:
                u = self.chance.uniform(purpose("situation", "day", situation.name), 0, days)
            else:
                u = self.chance.uniform(purpose("situation", situation.name), round.who, round.occasion)
            out[k] = u < situation.chance
        return out

    def appeal(self, round: Round) -> None:
        """Occasions pull and make prices matter, and moods pull."""
        firms = range(len(self.market.names))
        for situation, pulls, rows in zip(self.rules, self.pulls, self.here(round), strict=True):
            for f, pull in pulls.items():
                round.column(Effect.ATTACHMENT, f)[rows] += pull
            if situation.price_weight != 1.0:
                for f in firms:
                    round.column(Effect.PRICE_WEIGHT, f)[rows] *= situation.price_weight
        if self.sd:
            days = np.floor(round.time).astype(np.int64)
            mood = self.sd * self.chance.normal(FEELING, round.who, days)
            for f in firms:
                round.column(Effect.ATTACHMENT, f)[:] += mood
