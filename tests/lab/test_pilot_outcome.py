"""The outcome of a pilot, a row a customer or a row a group: read alike, and refused by the row that is wrong."""

import math
import re

import pandas as pd
import pytest

from regulars.ground.errors import RegularsError
from regulars.lab.pilot.outcome import outcome

ROWS = [("a", "treatment", 3.0), ("b", "treatment", 5.0), ("c", "holdout", 1.0), ("d", "holdout", 2.0), ("e", "holdout", 3.0)]  # fmt: skip
BY_CUSTOMER = "customer,group,value\n" + "".join(f"{c},{g},{v}\n" for c, g, v in ROWS)
BY_GROUP = f"group,customers,mean,sd\ntreatment,2,4,{math.sqrt(2)}\nholdout,3,2,1\n"


def written(tmp_path, text):
    file = tmp_path / "pilot.csv"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    "text", [BY_CUSTOMER, BY_GROUP, "\ufeff" + BY_CUSTOMER, BY_CUSTOMER.replace(",", ", ")]
)
def test_both_forms_say_the_same(tmp_path, text):
    found = outcome(written(tmp_path, text), "contribution")
    assert (found.treatment.customers, found.holdout.customers) == (2, 3)
    assert found.difference == pytest.approx(2.0)
    assert found.variance == pytest.approx(2 / 2 + 1 / 3)


def test_a_table_and_rows_of_several_measures(tmp_path):
    table = pd.DataFrame(ROWS, columns=["customer", "group", "value"])
    both = pd.concat(
        [table.assign(measure="purchases"), table.assign(measure="spending", value=10 * table["value"])]
    )
    assert outcome(table, "purchases").difference == pytest.approx(2.0)
    assert outcome(both, "purchases").difference == pytest.approx(2.0)
    assert outcome(both, "spending").difference == pytest.approx(20.0)
    with pytest.raises(
        RegularsError, match=r"there is no row of the measure contribution; there is purchases, spending"
    ):
        outcome(both, "contribution")


WRONG = [
    (BY_CUSTOMER.replace("c,holdout", "c,holdut"), "line 4: group = 'holdut' is none; did you mean 'holdout'?"),
    (BY_CUSTOMER.replace("b,treatment,5.0", "b,treatment,five"), "line 3: value = 'five'; a number is needed"),
    (BY_CUSTOMER.replace("b,treatment,5.0", "b,treatment,nan"), "line 3: value = 'nan'; a number is needed"),
    (BY_CUSTOMER.replace("b,treatment", "a,holdout"), "line 3: customer 'a' stands in line 2 already"),
    (BY_CUSTOMER.replace("b,treatment,5.0", "b,treatment"), "line 3: this row has not as many cells"),
    (BY_CUSTOMER.replace("b,treatment,5.0", "b,treatment,5.0,6"), "line 3: this row has not as many cells"),
    (BY_CUSTOMER.replace("value", "valeu"), "there is no column 'value'; did you mean 'valeu'?"),
    ("customer,group,value\n", "there is no row in it; wanted: a row a customer (customer, group, value) or a row a group"),
    ("", "there is no row in it"),
    ("customer,group,value\na,treatment,1\nb,treatment,2\nc,holdout,1\n", "the group holdout has 1 customers; two or more are needed"),
    ("customer,group,value\na,treatment,1\nb,treatment,1\nc,holdout,1\nd,holdout,1\n", "all customers of both groups have the same value"),
    (BY_GROUP.replace("holdout,3", "holdout,2.5"), "line 3: customers = 2.5; a whole number"),
    (BY_GROUP.replace("holdout,3", "holdout,1"), "line 3: customers = '1'; a number of 2 or above is needed"),
    (BY_GROUP.replace("2,1\n", "2,-1\n"), "line 3: sd = '-1'; a number of 0 or above is needed"),
    (BY_GROUP.replace("holdout", "treatment"), "line 3: there is a row of treatment already"),
    ("group,customers,mean,sd\ntreatment,2,4,1\n", "there is no row of the group holdout"),
    (BY_GROUP.replace("sd", "se"), "there is no column 'sd'; known here: customers, group, mean, se"),
    ("measure,group,customers,mean,sd\nprofit,treatment,2,4,1\n", "line 2: measure = 'profit' is none"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), WRONG, ids=[told[:40] for _, told in WRONG])
def test_a_wrong_row_is_named(tmp_path, text, told):
    file = written(tmp_path, text)
    with pytest.raises(RegularsError, match=re.escape(told)) as refused:
        outcome(file, "contribution")
    assert str(refused.value).startswith(str(file))


def test_what_is_no_table(tmp_path):
    with pytest.raises(RegularsError, match="there is no such file"):
        outcome(tmp_path / "none.csv", "contribution")
    with pytest.raises(RegularsError, match="the path of a CSV file or a table is needed"):
        outcome(5, "contribution")
    with pytest.raises(RegularsError, match="directory"):
        outcome(tmp_path, "contribution")
    (tmp_path / "odd.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RegularsError, match="a CSV file in UTF-8 is needed"):
        outcome(tmp_path / "odd.csv", "contribution")
