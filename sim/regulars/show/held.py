"""What the market sells without a programme, held against what the log sold that it was fitted to."""

from __future__ import annotations

from regulars.ground.numbers import count, interval, money, percent
from regulars.lab.forecast import against_log
from regulars.show.reading import CONTROL, Reading

FAR = 0.05  # share of the log's sales that a forecast may be off without a word in the terminal
RESIZED = "--customers "  # a line of `about.changed` for which the log's sales are scaled


def forecast(reading: Reading) -> str:
    """The sales without a programme, in a sentence or two, and how far they are off the log's."""
    sold = reading.estimate(CONTROL, "revenue")
    span = f" (95% interval {interval(sold.low, sold.high)})" if sold.known else ""
    told = (
        f"Without a programme the forecast is sales of {money(sold.mean, reading.currency)} in {count(reading.days)} days{span} "
        f"and a contribution of {money(reading.estimate(CONTROL, 'profit').mean, reading.currency)}."
    )
    log = against_log(reading.comparison.scenario.spec, reading.comparison.focal)
    if log is None:
        return f"{told} No log stands behind it to hold that against."
    away = sold.mean / log.sales - 1
    size = "for as many customers and days" if log.scaled else "in as many days"
    changed = ", with values changed on the command line," if _changed(reading) else ""
    return (
        f"{told} The log sold {money(log.sales, reading.currency)} {size}: the forecast is{changed} {percent(abs(away), digits=1)} "
        f"{'above' if away >= 0 else 'below'} it."
    )


def off_the_log(reading: Reading) -> float | None:
    """Sales without a programme over those of the log, less one; None where no log stands behind the market."""
    log = against_log(reading.comparison.scenario.spec, reading.comparison.focal)
    return None if log is None else reading.estimate(CONTROL, "revenue").mean / log.sales - 1


def warning(reading: Reading) -> str:
    """The forecast in words where a reader of the terminal must know of it: far off the log, or with values changed; else nothing."""
    away = off_the_log(reading)
    if away is None or not (abs(away) > FAR or _changed(reading)):
        return ""
    return forecast(reading)


def _changed(reading: Reading) -> bool:
    """Whether values were changed on the command line; for more customers the log is scaled."""
    return any(not line.startswith(RESIZED) for line in reading.comparison.scenario.spec.about.changed)
