"""Everyday low price (P19): simply be cheaper, for everybody, always. The baseline every programme must beat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from regulars.contract.strategy import Strategy
from regulars.ground.parameter import ParameterSet, par

if TYPE_CHECKING:
    from regulars.world.board import Board

SYSTEMS = {"P19": "tests/strategies/test_everyday_low_price.py::test_a_cut_is_worth_its_logits"}


class EverydayLowPrice(Strategy):
    """A lower shelf price for everybody, with no programme at all."""

    class Parameters(ParameterSet):
        """How much cheaper."""

        # fmt: off
        discount: float = par(0.05, "share of list price", "[0, 1)", "price cut for everybody", "source documents, P19")
        # fmt: on

    off: ClassVar[dict[str, Any]] = {"discount": 0.0}
    sources: ClassVar[tuple[str, ...]] = (
        "Hoch, Dreze & Purk 1994, EDLP, Hi-Lo, and margin arithmetic, Journal of Marketing 58(4):16-27",
    )

    def offer(self, board: Board, day: float) -> None:
        """Mark the shelf price down."""
        board.shelf_factor[self.firm.index] *= 1.0 - self.parameters.discount
