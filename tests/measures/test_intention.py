"""What people said against what they did, by hand."""

import numpy as np
import pandas as pd
import pytest

from regulars.ground.errors import RegularsError
from regulars.measures import intention


def test_net_promoter_by_hand():
    answers = pd.DataFrame({"recommendation": [10, 9, 9, 8, 7, 6, 0, np.nan]})
    found = intention.net_promoter(answers)
    assert found["respondents"] == 7 and found["score"] == pytest.approx(3 / 7 - 2 / 7)
    assert found["passives"] == pytest.approx(2 / 7)
    assert found["standard_error"] == pytest.approx(np.sqrt((5 / 7 - 1 / 49) / 7))
    assert np.isnan(intention.net_promoter(answers.iloc[:0])["score"])


ANSWERS = pd.DataFrame(
    {
        "customer": [1, 2, 3, 4],
        "firm": "A",
        "day": 10.0,
        "satisfaction": [9, 5, 7, 1],
        "intention": [10, 10, 4, 0],
    }
)
LATER = pd.DataFrame(
    [(1, 5.0, "B", 1.0), (1, 11.0, "A", 1.0), (2, 12.0, "B", 1.0), (2, 13.0, "A", 1.0), (3, 10.0, "A", 1.0)],
    columns=["customer", "time", "firm", "amount"],
)


def test_later_behaviour_by_hand():
    assert intention.later_behaviour(ANSWERS, LATER).iloc[:3].tolist() == [1.0, 0.0, 1.0]
    assert intention.later_behaviour(ANSWERS, LATER).isna().tolist() == [False, False, False, True]
    assert intention.later_behaviour(ANSWERS, LATER, "share").iloc[:3].tolist() == [1.0, 0.5, 1.0]
    assert intention.later_behaviour(ANSWERS, LATER, "any").tolist() == [1.0, 1.0, 1.0, 0.0]
    assert intention.later_behaviour(ANSWERS, LATER, "any", end=13.0).tolist() == [1.0, 0.0, 1.0, 0.0]


def test_the_gap_by_hand():
    gap = intention.intention_gap(ANSWERS, LATER)
    assert gap.index.tolist() == [4, 10, "all"] and gap["respondents"].tolist() == [1, 2, 3]
    assert gap.loc[10, ["stated", "did", "gap"]].tolist() == [1.0, 0.5, 0.5]
    assert gap.loc["all", "gap"] == pytest.approx((0 + 1 - 0.6) / 3)
    assert gap.loc[10, "standard_error"] == pytest.approx(0.5)
    assert intention.intention_gap(ANSWERS, LATER, of="any").loc[0, "did"] == 0.0


def test_one_survey_at_a_time():
    with pytest.raises(RegularsError, match="one survey"):
        intention.later_behaviour(pd.concat([ANSWERS, ANSWERS.assign(firm="B")]), LATER)
    with pytest.raises(RegularsError, match="lack the columns firm"):
        intention.later_behaviour(ANSWERS.drop(columns="firm"), LATER)
    with pytest.raises(RegularsError, match="choose 'next'"):
        intention.later_behaviour(ANSWERS, LATER, "last")
