"""A firm of the plain market with its books, and what stands on the board about it at one occasion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from regulars.ground.alike import nearest
from regulars.ground.errors import RegularsError, shown

if TYPE_CHECKING:
    from regulars.plain.rebate import Rebate

MILLION = 1_000_000
ACCOUNTS = ("cash", "gross_sales", "discounts", "cost_of_goods", "rewards", "liability", "rent")
RESULT = ("gross_sales", "discounts", "cost_of_goods", "rewards", "rent")  # accounts that make up the profit


@dataclass
class Here:
    """What is written on the board of one occasion about one firm; at first nothing that makes a difference.

    Whoever writes adds to what stands there or multiplies it, so that the order of writers cannot matter.

    Attributes:
        appeal: pull of promotions, logits; writers add.
        attachment: pull of what lasts, logits; writers add.
        price_factor: what the shelf price is multiplied by for this customer; writers multiply.
        money_off: what the till takes off the bill, currency units; writers add.
        price_weight: what the customer's price sensitivity is multiplied by; writers multiply.
        basket_factor: what the quantity is multiplied by; writers multiply.
        service: what the purchase will be better by, performance; writers add.
        forgiveness: share of a failure's severity that is forgiven, 1 at most counts; writers add.
        promotion_deafness: share of promotions that is not heard, 1 at most counts; writers add.
        blocked: whether nothing can be bought here now.
        locked_in: whether the customer is bound to buy here.
    """

    appeal: float = 0.0
    attachment: float = 0.0
    price_factor: float = 1.0
    money_off: float = 0.0
    price_weight: float = 1.0
    basket_factor: float = 1.0
    service: float = 0.0
    forgiveness: float = 0.0
    promotion_deafness: float = 0.0
    blocked: bool = False
    locked_in: bool = False


class PlainFirm:
    """An offer, books, and perhaps a lower price for all and a rebate.

    `books` is a balance by account, in millionths of the currency unit: what it was debited with less what it was
    credited with, so that gross sales are below 0.
    """

    def __init__(self, offer: Any) -> None:
        self.name: str = offer.name
        self.price: float = offer.price
        self.cost: float = offer.cost
        self.rent: float = offer.rent
        self.pull: float = offer.appeal
        self.quality: float = offer.quality
        self.service: float = offer.service
        self.hours: float = offer.hours
        self.effort: float = offer.effort
        self.risk: float = offer.risk
        self.failure: float = offer.failure
        self.severity: float = offer.severity
        self.categories: dict[str, float] = offer.categories
        low_price = offer.strategies.get("everyday_low_price")
        self.markdown = 1 - low_price.discount if low_price else 1.0
        self.rebate: Rebate | None = None
        self.books = dict.fromkeys(ACCOUNTS, 0)

    def post(self, debit: str, credit: str, amount: int) -> None:
        """Double entry, so that the books always sum to zero.

        Args:
            debit: the account that takes.
            credit: the account that gives.
            amount: millionths of the currency unit.

        Raises:
            RegularsError: there is no such account.
        """
        for account in (debit, credit):
            if not isinstance(account, str) or account not in self.books:
                raise RegularsError(
                    f"no account is called {shown(account)}; {nearest(str(account), self.books)}"
                )
        self.books[debit] += amount
        self.books[credit] -= amount

    @property
    def profit(self) -> float:
        """Revenue less discounts, cost of goods, rewards and rent so far, currency units."""
        return -sum(self.books[account] for account in RESULT) / MILLION
