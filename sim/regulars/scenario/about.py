"""What a scenario says of itself: question, sources, and what the fit that made it found."""

from __future__ import annotations

from regulars.ground.parameter import ParameterSet, par

WANTING = ("FAIL", "REVIEW")  # grades of a check that did not pass


class About(ParameterSet):
    """What the scenario is for, in words, and what a fit found of it."""

    title: str = par("", "", "", "name of the market for people")
    question: str = par("", "", "", "what the scenario asks")
    expected: str = par("", "", "", "what to expect, and why")
    limits: str = par("", "", "", "what the scenario cannot tell")
    sources: tuple[str, ...] = par((), "", "", "where its numbers come from")
    health: tuple[str, ...] = par(
        (),
        "",
        "",
        "what the checks of a fit found: PASS, REVIEW, FAIL or NOT TRIED, the check, and a sentence",
    )
    assumed: tuple[str, ...] = par(
        (), "", "", "what a log does not tell: ASSUMED, NOT IN THE MARKET or NOT IDENTIFIED, and a sentence"
    )
    told_by_log: tuple[str, ...] = par(
        (), "", "", "values that the log told, by dotted name; what else is drawn is assumed"
    )
    log_firm: str = par("", "", "", "firm whose sales in the log the forecast is held against")
    log_days: float = par(
        0.0, "days", "[0, inf)", "length of the part of the log that the market repeats; 0 without a log"
    )
    log_sales: float = par(0.0, "currency", "[0, inf)", "what that firm sold in it")
    log_customers: float = par(
        0.0, "customers", "[0, inf)", "customers at the start of a market that sells as much"
    )
    changed: tuple[str, ...] = par(
        (),
        "",
        "",
        "values that were given on the command line, which its texts do not know of: NAME = VALUE, or an option",
    )
    systems: tuple[str, ...] = par((), "", "", "what it shows: rows of `regulars systems`, such as X4")

    @property
    def wanting(self) -> tuple[str, ...]:
        """What the checks of a fit found wanting: those that did not pass."""
        return tuple(line for line in self.health if line.startswith(WANTING))
