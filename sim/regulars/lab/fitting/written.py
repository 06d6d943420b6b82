"""The fitted scenario as a short file: only what was fitted or assumed, each number with a comment on where it comes from."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.ground.letters import visible

if TYPE_CHECKING:
    from regulars.lab.fitting.identify import Finding
    from regulars.scenario import Scenario

KEY = re.compile(r"([A-Za-z0-9_]+) = ")
HEADER = re.compile(r"\[([A-Za-z0-9_.]+)\]$")
CHANGE = "edit the number here, or `--set {name}=...`; `regulars sweep --over {name}=low:high#5` shows what it decides"
ABOVE = {
    "firms": (
        "share: fitted taste weight. base_price: usual price in the log, at which share and appeal hold; only what is asked",
        "above or below it counts. appeal: set so that the firms' shares of purchases are those of the log. cost: assumed.",
    ),
    "arms": ("What may be compared, scaled to the buyers of the log; `regulars compare` runs all of them.",),
    "evidence": ("What else is assumed, of programmes, has the mean of its published prior and is drawn from it (`regulars evidence`).",),
    "posterior": ("Draws of what is known of the fitted numbers together; each replicate of a comparison takes one.",),
    "uncertainty": ("Standard errors of the numbers by themselves, for reading; what [posterior] names is drawn from there.",),
}  # fmt: skip
REST = "Everything that is not here has its default; `regulars show FILE --parameters` lists all there is."


def short_toml(
    scenario: Scenario,
    name: str,
    findings: Sequence[Finding],
    told: Sequence[str],
    draws: str,
) -> str:
    """The scenario as TOML, comments included.

    Args:
        scenario: as it was fitted, with its draws in `posterior`.
        name: of the log.
        findings: what was found of each number.
        told: what the log tells and what not, in sentences.
        draws: name of the file of draws beside this one; the draws stand in the text when empty.
    """
    import tomli_w

    table = _plain({k: v for k, v in scenario.table.items() if v not in ({}, [], ())})
    if draws and "posterior" in table:
        table["posterior"] = {"file": draws}
    first = [
        k
        for k in (
            "about",
            "market",
            "need",
            "turnover",
            "spending",
            "taste",
            "switching",
            "choice",
            "foresight",
        )
        if k in table
    ]
    last = [k for k in ("evidence", "posterior", "uncertainty") if k in table]
    order = [*first, *(k for k in table if k not in (*first, *last)), *last]
    lines = [comment(f"Fitted to {name}. {REST}"), "#"]
    said = scenario.spec.about.assumed  # which stand below, as values
    lines += [*(comment(f"- {line}") for line in told if line not in said), ""]
    notes = {f.name: f for f in findings if f.name}
    for key in order:
        lines += [comment(text) for text in ABOVE.get(key, ())]
        if key == "firms":  # one table each: short ones would become a list within the section above
            text = "\n".join(f"[[firms]]\n{tomli_w.dumps(firm)}" for firm in table[key])
        elif key == "posterior" and not draws:
            text = _inline(table[key])
        else:
            text = tomli_w.dumps({key: table[key]})
        lines += [*_commented(text, notes), ""]
    return "\n".join(lines)


def _inline(draws: dict[str, list[float]]) -> str:
    """Draws as a section, a line a name."""
    rows = [f"{json.dumps(name)} = [{', '.join(map(repr, values))}]" for name, values in draws.items()]
    return "\n".join(["[posterior]", *rows, ""])


def comment(text: str) -> str:
    """One line that TOML passes over, whatever is in the text."""
    return f"# {visible(' '.join(str(text).split()))}"


def _commented(text: str, notes: dict[str, Finding]) -> list[str]:
    """The lines of a section, each fitted number below a comment."""
    section, lines = "", []
    for line in text.splitlines():
        if header := HEADER.match(line):
            section = header[1]
        elif (key := KEY.match(line)) and section not in ("uncertainty", "posterior"):
            for name in (f"{section}.{key[1]}", section if key[1] == "mean" else ""):
                if name in notes:
                    lines.append(_where_from(notes[name]))
        lines.append(line)
    return lines


def _where_from(finding: Finding) -> str:
    """Value, error, source, and how to change it."""
    error = f", standard error {finding.se:.3g}" if finding.se is not None and np.isfinite(finding.se) else ""
    note = f"; {finding.note}" if finding.note else ""
    unit = f" ({finding.unit})" if finding.unit else ""
    way = CHANGE.format(name=finding.name)
    return comment(f"{finding.label}{unit}: {finding.source}{error}{note}. To change it: {way}")


def _plain(value: Any) -> Any:
    """Tables that TOML can hold: no None, tuples as lists, no NumPy numbers."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items() if v is not None}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return value.item() if isinstance(value, np.generic) else value
