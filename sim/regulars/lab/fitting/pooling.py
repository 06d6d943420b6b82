"""Two logs of one market, one after the other: what both tell of a parameter, weighed by how well each tells it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from regulars.lab.fitting.choice import over_customers
from regulars.laws.choice_mixture import spread_of
from regulars.laws.fitted import Joint
from regulars.world.calendar import DAYS_A_YEAR

if TYPE_CHECKING:
    from regulars.lab.fitting.choice import Chosen
    from regulars.lab.fitting.identify import Finding
    from regulars.lab.fitting.known import Known
    from regulars.lab.fitting.need import Life

APART = 3.0  # standard errors between two logs from which they are not of one market
SPOKEN = {
    "mean": "the mean purchase rate", "rate": "the mean purchase rate", "shape": "the spread of rates", "hazard": "the hazard of leaving",
    "hazard_shape": "the spread of hazards", "price": "price sensitivity",
}  # fmt: skip
STEP = 1e-5  # of differences, in units of the joint law
Values = dict[str, float]


@dataclass
class Pooling:
    """Pools a fit with what was known before, block by block.

    alone: what the new log says by itself of what was pooled, by name of the parameter. refused: why a block was not pooled.
    """

    known: Known
    days: float
    alone: dict[str, Finding]
    refused: list[str]

    def life(self, life: Life, findings: list[Finding]) -> Life:
        """Rates and leaving: all of them in one firm's log, category purchases in one of several firms."""
        joint, old = life.joint, self.known.joints.get("life")
        if (
            joint is None
            or old is None
            or life.need["process"] == "calendar"
            or set(old.names) != set(joint.names)
        ):
            self.refused.append("how often customers buy: the two logs are of another kind")
            return life
        names = ["mean", "shape"] if life.law is None else ["rate", "shape"]
        told = {str(row["scenario"]) for row in self.known.rows}
        if life.law is not None and life.law.hazard and "turnover.exit_rate" in told:
            names += ["hazard"]
            names += ["hazard_shape"] * bool(
                np.isfinite(life.law.hazard_shape) and "turnover.exit_shape" in told
            )
        if life.law is None:  # its mean counts the whole window
            at = old.names.index("mean")
            old = replace(
                old, centre=old.centre + np.eye(len(old.names))[at] * np.log(self.days / self.known.days)
            )
        both = self._both(joint, old, names)
        if both is None:
            return life
        value = dict(zip(both.names, both.centre, strict=True))
        self._told(findings, both, lambda v: _of_life(v, life))
        if life.law is None:
            mean, shape = float(np.exp(value["mean"])), float(np.exp(value["shape"]))
            before = life.need["mean"] * life.here
            seen = life.people * _buyers(before, life.need["shape"])
            need = {**life.need, "mean": mean / life.here, "shape": shape}
            return replace(life, joint=both, need=need, people=seen / _buyers(mean, shape))
        here = [
            "rate",
            "shape",
            *["hazard"] * bool(life.law.hazard),
            *["hazard_shape"] * bool(life.law.hazard and np.isfinite(life.law.hazard_shape)),
        ]
        pooled: dict[str, Any] = {name: float(np.exp(value[name])) for name in here}
        law = replace(life.law, **pooled)
        need = {**life.need, "mean": law.rate * 7 / life.here, "shape": law.shape}
        turnover = dict(life.turnover)
        if "hazard" in here:
            turnover["exit_rate"] = min(law.hazard * DAYS_A_YEAR, 100.0)
        if "hazard_shape" in here:
            turnover["exit_shape"] = law.hazard_shape
        return replace(life, joint=both, law=law, need=need, turnover=turnover, a_day=law.a_day)

    def choice(self, chosen: Chosen, findings: list[Finding]) -> Chosen:
        """Tastes, inertia and, where both logs tell it, price sensitivity."""
        joint, old = chosen.joint, self.known.joints.get("choice")
        if joint is None:
            return chosen
        tastes = [name for name in joint.names if name.startswith("shape ")]
        if old is None or set(tastes) != {name for name in old.names if name.startswith("shape ")}:
            self.refused.append("choices: the two logs hold other firms")
            return chosen
        both = self._both(joint, old, [name for name in joint.names if name in old.names])
        if both is None:
            return chosen
        values = _of_choice(dict(zip(both.names, both.centre, strict=True)))
        self._told(findings, both, _of_choice)
        sections = {
            **chosen.sections,
            "taste": {**chosen.sections["taste"], "concentration": values["taste concentration S"]},
        }
        if "inertia" in both.names:
            relation = values["inertia: bonus of the firm bought last"]
            sections["switching"] = {**sections["switching"], "relation": relation}
        if "price" in both.names:
            spread = values.get("price spread", 0.0)
            sections["choice"] = {"price_sensitivity": over_customers(values["price sensitivity b"], spread)}
        firms = {
            firm: {**numbers, "share": values[f"taste weight of {firm}"]}
            for firm, numbers in chosen.firms.items()
        }
        return replace(chosen, joint=both, sections=sections, firms=firms)

    def _both(self, new: Joint, old: Joint, names: Sequence[str]) -> Joint | None:
        """The product of two normal laws over what does not lie too far apart; None where nothing is left, or it means nothing."""
        away = _apart(new, old, names)
        far = [name for name in names if abs(away[name]) > APART]
        self.refused += [
            f"{_spoken(name)} lies {abs(away[name]):.1f} standard errors from the market before, so it moves only with the rest"
            for name in far
        ]
        names = [name for name in names if name not in far]
        if not names:
            return None
        both = pooled(new, old, names)
        centre = dict(zip(both.names, both.centre, strict=True))
        return None if centre.get("price", -1.0) >= 0 else both

    def _told(self, findings: list[Finding], both: Joint, values: Callable[[Values], Values]) -> None:
        """Put pooled estimates and errors in the place of those of the new log."""
        found, errors = values(dict(zip(both.names, both.centre, strict=True))), _errors(both, values)
        for k, f in enumerate(findings):
            if f.label in found and f.source == "fitted":
                self.alone[f.label] = f
                note = "; ".join(
                    filter(
                        None, [f.note, f"pooled with the market before; this log alone says {f.estimate:.4g}"]
                    )
                )
                findings[k] = replace(f, estimate=found[f.label], se=errors[f.label], note=note)


