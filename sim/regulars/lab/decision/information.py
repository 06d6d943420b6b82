"""What it would be worth to know uncertain inputs before deciding: expected value of perfect information, in money."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from regulars.lab.decision.regression import Floats, regress, resamples

EVERYTHING = "everything"


def value_of_information(
    inputs: pd.DataFrame, groups: Mapping[str, str], effects: pd.DataFrame, seed: int = 0
) -> pd.DataFrame:
    """What it would be worth to know inputs exactly before choosing an arm, or none.

    For inputs u, with m_a(u) the mean effect of arm a given u: E max(0, m_a(u), ...) - max(0, E m_a, ...), the mean gain of choosing
    when u is known over choosing now (Raiffa & Schlaifer 1961, Applied Statistical Decision Theory; m_a by regression as in
    Strong, Oakley & Brennan 2014, Medical Decision Making 34:311-326). What chance adds in one market nobody can know.

    Args:
        inputs: a row a replicate, a column an input.
        groups: the group of each input.
        effects: incremental profit, a row a replicate, a column an arm, in currency units over the length of the run.
        seed: of the resamples of replicates from which the standard errors come.

    Returns:
        A row for everything, each group and each input: `what`, `kind` ("everything", "group", "input"), `value` in currency
        units over the length of the run, `se`. Everything first, then by value.
    """
    values, outcome = inputs.to_numpy(np.float64), effects.to_numpy(np.float64)
    names = list(inputs.columns)
    wanted: list[tuple[str, str, list[int]]] = [(EVERYTHING, EVERYTHING, list(range(len(names))))]
    of_group = {
        g: [j for j, name in enumerate(names) if groups[name] == g]
        for g in dict.fromkeys(groups[n] for n in names)
    }
    wanted += [(group, "group", members) for group, members in of_group.items()]
    wanted += [(name, "input", [j]) for j, name in enumerate(names)]
    drawn, rows = resamples(len(outcome), seed), []
    for what, kind, members in wanted:
        value = gain(values[:, members], outcome)
        # where nothing is gained, resamples would tell what regression finds in chance
        again = [gain(values[r][:, members], outcome[r]) for r in drawn] if value > 0 else [0.0]
        rows.append({"what": what, "kind": kind, "value": value, "se": float(np.std(again))})
    table = pd.DataFrame(rows)
    rest = table.iloc[1:].sort_values("value", ascending=False, kind="stable")
    return pd.concat([table.iloc[:1], rest], ignore_index=True)


def gain(inputs: Floats, effects: Floats) -> float:
    """Mean of the best choice when `inputs` are known, less the best choice now; never below 0.

    Args:
        inputs: shape (replicates, inputs).
        effects: shape (replicates, arms); doing nothing is 0.
    """
    known = np.column_stack([regress(inputs, arm).mean for arm in effects.T])
    now = max(float(effects.mean(axis=0).max(initial=-np.inf)), 0.0)
    return max(float(np.maximum(known.max(axis=1), 0.0).mean()) - now, 0.0)
