"""Parameters that are known only with a standard error, drawn anew in each replicate.

`[uncertainty]` of a scenario names values and how far they may be off: standard errors, as `regulars fit` writes them, or tables
with a family, ends, a published prior, or values of which it is one. A draw has the value of the scenario as its mean and the stated
standard error, inside the declared bounds, without piling up at them (`ground.prior.usual`). Of a distribution over customers the
mean is drawn, and the spread between customers goes along with it (`ground.prior.carried`). The same draw holds for all arms of a
replicate, also where two arms have a parameter of the same strategy; firms are told apart by name; a `*` in a name draws all that it
stands for at one quantile. `[[correlations]]` says which values go together (a Gaussian copula).

`[posterior]` holds what is known of several values together: an estimate and draws, of which each replicate takes one row. A
row tells how far a draw lies from the estimate; a value that was changed since keeps its own centre. A value that both
name is drawn from the posterior. `[evidence]` adds what has a published prior, and takes away what the user is sure of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from regulars.ground.chance import Chance, purpose
from regulars.ground.errors import RegularsError, shown
from regulars.ground.parameter import Problem
from regulars.lab.by_evidence import by_evidence, surely
from regulars.lab.correlated import normal_draws, uncorrelated
from regulars.lab.doubted import Doubted, along, doubted, lognormal, number, unfit, within
from regulars.scenario import Scenario
from regulars.scenario.declared import Declared, Path, by_path
from regulars.scenario.names import meant

Changes = dict[Path, tuple[Declared, Any]]  # what was declared at a path, and what is drawn for it
Rows = list[tuple[Declared, tuple[float, ...]]]  # of what is drawn together: the estimate and its draws
InDoubt = tuple[list[Doubted], Rows, set[Path], Scenario]

FAR = 3.0  # standard errors at which a draw must still do


LOG, MONEY, BEHAVIOUR = (
    "the log",
    "money inputs",
    "assumed behaviour",
)  # where doubt about an input comes from


def drawn(scenario: Scenario, seed: int, replicate: int) -> Scenario:
    """The scenario with its uncertain values drawn for a replicate, the first one too."""
    return drawn_and_told(scenario, seed, replicate)[0]


def drawn_and_told(scenario: Scenario, seed: int, replicate: int) -> tuple[Scenario, list[dict[str, Any]]]:
    """The scenario with its uncertain values drawn for a replicate, and what was drawn: a row an uncertain value.

    Returns:
        In each row `input` (dotted name), `value` (as a number: whether true, or the place among the values where it is one of several)
        and `source` of the doubt: the log (what a fit says that it told), money inputs (other values in currency units, and costs and
        prices of firms), assumed behaviour (all others).
    """
    uncertain, rows, by_log, fixed = _in_doubt(scenario)
    if not uncertain and not rows:
        return scenario, []
    chance = Chance(seed, replicate)
    changes: Changes = {}
    draws_of = dict(
        zip([one.key for one in uncertain], normal_draws(scenario, uncertain, chance), strict=True)
    )
    for one in uncertain:
        changes |= one.changes(draws_of[one.key])
    last = max((len(draws) for _, draws in rows), default=2) - 1
    row = replicate if replicate < last else int(chance.uniform(purpose("uncertainty", "row"), [0])[0] * last)
    fitted = {p.path: (p, _moved(p, draws[0], draws[1 + row])) for p, draws in rows}
    changes |= fitted
    try:
        made = fixed.set(_with_spreads(scenario, changes))
    except Problem as problem:
        raise RegularsError(
            f"the values that are drawn for replicate {replicate} do not go together; give smaller standard errors in "
            f"[uncertainty], or leave such draws out of [posterior]: {problem}"
        ) from None
    return made, _told(changes, fitted, by_log, uncertain, draws_of)


def is_in_doubt(scenario: Scenario) -> bool:
    """Whether anything is drawn anew in each replicate, by `[uncertainty]`, `[posterior]` or `[evidence]`."""
    uncertain, rows, _, _ = _in_doubt(scenario)
    return bool(uncertain or rows)


def _in_doubt(scenario: Scenario) -> InDoubt:
    """What is drawn by itself, what is drawn together, which of it a log has told, and the scenario without its thousands of draws, in which values are put.

    The scenario that was asked for last is remembered: all replicates of a comparison ask for the same one.
    """
    global _latest
    if _latest is None or _latest[0] is not scenario:
        found = uncertain_values(scenario, far=0.0)  # how far off they may be has been looked at
        rows = _together(scenario)
        by_log = _told_by_log(scenario, {p.path for p, _ in rows})
        _latest = scenario, (found, rows, by_log, scenario.without("posterior"))
    return _latest[1]


_latest: tuple[Scenario, InDoubt] | None = None


def one_by_one(
    scenario: Scenario, quantiles: Sequence[float]
) -> Iterator[tuple[str, str, list[tuple[float, Scenario]]]]:
    """Each uncertain input at some of its quantiles, all others at their means: name, source, and its value and the scenario at each.

    The scenarios hold no doubt any more. What is drawn together (a key, a `*`) is moved together; a value of `[posterior]` is by itself.
    """
    from scipy import special

    rows = _together(scenario)
    fitted = {p.path for p, _ in rows}
    uncertain = uncertain_values(scenario, far=0.0)
    at: dict[str, list[Changes]] = {}
    by_log = _told_by_log(scenario, fitted)
    normal = [float(special.ndtri(q)) for q in quantiles]
    for one in uncertain:
        of_key = at.setdefault(one.key, [{} for _ in quantiles])
        for changes, z in zip(of_key, normal, strict=True):
            changes |= {path: new for path, new in one.changes(z).items() if path not in fitted}
    for p, draws in rows:
        ends = (float(np.quantile(draws[1:], q)) for q in quantiles)
        at[p.name] = [{p.path: (p, _moved(p, draws[0], end))} for end in ends]
    for ends_of_one in at.values():
        told = [
            _told(
                changes,
                fitted,
                by_log,
                uncertain,
                {one.key: z for one in uncertain},
            )
            for changes, z in zip(ends_of_one, normal, strict=True)
        ]
        if told[0]:
            values = [float(rows_of[0]["value"]) for rows_of in told]
            worlds = [_sure(scenario.set(_with_spreads(scenario, changes))) for changes in ends_of_one]
            yield told[0][0]["input"], told[0][0]["source"], list(zip(values, worlds, strict=True))


def _sure(scenario: Scenario) -> Scenario:
    """The scenario as it stands, with nothing in doubt."""
    return scenario.without(
        "uncertainty", "correlations", "posterior", "evidence"
    )  # means of priors stand in its table


def _told(
    changes: Changes,
    fitted: Collection[Path],
    by_log: Collection[Path],
    uncertain: Sequence[Doubted],
    drawn_at: Mapping[str, float],
) -> list[dict[str, Any]]:
    """A row for each draw: one draw is one input, however many values it moves."""
    lines = {p.path: one for one in uncertain for p in one.parameters if p.path not in fitted}
    rows: dict[str, dict[str, Any]] = {}
    for path, (parameter, value) in changes.items():
        line = lines.get(path)
        key, name = (parameter.name, parameter.name) if line is None else (line.key, line.name)
        source = LOG if path in by_log else MONEY if parameter.unit.startswith("currency") else BEHAVIOUR
        is_word = line is not None and not isinstance(value, (int, float))
        number_ = float(line.doubt.values.index(value)) if line is not None and is_word else float(value)
        number_ = number_ if line is None or line.told is None else float(line.told(drawn_at[line.key]))
        rows.setdefault(key, {"input": name, "value": number_, "source": source})
    return list(rows.values())


def _told_by_log(scenario: Scenario, fitted: Collection[Path]) -> set[Path]:
    """Paths of what a log has told: what a fit says of its draws; all that is drawn together where nobody says."""
    names = scenario.spec.about.told_by_log
    if not names:
        return {*fitted}
    known = by_path(scenario.spec)
    found: set[Path] = set()
    for name in names:
        with suppress(RegularsError):  # what the user has taken out since
            found |= {number(known, place, name).path for place in meant(scenario.spec, name)}
    return found


def uncertain_values(scenario: Scenario, far: float = FAR) -> list[Doubted]:
    """What `[uncertainty]` names; each number must do also `far` standard errors away.

    Raises:
        Problem: with every name that is not one number of the scenario, is that of another one, or is no number that
            could be drawn, with every standard error that is none or is too large, and with correlations that cannot be.
    """
    named, evidence = scenario.spec.uncertainty, scenario.spec.evidence
    together_ = {p.path for p, _ in _together(scenario)} if far or evidence.priors != "none" else set()
    if not named and evidence.priors == "none" and not evidence.sure:
        if scenario.spec.correlations:
            raise Problem(
                [(("correlations", 0, "between"), "nothing is uncertain here: there is no [uncertainty]")]
            )
        return []
    known = by_path(scenario.spec)
    sure = surely(scenario, known)
    found: list[Doubted] = []
    taken: set[Path] = set()
    wrong: list[tuple[Path, str]] = []
    for name, doubt in named.items():
        try:
            one = doubted(scenario, known, name, doubt)
            paths = {parameter.path for parameter in one.parameters}
            told = "another name means the same number" if paths & taken else ""
            told = told or (_too_far(scenario, one, far) if far else "")
            taken |= paths
            found += [one] if not paths & sure else []
        except RegularsError as error:
            told = str(error).removeprefix(f"{name}: ")
        wrong += [(("uncertainty", name), told)] if told else []
    found += by_evidence(scenario, known, taken | together_)
    wrong = wrong or uncorrelated(scenario, found)
    if wrong:
        raise Problem(wrong)
    return found


def _with_spreads(scenario: Scenario, changes: Changes) -> dict[str, Any]:
    """Drawn values by dotted name, and with each drawn mean the spread between customers that goes along with it.

    A spread that is drawn itself does not.
    """
    known = by_path(scenario.spec)
    found = {parameter.name: value for parameter, value in changes.values()}
    for parameter, value in changes.values():
        spread = along(known, parameter)
        if spread is not None and spread.sd.path not in changes:
            found[spread.sd.name] = spread.with_mean(parameter, value)
    return found


def _together(scenario: Scenario) -> list[tuple[Declared, tuple[float, ...]]]:
    """The numbers that `[posterior]` names, with estimate and draws.

    Raises:
        Problem: with every name that is not one number of the scenario.
    """
    named = scenario.spec.posterior
    if not named:
        return []
    known = by_path(scenario.spec)
    found, wrong = [], []
    for name, draws in named.items():
        try:
            places = meant(scenario.spec, name)
            if len(places) > 1:
                raise RegularsError("this is not one number of the scenario")
            parameter = number(known, places[0], name)
            told = unfit(parameter)
            found.append((parameter, draws))
        except RegularsError as error:
            told = str(error).removeprefix(f"{name}: ")
        wrong += [(("posterior", name), told)] if told else []
    if wrong:
        raise Problem(wrong)
    sure = surely(scenario, known) if scenario.spec.evidence.sure else set()
    return [(parameter, draws) for parameter, draws in found if parameter.path not in sure]


def _moved(parameter: Declared, estimate: float, draw: float) -> float:
    """A value as far from where it stands as a draw from its estimate: in proportion where it cannot be negative."""
    value = float(parameter.value)
    if value == estimate:
        return within(parameter, draw)
    if lognormal(parameter) and estimate > 0 and draw > 0:
        return within(parameter, value * draw / estimate)
    return within(parameter, value + draw - estimate)


def _too_far(scenario: Scenario, one: Doubted, far: float) -> str:
    """Why a value some standard errors away would not do, or one of those it may be; nothing when all would."""
    for value in one.doubt.values:
        if told := _why_not(scenario, {p.name: value for p in one.parameters}):
            return f"one of its values: {told}"
    for z in () if one.doubt.values else (-far, far):
        changes = one.changes(z)
        if told := _why_not(scenario, _with_spreads(scenario, changes)):
            value = next(iter(changes.values()))[1]
            return f"{far:g} standard errors away it is {value:g}: {told}; give a smaller standard error"
    return ""


def _why_not(scenario: Scenario, values: dict[str, Any]) -> str:
    """What is wrong with values, without the lines of a file in which they do not stand; nothing when they will do."""
    try:
        scenario.set(values)
    except Problem:
        pass
    else:
        return ""
    try:
        Scenario(scenario.table, scenario.path).set(values)
    except RegularsError as error:
        lines = str(error).splitlines()
        return "; ".join(
            line.removeprefix(f"{name}: ") for line in lines for name in [line.partition(": ")[0]]
        )
    return f"{shown(next(iter(values.values())))} will not do"