def pooled(new: Joint, old: Joint, names: Sequence[str]) -> Joint:
    """The product of two normal laws: precisions add up, centres are weighed by them.

    With N(m1, V1) before (of `names` alone, the rest integrated out) and N(m2, V2) now: V = (V1^-1 + V2^-1)^-1, m = V (V1^-1 m1 + V2^-1 m2).
    What the new law has beyond `names` moves as far as it goes with them.
    """
    at, was = [new.names.index(n) for n in names], [old.names.index(n) for n in names]
    now = np.linalg.inv(new.covariance)
    prior, centre = np.zeros_like(now), np.zeros(len(new.names))
    prior[np.ix_(at, at)] = np.linalg.inv(old.covariance[np.ix_(was, was)])
    centre[at] = old.centre[was]
    covariance = np.linalg.inv(now + prior)
    return Joint(new.names, covariance @ (now @ new.centre + prior @ centre), (covariance + covariance.T) / 2)


def _spoken(name: str) -> str:
    """A parameter of a joint law in words."""
    return SPOKEN.get(name) or name.replace("shape ", "the taste for ")


def _apart(new: Joint, old: Joint, names: Sequence[str]) -> dict[str, float]:
    """How far each parameter moved, in standard errors of the difference."""
    found = {}
    for name in names:
        i, j = new.names.index(name), old.names.index(name)
        error = np.sqrt(new.covariance[i, i] + old.covariance[j, j])
        found[name] = float((new.centre[i] - old.centre[j]) / error)
    return found


def _errors(joint: Joint, values: Callable[[Values], Values]) -> Values:
    """Standard errors of functions of a joint law, by their slopes."""

    def at(theta: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.array(list(values(dict(zip(joint.names, theta, strict=True))).values()))

    steps = STEP * np.eye(len(joint.names))
    slopes = np.stack([(at(joint.centre + s) - at(joint.centre - s)) / (2 * STEP) for s in steps], axis=1)
    errors = np.sqrt(np.maximum(np.einsum("ik,kl,il->i", slopes, joint.covariance, slopes), 0.0))
    return dict(
        zip(values(dict(zip(joint.names, joint.centre, strict=True))), map(float, errors), strict=True)
    )


def _of_life(value: Values, life: Life) -> Values:
    """Rates and leaving by the labels of their findings."""
    if life.law is None:
        return {
            "mean purchase rate M": float(np.exp(value["mean"])) / life.here,
            "spread of rates K": float(np.exp(value["shape"])),
        }
    found = {
        "mean rate of opportunities": float(np.exp(value["rate"])) * 7 / life.here,
        "spread of rates r": float(np.exp(value["shape"])),
    }
    return found | {"mean hazard of leaving": float(np.exp(value["hazard"])) * DAYS_A_YEAR, "spread of hazards s": float(np.exp(value["hazard_shape"]))}  # fmt: skip


def _of_choice(value: Values) -> Values:
    """Tastes, inertia and price sensitivity by the labels of their findings."""
    shapes = {n.removeprefix("shape "): float(np.exp(v)) for n, v in value.items() if n.startswith("shape ")}
    total = sum(shapes.values())
    found = {
        "taste concentration S": total,
        **{f"taste weight of {firm}": s / total for firm, s in shapes.items()},
    }
    if "inertia" in value:
        found["inertia: bonus of the firm bought last"] = max(float(value["inertia"]), 0.0)
    if "price" in value:
        found["price sensitivity b"] = -float(value["price"])
    if "price spread" in value:
        found["price spread"] = float(spread_of(value["price spread"]))
    return found


def _buyers(mean: float, shape: float) -> float:
    """Share who buy at all: 1 - (1 + m / k)^-k."""
    return float(-np.expm1(-shape * np.log1p(mean / shape)))
