"""Telling which step is underway: on a terminal each, elsewhere a line now and then, and nothing where JSON is asked for."""

import io

from lab.logs_of_known_truth import one_firm

from regulars.lab.fit import fit
from regulars.lab.progress import Steps


class Terminal(io.StringIO):
    def isatty(self):
        return True


def told(stream, **how):
    with Steps("fit log.csv", stream=stream, **how) as step:
        for name in ("reading the log", "estimating [tastes]"):
            step(name)
    return stream.getvalue()


def test_a_terminal_shows_every_step():
    shown = told(Terminal())
    assert "fit log.csv: reading the log" in shown and "fit log.csv: estimating [tastes]" in shown


def test_elsewhere_a_line_now_and_then():
    assert told(io.StringIO()) == ""  # both began within ten seconds
    assert told(io.StringIO(), every=0.0).splitlines() == [
        "fit log.csv: reading the log",
        "fit log.csv: estimating [tastes]",
    ]
    assert told(Terminal(), quiet=True) == ""


def test_a_fit_names_its_steps():
    steps = []
    fit(one_firm(customers=60), holdout=91.0, recover=2, progress=steps.append)
    assert steps == ["estimating", "finding the level of sales", "holding it against the log", "foretelling what is held out",
                     "fitting log 1 of 2 that the market made", "fitting log 2 of 2 that the market made"]  # fmt: skip
