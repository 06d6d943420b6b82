"""What a scenario takes from published evidence: with one line, every prior of a parameter that is switched on in it.

    [evidence]
    priors = "published"

What the file does not say then has the mean of its published prior instead of the usual value, and all that has a prior is drawn
(`lab.by_evidence`). What the file says keeps its value, with the spread of the prior around it; what the user is sure of
(`sure`) is not drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from pydantic import model_validator

from regulars.contract import strategy
from regulars.evidence.collection import collection
from regulars.evidence.published import PublishedPrior
from regulars.ground.alike import nearest
from regulars.ground.errors import RegularsError, shown
from regulars.ground.parameter import ParameterSet, Problem, Spread, par
from regulars.scenario.sure import Sure, read_sure

PUBLISHED = "published"


class Evidence(ParameterSet):
    """What is taken from published evidence, and what the user knows better."""

    # fmt: off
    priors: Literal["none", "published"] = par("none", "", "", "whether what has a published prior is drawn from it, and has its mean where the scenario says nothing")
    settings: tuple[str, ...] = par((), "", "", "kinds of market of which priors are taken where there are several, such as travel; the first one of each when left out")
    sure: tuple[str, ...] = par((), "", "", "what is not drawn, or hardly: names such as margin, or margin within 0.02")
    # fmt: on

    @model_validator(mode="after")
    def _known(self) -> Evidence:
        wrong: list[tuple[tuple[str | int, ...], str]] = []
        for number, kind in enumerate(self.settings):
            kinds = {prior.setting for prior in collection().priors.values() if prior.setting}
            if kind not in kinds:
                wrong.append((("settings", number), f"no prior is for {shown(kind)}; {nearest(kind, kinds)}"))
        for number, text in enumerate(self.sure):
            try:
                said = read_sure(text)
            except RegularsError as error:
                wrong.append((("sure", number), str(error)))
                continue
            if said.value is not None:
                told = f"write the value where it stands, and {said.text()!r} here; `--sure` of `regulars compare` takes both"
                wrong.append((("sure", number), told))
        if wrong:
            raise Problem(wrong)
        return self

    def statements(self) -> dict[str, Sure]:
        """What the user is sure of, by path."""
        return {said.path: said for said in map(read_sure, self.sure)}


@dataclass(frozen=True)
class Taken:
    """A prior that is taken for a parameter: its name and what it says."""

    name: str
    prior: PublishedPrior


def taken(settings: Iterable[str]) -> dict[str, Taken]:
    """The prior of each parameter, by path: that of the settings that are named, else the first one."""
    wanted, found = tuple(settings), {}
    for name, prior in collection().priors.items():
        if prior.parameter not in found or prior.setting in wanted:
            found[prior.parameter] = Taken(name, prior)
    return found


def with_published(table: dict[str, Any]) -> dict[str, Any]:
    """The table with the means of published priors where it says nothing; as it is where it takes none.

    That is so in [foresight], in sections that are on, in programmes, and in what a firm says of its staff. What makes something act by
    being there at all (inertia, an outside option, price sensitivity, costs) is the scenario's own.
    """
    evidence = table.get("evidence")
    if not isinstance(evidence, Mapping) or evidence.get("priors") != PUBLISHED:
        return table
    settings = evidence.get("settings", ())
    made = dict(table)
    for path, one in taken(settings if isinstance(settings, (list, tuple)) else ()).items():
        if one.prior.unit or one.prior.values:
            continue
        first, *steps = path.split(".")
        if first == "strategies":
            for part in ("firms", "arms"):
                made[part] = _in_each(
                    made.get(part), lambda owner, s=steps, o=one: _in_programme(owner, s, o)
                )
        elif first == "firms":
            made["firms"] = _in_each(made.get("firms"), lambda firm, s=steps, o=one: _filled(firm, s, o))
        elif first == "foresight" or (isinstance(made.get(first), Mapping) and made[first].get("on") is True):
            made[first] = _filled(made.get(first, {}), steps, one)
    return {name: value for name, value in made.items() if value is not None}


def foresees(spec: Any) -> bool:
    """Whether a programme of a firm or of an arm gives its customers something to look ahead to."""
    owners = [*spec.firms, *spec.arms.values()]
    return any(strategy.find(name).foresees for owner in owners for name in owner.strategies)


def _in_each(items: Any, change: Any) -> Any:
    """A list or a table of tables, each of them changed."""
    if isinstance(items, list):
        return [change(item) if isinstance(item, dict) else item for item in items]
    if isinstance(items, Mapping):
        return {name: change(item) if isinstance(item, dict) else item for name, item in items.items()}
    return items


def _in_programme(owner: dict[str, Any], steps: list[str], one: Taken) -> dict[str, Any]:
    """A firm or an arm, of which one programme is filled."""
    programmes, (name, *rest) = owner.get("strategies"), steps
    if not isinstance(programmes, Mapping) or not isinstance(programmes.get(name), Mapping):
        return owner
    return {**owner, "strategies": {**programmes, name: _filled(programmes[name], rest, one)}}


def _filled(table: Any, steps: list[str], one: Taken) -> Any:
    """A table with the mean of a prior where it says nothing; what stands in a list says what it has."""
    if not isinstance(table, Mapping):
        return table
    first, *rest = steps
    if not rest:
        return dict(table) if first in table else {**table, first: _usual(one)}
    return {**table, first: _filled(table[first], rest, one)} if first in table else dict(table)


def _usual(one: Taken) -> Any:
    """The mean of a prior, spread over customers where that is known."""
    prior = one.prior
    if not prior.customers_sd or not _differs(prior.parameter):
        return prior.mean
    return {"distribution": prior.family, "mean": prior.mean, "sd": prior.customers_sd}


@cache
def _differs(path: str) -> bool:
    """Whether a parameter may differ between customers."""
    from regulars.scenario.paths import every_path

    return every_path()[path].annotation is Spread
