"""What `regulars compare` tells beside the ranking where it is asked to: by month, by segment, and a tornado by runs of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    import pandas as pd

    from regulars.lab.comparison import Comparison
    from regulars.scenario import Scenario

MONTH, SEGMENT, TORNADO = "month", "segment", "one-at-a-time"


@dataclass(frozen=True)
class Parts:
    """What was asked for, checked before anything runs.

    columns: of customers, by which segments are formed besides the usual ones.
    """

    months: bool
    segments: bool
    columns: tuple[str, ...]
    stores: float
    discount_rate: float
    tornado: bool

    @classmethod
    def asked(
        cls,
        by: list[str] | None,
        stores: float,
        discount_rate: float,
        tornado: str | None,
        scenario: Scenario,
    ) -> Parts:
        """What the options say.

        Raises:
            typer.BadParameter, RegularsError: for what makes no sense.
        """
        from regulars.lab.breakdown import Terms
        from regulars.lab.decision.one_at_a_time import inputs_of

        Terms(discount_rate, stores, per_customer=False)
        if tornado not in (None, TORNADO):
            raise typer.BadParameter(f"--tornado: '{tornado}' is none; {TORNADO} is")
        if tornado and not inputs_of(scenario):
            raise typer.BadParameter(
                "--tornado: nothing is uncertain in this scenario: it has no [uncertainty]"
            )
        names = list(dict.fromkeys(by or ()))
        if (stores != 1 or discount_rate != 0) and not names:
            raise typer.BadParameter("--stores and --discount-rate go with --by month or --by segment")
        if discount_rate != 0 and MONTH not in names:
            raise typer.BadParameter("--discount-rate goes with --by month: segments tell the run as a whole")
        columns = tuple(name for name in names if name not in (MONTH, SEGMENT))
        return cls(
            MONTH in names, len(names) > (MONTH in names), columns, stores, discount_rate, bool(tornado)
        )

    def tables(self, comparison: Comparison, jobs: int | None, quiet: bool) -> dict[str, pd.DataFrame]:
        """The tables by the name of their file."""
        found: dict[str, Any] = {}
        if self.months:
            found["by_month"] = comparison.by_month(discount_rate=self.discount_rate, scale=self.stores)
        if self.segments:
            found["by_segment"] = comparison.by_segment(scale=self.stores)
        if self.tornado:
            found["tornado"] = self._tornado(comparison, jobs, quiet)
        return found

    def _tornado(self, comparison: Comparison, jobs: int | None, quiet: bool) -> pd.DataFrame:
        from regulars.cli import say
        from regulars.ground.errors import RegularsError
        from regulars.ground.label import counted
        from regulars.lab.decision.one_at_a_time import FEW, beside, inputs_of, one_at_a_time
        from regulars.lab.progress import Progress

        arm, replicates = str(comparison.ranking().loc[0, "arm"]), min(FEW, comparison.replicates)
        inputs, scenario = inputs_of(comparison.scenario), comparison.scenario
        runs = 2 * len(inputs) * replicates
        if not quiet:
            say.trouble(
                f"one at a time: {counted(len(inputs), 'uncertain input')} x 2 ends x {counted(replicates, 'replicate')} = {runs} runs of '{arm}' and the control"
            )
        with Progress("one at a time", "runs", quiet=quiet) as progress:
            table = one_at_a_time(scenario, arm, replicates, comparison.seed, jobs, progress)
        try:
            return beside(table, comparison.hangs_on(arm))
        except RegularsError:  # too few replicates for a regression
            return beside(table, None)
