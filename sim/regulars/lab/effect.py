"""One number that a comparison found, with its interval."""

from __future__ import annotations

from dataclasses import dataclass

from regulars.ground.numbers import count, interval, money, number, percent


@dataclass(frozen=True, repr=False)
class Effect:
    """What an arm does to a metric.

    Attributes:
        arm: its name; `control` for the scenario as it stands.
        metric: its name.
        unit: of the numbers: currency, share, customers, ...
        mean: over replicates.
        se: standard error of the mean; NaN with one replicate.
        low: lower end of the 95% interval; NaN with one replicate.
        high: upper end.
        currency: what the scenario calls its currency.
    """

    arm: str
    metric: str
    unit: str
    mean: float
    se: float
    low: float
    high: float
    currency: str = "currency"

    def __str__(self) -> str:
        if self.mean != self.mean:
            return "cannot be told"
        if self.low != self.low:
            return f"{self._written(self.mean)}, without an interval (one replicate)"
        span = (
            " to ".join(map(percent, (self.low, self.high)))
            if self.unit == "share"
            else interval(self.low, self.high)
        )
        return f"{self._written(self.mean)} (95% interval {span})"

    def __repr__(self) -> str:
        return f"{self.arm}, {self.metric.replace('_', ' ')}: {self}"

    def _written(self, value: float) -> str:
        if self.unit == "share":
            return percent(value)
        if self.unit == "currency":
            return money(value, self.currency, sign=self.metric.startswith("incremental"))
        if self.unit in ("purchases", "customers", "complaints"):
            return f"{count(value)} {self.unit}"
        return f"{number(value)} {self.unit}"
