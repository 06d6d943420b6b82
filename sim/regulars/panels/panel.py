"""A panel: the purchases of many customers, with what must be known to read them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from regulars.ground.alike import nearest
from regulars.ground.attributes import Known
from regulars.ground.calls import well_built, well_called
from regulars.ground.errors import RegularsError, shown
from regulars.ground.label import Label, Labelled
from regulars.panels.account import Account
from regulars.panels.oddity import Oddity
from regulars.world.calendar import end_of

REQUIRED = ("customer", "time", "firm", "amount")
OPTIONAL = ("price", "quantity")


@well_built
@dataclass(frozen=True, repr=False)
class Panel(Labelled, Known):
    """A log of purchases and the window in which they were observed.

    ``purchases`` has the columns ``customer``, ``time``, ``firm``, ``amount`` (money paid, >= 0) and, where known,
    ``price`` (money per unit) and ``quantity`` (units), sorted by customer and time. Purchases of one customer at the
    same time keep the order in which they came.

    Attributes:
        purchases: one row per purchase.
        name: what to call the panel in tables and figures.
        currency: the money that ``amount`` and ``price`` are in, or None where the source does not say.
        dated: True where ``time`` is days since the start of the window, so that gaps have a length;
            False where it only numbers each customer's purchases.
        start: the calendar date of time 0, or None.
        days: length of the window [0, days) in the unit of ``time``.
        notes: what was assumed, merged or left out on the way from the source.
        offers: the prices of all firms at each purchase (``customer``, ``time``, ``firm``, ``price``, ...), or None.
        oddities: what looks odd about the log, and what it would do to an answer.
        opportunities: all of the customers' opportunities (``customer``, ``time``, whether they ``bought``), where the log holds
            them and they were asked for: they tell how much of their need customers meet elsewhere.
        account: how the log was read, told whole; None where it was not read from a log.
    """

    purchases: pd.DataFrame
    name: str = "panel"
    currency: str | None = None
    dated: bool = True
    start: dt.date | None = None
    days: float = 0.0
    notes: tuple[str, ...] = ()
    offers: pd.DataFrame | None = None
    oddities: tuple[Oddity, ...] = ()
    opportunities: pd.DataFrame | None = None
    account: Account | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.purchases, pd.DataFrame):
            raise RegularsError(
                f"a panel is made of a table of pandas, not of {shown(self.purchases)}; regulars.panels.read takes files and "
                "other tables"
            )
        if isinstance(self.days, bool) or not isinstance(self.days, (int, float, np.number)):
            raise RegularsError(
                f"panel {self.name}: days = {shown(self.days)} will not do: a number is needed"
            )
        missing = [c for c in REQUIRED if c not in self.purchases.columns]
        if missing:
            raise RegularsError(
                f"panel {self.name}: the table of purchases lacks {', '.join(missing)}; "
                f"it has {', '.join(map(str, self.purchases.columns))}"
            )
        kept = [c for c in (*REQUIRED, *OPTIONAL) if c in self.purchases.columns]
        table = self.purchases.loc[:, kept]
        gaps = [c for c in REQUIRED if table[c].isna().any()]
        if gaps:
            raise RegularsError(
                f"panel {self.name}: values are missing in {', '.join(gaps)}; every purchase needs them"
            )
        if not _in_order(table):
            table = table.sort_values(["customer", "time"], kind="stable")
        table = table.reset_index(drop=True)
        object.__setattr__(self, "purchases", table)
        if len(table):
            last = float(table["time"].max())
            if float(table["time"].min()) < 0:
                raise RegularsError(f"panel {self.name}: times must be 0 or later, in days since the start")
            if not self.days:
                object.__setattr__(self, "days", end_of(table["time"]))
            elif last >= self.days:
                raise RegularsError(
                    f"panel {self.name}: a purchase at time {last:g} lies outside the window of {self.days:g}"
                )

    def _label(self) -> Label:
        from regulars.panels.label import of_panel

        return of_panel(self)

    def __len__(self) -> int:
        return len(self.purchases)

    @property
    def customers(self) -> np.ndarray:
        """The customers who bought at least once, in order; shape (customers,)."""
        return self.purchases["customer"].unique()

    @property
    def firms(self) -> tuple[str, ...]:
        """The firms, largest share of purchases first."""
        return tuple(self.shares().index)

    @property
    def has_prices(self) -> bool:
        """Whether every purchase has a unit price."""
        return "price" in self.purchases.columns and bool(self.purchases["price"].notna().all())

    @property
    def one_firm(self) -> bool:
        """Whether the log is a single firm's, so that nothing can be said about rivals."""
        return self.purchases["firm"].nunique() <= 1

    def told(self, account: Account) -> Panel:
        """The panel with the account of its reading, and everything worth telling as notes."""
        return replace(self, account=account, notes=account.notes(), oddities=account.oddities)

    @well_called
    def shares(self, of: str = "purchases") -> pd.Series:
        """Share of each firm in purchases or, with ``of="amount"``, in money; largest first, summing to 1.

        Raises:
            RegularsError: another ``of``.
        """
        if not isinstance(of, str) or of not in ("purchases", "amount"):
            raise RegularsError(
                f"shares of {shown(of)}: choose 'purchases' or 'amount'; {nearest(str(of), ('purchases', 'amount'))}"
            )
        if of == "purchases":
            total = self.purchases.groupby("firm").size().astype(float)
        else:
            total = self.purchases.groupby("firm")["amount"].sum()
        ordered = total.sort_values(ascending=False, kind="stable")
        return (ordered / ordered.sum()).rename("share")

    @well_called
    def between(self, start: float | dt.date, end: float | dt.date) -> Panel:
        """The purchases with start <= time < end, on a clock that begins at ``start``.

        Args:
            start: a time of this panel, in days, or, for a panel with a calendar, a date.
            end: likewise.

        Raises:
            RegularsError: a window that is empty or lies outside the panel.
        """
        low, high = self._time(start), self._time(end)
        if not 0 <= low < high <= self.days:
            raise RegularsError(
                f"panel {self.name}: the window from {start} to {end} must lie inside 0 to {self.days:g} "
                f"and not be empty{self._calendar()}"
            )
        whole = float(low).is_integer()
        table = _window(self.purchases, low, high)
        return replace(
            self,
            purchases=table,
            start=self.start + dt.timedelta(days=int(low)) if self.start and whole else None,
            days=high - low,
            offers=None if self.offers is None else _window(self.offers, low, high),
            opportunities=None if self.opportunities is None else _window(self.opportunities, low, high),
            notes=(*self.notes, f"only times {low:g} to {high:g} of {self.days:g}"),
        )

    @well_called
    def split(self, at: float | dt.date | None = None) -> tuple[Panel, Panel]:
        """Calibration and holdout: the purchases before ``at`` and those from ``at`` on; half the window by default.

        Raises:
            RegularsError: a time that does not lie within the panel.
        """
        cut = float(np.round(self.days / 2)) if at is None else self._time(at)
        if not 0 < cut < self.days:
            raise RegularsError(
                f"panel {self.name}: cannot split at {at}; choose a time between 0 and {self.days:g}"
                f"{self._calendar()}"
            )
        return self.between(0.0, cut), self.between(cut, self.days)

    @well_called
    def of_customers(self, customers: Iterable[object]) -> Panel:
        """The panel of these customers alone.

        Raises:
            RegularsError: no list of customers, or none of them in the panel.
        """
        if isinstance(customers, (str, bytes)) or not isinstance(customers, Iterable):
            raise RegularsError(f"panel {self.name}: a list of customers is needed, not {shown(customers)}")
        chosen = list(customers)
        keep = self.purchases["customer"].isin(chosen)
        if not keep.any():
            raise RegularsError(f"panel {self.name}: none of the customers asked for is in it")
        return replace(
            self,
            purchases=self.purchases[keep],
            offers=None if self.offers is None else self.offers[self.offers["customer"].isin(chosen)],
            opportunities=None
            if self.opportunities is None
            else self.opportunities[self.opportunities["customer"].isin(chosen)],
            notes=(*self.notes, f"only {len(set(chosen))} of the customers"),
        )

    def one_per_trip(self) -> Panel:
        """One purchase per customer and time: of the firm that took the most money on it.

        Where one basket holds several brands, no brand can follow itself within it, so the repeat rate falls below what
        taste alone would give. Measures of switching and state dependence are meant for one choice per occasion.
        """
        ranked = self.purchases.sort_values(
            ["customer", "time", "amount"], ascending=[True, True, False], kind="stable"
        )
        table = ranked.drop_duplicates(["customer", "time"])
        left_out = len(ranked) - len(table)
        note = f"one purchase per customer and time, the largest; {left_out:,} others left out"
        return replace(self, purchases=table, notes=(*self.notes, note))

    def _time(self, moment: float | dt.date) -> float:
        if isinstance(moment, dt.date):
            if self.start is None:
                raise RegularsError(
                    f"panel {self.name} has no calendar; give a time between 0 and {self.days:g}"
                )
            day = moment.date() if isinstance(moment, dt.datetime) else moment
            return float((day - self.start).days)
        try:
            return float(moment)
        except (TypeError, ValueError):
            raise RegularsError(
                f"panel {self.name}: {shown(moment)} is no time; give a number of days, or a date"
            ) from None

    def _calendar(self) -> str:
        if self.start is None:
            return ""
        return f" ({self.start} to {self.start + dt.timedelta(days=int(self.days))})"


def _in_order(table: pd.DataFrame) -> bool:
    """Whether rows are sorted by customer and time already; a log that was read is."""
    who, when = table["customer"], table["time"].to_numpy()
    if not who.is_monotonic_increasing:
        return False
    same = (who.iloc[1:].to_numpy() == who.iloc[:-1].to_numpy()).astype(bool)
    return bool((when[1:] >= when[:-1])[same].all())


def _window(table: pd.DataFrame, low: float, high: float) -> pd.DataFrame:
    part = table[(table["time"] >= low) & (table["time"] < high)]
    return part.assign(time=part["time"] - low)
