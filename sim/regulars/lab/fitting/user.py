"""What the user of a fit says that they know: set in the fitted market, and told as asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from regulars.lab.fitting.identify import words
from regulars.lab.said import with_sure
from regulars.scenario.sure import COST, read_sure

if TYPE_CHECKING:
    from regulars.lab.fit import Fitted


def margin_said(texts: Sequence[str]) -> float | None:
    """The margin that statements give; None where they give none."""
    said = [one for one in map(read_sure, texts) if one.path == COST and one.value is not None]
    return said[-1].value if said else None


def as_said(fitted: Fitted, texts: Sequence[str]) -> Fitted:
    """A fitted market with what the user knows: no longer drawn, and no longer called an assumption.

    Errors: a statement of another form, a name that nothing has, a value that will not do.
    """
    if not texts:
        return fitted
    scenario = with_sure(fitted.scenario, texts)
    said = {one.path: one for one in map(read_sure, texts)}
    findings = tuple(
        replace(f, estimate=f.estimate if one.value is None else one.value, se=one.error or None, source="asked for", note="as you said")
        if (one := said.get(f.name)) is not None
        else f
        for f in fitted.findings
    )  # fmt: skip
    return replace(
        fitted, scenario=scenario, findings=findings, identified=words(fitted.panel, findings, fitted.moments)
    )
