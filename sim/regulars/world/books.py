"""The door of a firm to its books: what its strategies and the market's processes post there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.ground import wide
from regulars.ground.alike import nearest
from regulars.ground.errors import RegularsError
from regulars.world.ledger import RUNNING, Account, Amounts, counted, millionths

if TYPE_CHECKING:
    from regulars.world.ledger import Ledger


class Books:
    """The books of one firm, in the ledger of the market."""

    def __init__(self, ledger: Ledger, firm: int) -> None:
        self.ledger, self.firm = ledger, firm

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

    def post(self, debit: str, credit: str, amount: int) -> None:
        """Post millionths of the currency unit."""
        self.ledger.post(self.firm, debit, credit, amount)

    def post_points(self, debit: str, credit: str, amount: int) -> None:
        """Post millionths of a point."""
        self.ledger.post_points(self.firm, debit, credit, amount)

    def reward(self, strategy: str, against: str, by_source: Amounts) -> None:
        """Book reward money (millionths, by source) against `cash`, `liability` or, at the till, `gross_sales`."""
        self.ledger.reward(self.firm, strategy, against, by_source)
