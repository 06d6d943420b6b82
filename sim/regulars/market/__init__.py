"""The market: people, the compiled page, and the day."""

from regulars.market.market import Market

__all__ = ["Market"]
