"""The event log, from which all statistics are computed.

Daily totals by firm are always kept. Single opportunities and events are kept on request, in memory or streamed
to Parquet. An opportunity without a purchase is a row too, with no firm.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from regulars.ground.attributes import Known
from regulars.ground.errors import RegularsError
from regulars.ground.label import Label, Labelled
from regulars.ground.output import TABLE, place_for, whole_file
from regulars.world.board import Round
from regulars.world.ledger import MILLION
from regulars.world.totals import Totals

Keep = Literal["totals", "memory"]
FLUSH = 1_000_000  # rows gathered before they go to the file
ROW = {
    "time": "f8", "customer": "i4", "occasion": "i4", "firm": "i2", "quantity": "f8", "listed": "f8", "paid": "f8",
}  # fmt: skip
GOODS = {"category": "i1", "product": "i4"}  # where there are several
EVENT = {"time": "f8", "customer": "i4", "event": "U1", "firm": "U1", "strategy": "U1", "amount": "f8"}
_open: WeakValueDictionary[Path, Log] = WeakValueDictionary()  # by file, the log that is written there


class Log(Labelled, Known):
    """Log of one market: `totals` always; `purchases()` and `events()` as DataFrames when kept.

    Opportunities have a column `category` (what was wanted) in a market of several `categories`, and a column `product`
    (what was taken: its number through all categories, -1 for none) where `products` are told apart. A file appears whole
    when the log is closed, never in place of what `inputs` gives, and of what was not written here only with `overwrite`.
    """

    def __init__(
        self,
        firms: tuple[str, ...],
        days: int,
        keep: Keep | Path = "totals",
        categories: tuple[str, ...] = (),
        products: bool = False,
        inputs: Callable[[], Iterable[Path]] = tuple,
        overwrite: bool = False,
    ) -> None:
        self.firms, self.totals = firms, Totals(days, len(firms))
        self.categories = categories
        self.goods = [name for name, on in (("category", len(categories) > 1), ("product", products)) if on]
        self.path = Path(keep) if keep not in ("totals", "memory") else None
        self.inputs, self.overwrite = inputs, overwrite
        self.rows = keep != "totals"
        self._opportunities: list[dict[str, NDArray[Any]]] = []
        self._events: list[dict[str, Any]] = []
        self._waiting = 0
        self._writer: Any = None
        self._draft, self._files = (
            self.path,
            ExitStack(),
        )  # which holds the draft; dropped unfinished, a log leaves nothing behind
        self._finished = False
        self._built()

    def _label(self) -> Label:
        from regulars.world.labels import of_log

        return of_log(self)

    def claim(self) -> None:
        """Begin the file, and keep all other markets of this process off it until this log is finished.

        Errors: another market, which is still open, has claimed it; what is in the way; it cannot be written.
        """
        if self.path is None:
            return
        inputs = tuple(self.inputs())
        place = place_for(self.path, inputs, self.overwrite)
        if _unfinished(place):
            gc.collect()  # a market that was dropped lives on until then
        if _unfinished(place):
            raise RegularsError(
                f"log: '{self.path}' is where another market that is still open writes its log; close that market first "
                "(market.close()), or choose another name"
            )
        self._draft = self._files.enter_context(whole_file(self.path, inputs, self.overwrite))
        _open[place] = self

    def round(self, round: Round) -> None:
        """Keep a round of opportunities."""
        if not self.rows:
            return
        self._opportunities.append(
            {
                "time": round.time.copy(),
                "customer": round.who.copy(),
                "occasion": round.occasion.copy(),
                "firm": round.chosen.copy(),
                "quantity": round.quantity.copy(),
                "listed": round.listed / MILLION,
                "paid": round.paid / MILLION,
                **{name: getattr(round, name).copy() for name in self.goods},
            }
        )
        self._waiting += len(round)
        if self.path is not None and self._waiting >= FLUSH:
            self._flush()

    def event(self, kind: str, firm: int, strategy: str, customers: Any, day: float, amounts: Any) -> None:
        """Keep an event of several customers."""
        if self.rows and len(customers):
            n = len(customers)
            self._events.append(
                {
                    "time": np.full(n, float(day)),
                    "customer": np.asarray(customers, np.int32),
                    "event": [kind] * n,
                    "firm": [self.firms[firm]] * n,
                    "strategy": [strategy] * n,
                    "amount": np.broadcast_to(np.asarray(amounts, np.float64), (n,)).copy(),
                }
            )

    def opportunities(self) -> Any:
        """All opportunities: time (days), customer, occasion, firm (missing for none), quantity, listed, amount, price."""
        import pandas as pd

        if not self.rows:
            raise RegularsError(
                'this market kept totals only; build it with log="memory" to look at single purchases'
            )
        if self.path is not None:
            raise RegularsError(
                f"the log of this market went to {self.path}; read it with pandas.read_parquet"
            )
        return pd.DataFrame(self._columns())

    def purchases(self) -> Any:
        """All purchases: time (days), customer, firm, amount paid, price per unit, quantity; a table for `measures`."""
        table = self.opportunities()
        return table[table["firm"].notna()].reset_index(drop=True)

    def events(self) -> Any:
        """All other events: time (days), customer, event, firm, strategy, amount."""
        import pandas as pd

        parts = self._events or [{n: np.empty(0, kind) for n, kind in EVENT.items()}]
        return pd.DataFrame({n: np.concatenate([part[n] for part in parts]) for n in EVENT})

    def write_events(self, path: Path, overwrite: bool = False) -> None:
        """Write all other events (rewards, enrolments, what lapsed ...) into a Parquet file, whole or not at all.

        overwrite: replace any file but an input of the scenario, not only one that was written here.

        Errors: a file that is in the way, or cannot be written.
        """
        import pyarrow.parquet as pq

        with whole_file(path, self.inputs(), overwrite) as draft:
            pq.write_table(_tagged(self.events()), draft)

    def close(self) -> None:
        """Finish the file, when there is one; without a single opportunity it is an empty table.

        Errors: the file cannot be written, or another one came in its way meanwhile; says where the rows are.
        """
        if self.path is not None and not self._finished:
            self._finished = True
            self._flush(last=True)
            if self._writer is not None:
                self._writer.close()
                self._writer = None
            self._files.close()

    def state(self) -> dict[str, Any]:
        """Totals so far, and the rows kept in memory, for saving; rows that went to a file stay there."""
        joined = [
            {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
            if parts and not self.path
            else None
            for parts in (self._opportunities, self._events)
        ]
        return {"totals": self.totals.state(), "opportunities": joined[0], "events": joined[1]}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Go on from what `state` gave; a log of other length keeps the days that fit."""
        self.totals.restore(saved["totals"])
        if self.rows:
            self._opportunities = [part for part in (saved["opportunities"],) if part]
            for part in self._opportunities:  # goods that nobody told apart before this branch
                new = [name for name in self.goods if name not in part]
                part.update({name: np.full(len(part["customer"]), -1, GOODS[name]) for name in new})
            self._events = [part for part in (saved["events"],) if part]
            for part in (*self._opportunities, *self._events):
                if any(np.shape(column) != (len(part["customer"]),) for column in part.values()):
                    raise ValueError("the rows of the log have columns of different lengths")

    def _columns(self) -> dict[str, Any]:
        import pandas as pd

        kinds = {**ROW, **{name: GOODS[name] for name in self.goods}}
        parts = self._opportunities or [{n: np.empty(0, kind) for n, kind in kinds.items()}]
        joined: dict[str, Any] = {n: np.concatenate([part[n] for part in parts]) for n in kinds}
        if "category" in joined:
            joined["category"] = pd.Categorical.from_codes(joined["category"], pd.Index(self.categories))
        codes = joined.pop("firm").astype(np.int16)
        paid = joined.pop("paid")
        with np.errstate(invalid="ignore", divide="ignore"):
            price = np.where(joined["quantity"] > 0, paid / joined["quantity"], np.nan)
        return {
            **joined,
            "firm": pd.Categorical.from_codes(codes, pd.Index(self.firms)),
            "amount": paid,
            "price": price,
        }

    def _flush(self, last: bool = False) -> None:
        import pandas as pd
        import pyarrow.parquet as pq

        if self.path is None or not (self._opportunities or (last and self._writer is None)):
            return
        table = _tagged(pd.DataFrame(self._columns()))
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._draft, table.schema)
        self._writer.write_table(table)
        self._opportunities, self._waiting = [], 0


def _unfinished(place: Path) -> bool:
    other = _open.get(place)
    return other is not None and not other._finished


def _tagged(table: Any) -> Any:
    """A DataFrame as an Arrow table that says who wrote it."""
    import pyarrow as pa

    arrow = pa.Table.from_pandas(table, preserve_index=False)
    return arrow.replace_schema_metadata({**(arrow.schema.metadata or {}), TABLE: b"log"})
