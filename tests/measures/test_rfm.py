"""Recency, frequency and money by hand; scores that treat equals alike; every customer has one name."""

import numpy as np
import pandas as pd
import pytest

from regulars.ground.errors import RegularsError
from regulars.measures.rfm import SEGMENTS, rfm, rfm_scores, rfm_segments

LOG = pd.DataFrame(
    [(1, 0.5, "A", 6.0), (1, 9.0, "B", 2.0), (2, 2.0, "A", 2.5), (2, 12.25, "A", 5.0), (3, 5.0, "B", 3.0)],
    columns=["customer", "time", "firm", "amount"],
)


def test_by_hand():
    table = rfm(LOG, end=20.0)
    assert table.loc[1].tolist() == [11.0, 2, 8.0]
    assert table.loc[2].tolist() == [7.75, 2, 7.5]
    assert table.loc[3].tolist() == [15.0, 1, 3.0]
    assert rfm(LOG).loc[2, "recency"] == 0.75  # the log ends with the day of the last purchase
    assert rfm(LOG, end=10.0).loc[2].tolist() == [8.0, 1, 2.5]
    assert rfm(LOG, firm="A").index.tolist() == [1, 2]
    with pytest.raises(RegularsError, match="no purchases of C before 4"):
        rfm(LOG, firm="C", end=4.0)


def test_scores():
    """Fifths of a thousand different customers hold 200 each; the recent, frequent and rich have the highest score."""
    rng = np.random.default_rng(3)
    table = pd.DataFrame(
        {
            "recency": rng.permutation(1000),
            "frequency": rng.permutation(1000),
            "monetary": rng.permutation(1000),
        }
    )
    scores = rfm_scores(table)
    assert all((scores[s].value_counts() == 200).all() for s in "rfm")
    assert (scores.loc[table["recency"] < 200, "r"] == 5).all() and (
        scores.loc[table["frequency"] < 200, "f"] == 1
    ).all()
    assert (scores.loc[table["monetary"] >= 800, "m"] == 5).all()
    shuffled = table.sample(frac=1.0, random_state=1)
    assert rfm_scores(shuffled).loc[table.index].equals(scores)
    assert rfm_scores(table, 10)["r"].max() == 10


def test_equals_have_equal_scores():
    table = pd.DataFrame({"recency": [1.0] * 7 + [9.0], "frequency": [1] * 6 + [2, 9], "monetary": [5.0] * 8})
    scores = rfm_scores(table)
    assert scores["r"].tolist() == [3] * 7 + [1]
    assert scores["f"].tolist() == [2] * 6 + [5, 5]
    assert scores["m"].tolist() == [3] * 8
    for groups in (1, 0, 2.5):
        with pytest.raises(RegularsError, match="from 2 to 100"):
            rfm_scores(table, groups)


def test_names():
    every = pd.DataFrame([(r, f, 1) for r in range(1, 6) for f in range(1, 6)], columns=["r", "f", "m"])
    names = rfm_segments(every)
    by_cell = {(r, f): name for (r, f, _), name in zip(every.to_numpy(), names, strict=True)}
    assert by_cell[5, 5] == "champions" and by_cell[5, 1] == "new" and by_cell[1, 5] == "cannot lose them"
    assert by_cell[4, 1] == "promising" and by_cell[3, 2] == "about to sleep" and by_cell[2, 4] == "at risk"
    assert set(names) == {name for row in SEGMENTS.values() for name in row} and len(set(names)) == 10
    with pytest.raises(RegularsError, match="from 1 to 5"):
        rfm_segments(rfm_scores(rfm(LOG), 10))
