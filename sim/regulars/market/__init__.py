"""The market: a mesa model; the day; control and arms in lockstep."""

from regulars.market.market import Market
from regulars.market.pairing import Lockstep

__all__ = ["Lockstep", "Market"]
