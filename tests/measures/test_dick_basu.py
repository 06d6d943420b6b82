"""The four cells of Dick & Basu (1994) by fixed thresholds, and who of them leaves, by hand."""

import numpy as np
import pandas as pd
import pytest

from regulars.ground.errors import RegularsError
from regulars.measures.dick_basu import CELLS, dick_basu, excess_attrition, medians

TABLE = pd.DataFrame(
    {"attitudinal": [1.0, 1.0, -1.0, -1.0, 0.0, np.nan], "share": [0.9, 0.1, 0.9, 0.1, 0.5, 0.9]},
    index=pd.Index(range(6), name="customer"),
)


def test_four_cells_of_fixed_thresholds():
    cells = dick_basu(TABLE, 0.0, 0.5)
    assert cells.tolist()[:5] == ["loyalty", "latent", "spurious", "none", "none"] and cells.isna().iloc[5]
    assert cells.cat.categories.tolist() == list(CELLS)
    better = TABLE.assign(attitudinal=TABLE["attitudinal"] + 2)  # all like it better: the cells say so
    assert dick_basu(better, 0.0, 0.5).value_counts()[["loyalty", "latent"]].tolist() == [2, 3]
    moved = dick_basu(better, **medians(better))  # a split at the median of each table does not
    assert moved.equals(dick_basu(TABLE, **medians(TABLE)))
    with pytest.raises(TypeError):
        dick_basu(TABLE)
    with pytest.raises(RegularsError, match="no column 'atitudinal'; did you mean 'attitudinal'"):
        dick_basu(TABLE, 0.0, 0.5, attitude="atitudinal")


def test_excess_attrition_by_hand():
    cells = pd.Series(pd.Categorical(["loyalty", "spurious", "loyalty"], CELLS), index=[1, 2, 3])
    before = [(1, 0.0, "A", 1.0), (2, 0.0, "A", 1.0), (3, 0.0, "B", 1.0)]
    stay = [
        (1, 5.0, "A", 1.0),
        (1, 6.0, "A", 1.0),
        (2, 5.0, "A", 1.0),
        (2, 6.0, "B", 1.0),
        (2, 7.0, "B", 1.0),
    ]
    leave = [(1, 5.0, "A", 1.0), (1, 6.0, "A", 1.0), (2, 5.0, "B", 1.0), (2, 6.0, "A", 1.0)]
    control, arm = (
        pd.DataFrame(before + later, columns=["customer", "time", "firm", "amount"])
        for later in (stay, leave)
    )
    table = excess_attrition(cells, arm, control, "A", start=5.0)
    assert table["customers"].tolist() == [1, 0, 1, 0]  # customer 3 was elsewhere
    assert table.loc["spurious", ["hazard_control", "hazard", "excess", "hazard_ratio"]].tolist() == [
        0.5,
        1,
        0.5,
        2,
    ]
    assert table.loc["loyalty", "hazard"] == 0 and np.isnan(table.loc["none", "hazard"])
    early = excess_attrition(cells, arm, control, "A", start=5.0, end=6.0)
    assert early.loc["spurious", "hazard_control"] == 0
