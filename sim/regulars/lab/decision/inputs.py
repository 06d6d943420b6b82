"""The uncertain inputs of a comparison, as tornado, sources and value of information take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.ground.errors import RegularsError
from regulars.lab.decision.regression import enough, needed

if TYPE_CHECKING:
    import pandas as pd

    from regulars.lab.comparison import Comparison


def uncertain_inputs(comparison: Comparison) -> tuple[pd.DataFrame, dict[str, str]]:
    """Values of the uncertain inputs, a row a replicate, and the source of each.

    Raises:
        RegularsError: nothing is uncertain, or there are too few replicates to tell the inputs apart.
    """
    if comparison.inputs.empty:
        raise RegularsError(
            "nothing is uncertain here: give the scenario [uncertainty], as `regulars fit` does"
        )
    table = comparison.inputs.pivot(index="replicate", columns="input", values="value").sort_index()
    table = table.loc[:, table.nunique() > 1]
    least = needed(table.shape[1])
    if not enough(comparison.replicates, table.shape[1]):
        raise RegularsError(
            f"{table.shape[1]} uncertain inputs cannot be told apart by {comparison.replicates} replicates; ask for {least} "
            f"or more (replicates = {least}, --replicates {least})"
        )
    return table, dict(comparison.inputs.drop_duplicates("input").set_index("input")["source"])
