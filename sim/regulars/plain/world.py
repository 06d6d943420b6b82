"""What every page of the plain day looks at: the scenario, the draws, the firms and the people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regulars.plain.chance import Dice
from regulars.plain.firm import Here, PlainFirm
from regulars.plain.people import Customer

if TYPE_CHECKING:
    from regulars.scenario.spec import Spec

Boards = dict[str, Here]  # of one occasion, by name of the firm


@dataclass
class World:
    """One world: the same seed and replicate have the same people in the same moods."""

    spec: Spec
    dice: Dice
    firms: list[PlainFirm]
    customers: list[Customer]
