"""One interface for all laws: from a log in one step to a forecast, a check and a picture. The folder `logs` is the registry."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from regulars.ground.alike import nearest
from regulars.ground.errors import RegularsError, shown
from regulars.ground.folder import modules, only_class
from regulars.laws.fitted import Fit
from regulars.world.calendar import end_of

if TYPE_CHECKING:
    from typing import Self

    from regulars.panels.panel import Panel

FOLDER = "regulars.laws.logs"


@dataclass(frozen=True)
class LawOfLog(ABC):
    """A law fitted to a log; `fit_law` makes it. Each law says what its forecast, its check and its picture are.

    Attributes:
        result: the law with estimates, standard errors, log-likelihood and notes.
    """

    title: ClassVar[str]  # what the literature calls it

    result: Fit[Any]

    @classmethod
    @abstractmethod
    def fit(cls, log: Panel | pd.DataFrame) -> Self:
        """Fit the law to a log; each law says what else it may be told.

        Args:
            log: a panel, or a table with the columns customer, time (days) and, where firms matter, firm; in any order.

        Raises:
            RegularsError: where the log lacks a column, or cannot tell the law.
        """

    @property
    def law(self) -> Any:
        """The law, whose methods predict all that it can."""
        return self.result.law

    @property
    def estimates(self) -> Mapping[str, float]:
        """Value of each parameter by name, in the units that the law's class tells."""
        return self.result.estimates

    @property
    def standard_errors(self) -> Mapping[str, float]:
        """Standard error of each parameter by name, in the unit of the parameter; NaN where the log does not tell it."""
        return self.result.standard_errors

    @property
    def notes(self) -> tuple[str, ...]:
        """What limits the fit."""
        return self.result.notes

    @abstractmethod
    def predict(self, ahead: float = 1.0) -> pd.DataFrame:
        """What is to come in the time `ahead`, in the law's own unit of time; see each law."""

    @abstractmethod
    def check(self) -> pd.DataFrame:
        """The law held against its log: ``observed``, ``expected``, ``standard_error`` and ``z`` (observed less expected over it).

        The parameters were fitted to the same log, so that z is, on the whole, a little nearer to 0 than chance alone would have it.
        """

    @abstractmethod
    def picture(self) -> tuple[str, pd.DataFrame, dict[str, Any]]:
        """The law's classical picture.

        Returns:
            Name of the figure in `regulars.show`; its table, with the columns that the figure of this name takes; its options.
        """

    def plot(self) -> Any:
        """The law's classical picture, as a matplotlib figure; `regulars.show.save` writes it."""
        from regulars import show

        name, table, options = self.picture()
        return getattr(show, name)(table, **options)


def law_names() -> list[str]:
    """Names of all laws that can be fitted to a log."""
    return modules(FOLDER)


def law_class(name: str) -> type[LawOfLog]:
    """The law of this name, a subclass of `LawOfLog`.

    Args:
        name: one of `law_names()`.

    Raises:
        RegularsError: no law is called so.
    """
    if not isinstance(name, str) or name not in law_names():
        raise RegularsError(f"no law is called {shown(name)}; {nearest(str(name), law_names())}")
    return only_class(FOLDER, name, LawOfLog)  # type: ignore[type-abstract]


def fit_law(name: str, log: Panel | pd.DataFrame, **options: Any) -> Any:
    """Fit a law to a log.

    Example: ``fit_law("dirichlet", panel).predict()``.

    Args:
        name: one of `law_names()`.
        log: a panel, or a table with the columns customer, time (days) and, where firms matter, firm.
        options: what else the law may be told; see its ``fit`` (``help(law_class(name).fit)``).

    Returns:
        The fitted law, a `LawOfLog`.

    Raises:
        RegularsError: no such law or option, a log that lacks a column or holds no purchases, or one that cannot tell the law.
    """
    law = law_class(name)
    known = [option for option in inspect.signature(law.fit).parameters if option != "log"]
    unknown = [option for option in options if option not in known]
    if unknown:
        raise RegularsError(
            f"the law {name} has no option {', '.join(unknown)}; {nearest(unknown[0], known)}"
        )
    return law.fit(log, **options)


def table_of(log: Panel | pd.DataFrame, *columns: str) -> tuple[pd.DataFrame, float]:
    """The purchases of a log, by customer and time, and how many days it lasted.

    Raises:
        RegularsError: where it lacks one of the columns, or holds no purchases.
    """
    if not isinstance(log, pd.DataFrame) and not hasattr(log, "purchases"):
        raise RegularsError(f"a log is needed, a panel or a table of purchases, not {shown(log)}")
    table = log if isinstance(log, pd.DataFrame) else log.purchases
    missing = [name for name in ("customer", "time", *columns) if name not in table]
    if missing:
        raise RegularsError(
            f"the log lacks the column {', '.join(missing)}; it has {', '.join(map(str, table))}"
        )
    if not len(table):
        raise RegularsError("the log holds no purchases")
    days = 0.0 if isinstance(log, pd.DataFrame) else log.days
    return table.sort_values(["customer", "time"], kind="stable"), days or last_day(table)


def last_day(table: pd.DataFrame) -> float:
    """The end of a log, in days (not included): of the day of its last purchase."""
    return end_of(table["time"])


def held_against(observed: Any, expected: Any, standard_error: Any, index: pd.Index) -> pd.DataFrame:
    """A check: observed, expected, the standard error of what was observed under the law, and z; NaN where it has none."""
    table = pd.DataFrame(
        {"observed": observed, "expected": expected, "standard_error": standard_error},
        index=index,
        dtype=float,
    )
    error = table["standard_error"].where(table["standard_error"] > 0)
    return table.assign(z=(table["observed"] - table["expected"]) / error)


def of_classes(observed: Any, expected: Any, index: pd.Index) -> pd.DataFrame:
    """A check of how many customers are in each class: the error is that of a count among all of them."""
    expected = np.asarray(expected, dtype=float)
    people = float(np.sum(observed))
    return held_against(observed, expected, np.sqrt(np.maximum(expected * (1 - expected / people), 0)), index)
