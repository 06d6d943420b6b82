"""The population as arrays, and one customer as an object to look at."""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.ground.alike import nearest
from regulars.ground.attributes import Known, NoSuch
from regulars.ground.errors import RegularsError, shown
from regulars.ground.label import Label, Labelled

NOBODY = -1  # no firm: the incumbent of a customer who has not bought yet


@dataclass(frozen=True)
class Column:
    """One declared array of the population.

    Attributes:
        name: of the array.
        dtype: of its numbers, as NumPy writes it.
        unit: of its numbers.
        meaning: in a sentence.
        pair: one value per customer and firm, shape (customers, firms), and not one per customer.
        lived: it is what days make of a customer, whatever the scenario.
        endless: days that may never come, or lie before all time; every other number is finite.
        origin: where in the scenario it comes from, if not from its own name.
        initial: what stands there at the start, for everybody.
    """

    name: str
    dtype: str
    unit: str
    meaning: str
    pair: bool = False
    lived: bool = False
    endless: bool = False
    origin: str = ""
    initial: float = 0.0


COLUMNS = {  # of every market; processes declare their own
    column.name: column
    for column in (
        Column("entry", "f4", "days", "when the customer enters the market", origin="turnover"),
        Column("exit", "f4", "days", "when the customer leaves the market for good", endless=True, origin="turnover"),
        Column("rate", "f4", "opportunities/day", "mean rate of purchase opportunities", origin="need"),
        Column("basket", "f4", "units", "mean quantity of one purchase"),
        Column("price_sensitivity", "f4", "logits per unit price", "loss of attraction per unit of price"),
        Column("switching_cost", "f4", "logits", "one-off cost of buying from another firm than last time", origin="switching"),
        Column("incumbent", "i2", "firm", "last firm bought from; -1 before the first purchase", lived=True, origin="switching.initial"),
        Column("commitment", "f4", "probability", "chance of not looking around, from satisfaction", lived=True),
        Column("lower_threshold", "f4", "satisfaction", "below it loyalty collapses", origin="bond.lower"),
        Column("upper_threshold", "f4", "satisfaction", "above it loyalty jumps", origin="bond.upper"),
        Column("foresight", "f4", "0..1", "weight of what a purchase does to later rewards"),
        Column("daily_discount", "f4", "per day", "discount factor of a day"),
        Column("present_bias", "f4", "0..1", "extra weight on now against any later time"),
        Column("credit_weight", "f4", "0..1", "worth of a unit of store credit in cash"),
        Column("value_curvature", "f4", "exponent", "diminishing sensitivity of gains and losses"),
        Column("probability_weighting", "f4", "exponent", "overweighting of small chances; 1 for none"),
        Column("quality_weight", "f4", "logits per quality", "worth of a unit of quality"),
        Column("service_weight", "f4", "logits per service", "worth of a unit of service"),
        Column("hour", "f4", "currency per hour", "what an hour costs the customer"),
        Column("effort_weight", "f4", "logits per effort", "cost of a unit of effort"),
        Column("risk_weight", "f4", "logits per uncertainty", "cost of a unit of uncertainty"),
        Column("liking", "f4", "logits", "taste plus what the levers of value are worth", pair=True, origin="choice"),
        Column("taste", "f4", "logits", "liking of the firm by itself", pair=True),
        Column("attraction", "f4", "logits", "liking plus bond: all that lasts of the pull of a firm", pair=True, origin="bond"),
        Column("satisfaction", "f4", "0..1", "cumulative satisfaction with the firm", pair=True, lived=True, origin="experience.initial"),
        Column("expectation", "f4", "performance", "what the customer expects of the firm", pair=True, lived=True),
        Column("aware_from", "f4", "days", "when the customer learns of the firm", pair=True, endless=True, origin="turnover"),
    )
}  # fmt: skip


class Customers(Labelled, Known):
    """All customers of a market, as arrays; `customers[17]` is one of them as an object.

    A column is allocated when a behaviour that needs it is switched on. Columns that are off read as None.
    """

    def __init__(self, count: int, firms: tuple[str, ...], declared: Mapping[str, Column] = COLUMNS) -> None:
        self.count, self.firms, self.declared = count, firms, declared
        self.columns: dict[str, NDArray[Any]] = {}
        self._built()

    def add(self, name: str, values: Any = 0) -> NDArray[Any]:
        """Allocate a declared column and fill it.

        Args:
            name: of the column.
            values: what stands in it, in a shape that broadcasts with it.

        Returns:
            The column, shape (customers,) or, of a `pair` column, (customers, firms).
        """
        column = self.declared[name]
        shape = (self.count, len(self.firms)) if column.pair else (self.count,)
        array = np.empty(shape, column.dtype)
        array[...] = values
        self.columns[name] = array
        return array

    def __getattr__(self, name: str) -> NDArray[Any]:
        columns = self.__dict__.get("columns", {})
        if name in columns:
            return columns[name]
        if name in self.__dict__.get("declared", {}):
            raise AttributeError(f"this market has no '{name}': the behaviour that needs it is switched off")
        raise NoSuch(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in COLUMNS:
            if value is self.columns.get(name):  # customers.taste += 1 has written into it already
                return
            raise AttributeError(
                f"'{name}' is an array of all customers: write into it, as in customers.{name}[...] = values"
            )
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted([*super().__dir__(), *self.columns])

    def has(self, name: str) -> bool:
        """Whether a column is switched on in this market."""
        return isinstance(name, str) and name in self.columns

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> Customer:
        try:
            number = operator.index(index)
        except TypeError:
            raise RegularsError(
                f"a customer has a number, not {index!r}: this market has customers 0 to {self.count - 1}"
            ) from None
        if not -self.count <= number < self.count:
            raise RegularsError(
                f"there is no customer {index}: this market has customers 0 to {self.count - 1}"
            )
        return Customer(self, number % self.count)

    def __iter__(self) -> Any:
        return (Customer(self, i) for i in range(self.count))

    def _label(self) -> Label:
        from regulars.world.labels import of_customers

        return of_customers(self)

    def select(self, wanted: Any) -> list[Customer]:
        """The customers for whom `wanted` holds: a function of one customer, or an array of yes/no or of numbers.

        Raises:
            RegularsError: something else is given.
        """
        if callable(wanted):
            return [customer for customer in self if wanted(customer)]
        chosen = np.asarray(wanted)
        if chosen.ndim != 1 or chosen.dtype.kind not in "biu":
            raise RegularsError(
                f"{shown(wanted)} selects no customers: give a function of one customer, or an array of yes/no or of numbers"
            )
        return [self[int(i)] for i in (np.flatnonzero(chosen) if chosen.dtype == np.bool_ else chosen)]

    @property
    def nbytes(self) -> int:
        """Memory of all columns, bytes."""
        return sum(array.nbytes for array in self.columns.values())


class Customer:
    """One customer as an agent: read from and written to the arrays, keyed by its number.

    Per-firm columns read as dictionaries by firm name; a dictionary written may name some firms only. A taste
    written moves the attraction with it; a satisfaction written moves it at the next purchase, or at once with
    `market.endear()`.
    """

    __slots__ = ("__weakref__", "customers", "index")

    def __init__(self, customers: Customers, index: int) -> None:
        object.__setattr__(self, "customers", customers)
        object.__setattr__(self, "index", index)

    @property
    def unique_id(self) -> int:
        """Number of the customer, the key of all its draws."""
        return self.index

    @property
    def incumbent(self) -> str | None:
        """Name of the firm last bought from."""
        firm = int(self.customers.incumbent[self.index])
        return None if firm == NOBODY else self.customers.firms[firm]

    def __getattr__(self, name: str) -> Any:
        if name not in self.customers.declared:
            raise AttributeError(f"a customer has no '{name}'; {nearest(name, self.customers.columns)}")
        values = getattr(self.customers, name)[self.index]
        if self.customers.declared[name].pair:
            return dict(zip(self.customers.firms, values.tolist(), strict=True))
        return values.item()

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self.customers.columns:
            raise AttributeError(
                f"a customer of this market has no '{name}'; {nearest(name, self.customers.columns)}"
            )
        if name == "incumbent":
            value = NOBODY if value is None else self._firm(value)
        elif self.customers.declared[name].pair:
            row = self.customers.columns[name][self.index]
            for firm, number in value.items():
                f = self._firm(firm)
                change = _number(self.customers.declared[name], number) - row[f]
                row[f] = number
                if name == "taste":
                    self.customers.columns["attraction"][self.index, f] += change
            return
        self.customers.columns[name][self.index] = _number(self.customers.declared[name], value)

    def _firm(self, name: str) -> int:
        if name not in self.customers.firms:
            raise RegularsError(f"no firm is called {name!r}; {nearest(name, self.customers.firms)}")
        return self.customers.firms.index(name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Customer) and self.customers is other.customers and self.index == other.index

    def __hash__(self) -> int:
        return hash((id(self.customers), self.index))

    def __dir__(self) -> list[str]:
        return sorted([*super().__dir__(), *self.customers.columns])

    def as_dict(self) -> dict[str, Any]:
        """All that the market keeps of this customer."""
        return {name: getattr(self, name) for name in self.customers.columns}

    def __repr__(self) -> str:
        return f"Customer({self.index}, incumbent={self.incumbent!r})"


def _number(column: Column, value: Any) -> float:
    """A value that a column can hold."""
    try:
        number = float(value)
        with np.errstate(over="ignore"):
            kept = float(np.asarray(number).astype(column.dtype)) if column.dtype == "f4" else number
    except (TypeError, ValueError):
        kept = math.nan
    if math.isnan(kept) or (math.isinf(kept) and not column.endless):
        raise RegularsError(
            f"{column.name} = {value!r} will not do: a number is needed, in {column.unit}: {column.meaning}"
        )
    return number if math.isfinite(kept) else kept
