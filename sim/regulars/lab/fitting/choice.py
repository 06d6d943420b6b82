"""Which firm customers buy from: tastes, inertia and price sensitivity, or what stands for them in a one-firm log."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.evidence.collection import collection
from regulars.lab.fitting.assumed import PRICE
from regulars.lab.fitting.elsewhere import ends_here, pull
from regulars.lab.fitting.identify import Finding
from regulars.lab.fitting.prices import absences, changes_of_price, told_absences

if TYPE_CHECKING:
    from regulars.laws.fitted import Fit, Joint
    from regulars.panels.panel import Panel

OF_SHOPS, OF_BRANDS = (
    "price-elasticity-of-shops",
    "price-elasticity-of-brands",
)  # published priors of the elasticity of demand
HOUSEHOLDS = 6_000  # whose choices are looked at, at most
POINTS = 256  # of taste, where customers differ in price sensitivity as well
GAIN = 5.0  # log-likelihood from which customers are taken to differ
SURE = 2.0  # standard errors from 0 from which a response to price is taken as seen


@dataclass(frozen=True)
class Chosen:
    """What a log tells of choices: sections and numbers of the firms of the scenario, and what is known of them together."""

    sections: dict[str, Any]
    firms: dict[str, dict[str, float]]
    joint: Joint | None = None
    absent: dict[str, list[tuple[float, float]]] = field(default_factory=dict)


def fit_choice(log: Panel, prices: dict[str, float], rhythm: str, findings: list[Finding]) -> Chosen:
    """Tastes, inertia and price sensitivity from the choices between firms; `log` has one row per purchase."""
    if log.one_firm:
        return _alone(log, prices, rhythm, findings)
    one = some_households(log.one_per_trip(), findings)
    offers, why = changes_of_price(log, prices)
    absent = {firm: there for firm, there in absences(log).items() if firm in one.firms}
    if absent:
        told = told_absences(absent, log.days)
        findings.append(Finding("", "brands not on sale all the time", float(len(absent)), None, "firms", "read from the log", f"{told}; no choice against a brand is counted while it was not there"))  # fmt: skip
    found, responds, seeking = _estimated(one, offers, absent, findings)
    if offers is not None and not responds:
        why = "the log's prices do not explain choices (their estimated effect is not negative)"
    e, se = found.estimates, found.standard_errors
    if responds:
        sensitivity = -e["price"]
        note = "from changes of price; their levels belong to the brands"
        if spread := e.get("price spread"):
            note += f"; customers differ: this is their mean, and the standard deviation over them is {spread * sensitivity:.3g}"
        else:
            note += "; no difference between customers is seen"
        findings.append(Finding("choice.price_sensitivity", "price sensitivity b", sensitivity, se["price"], "logits per unit price", "fitted", note))  # fmt: skip
    else:
        sensitivity = _assumed_sensitivity(log, prices, why, findings)
    inertia = e.get("inertia", 0.0)
    findings += [
        Finding("taste.concentration", "taste concentration S", e["diversity"], se["diversity"], "", "fitted", "; ".join(found.notes)),
        Finding("switching.relation", "inertia: bonus of the firm bought last", inertia, se.get("inertia", seeking), "logits", "fitted"),
    ]  # fmt: skip
    for firm in log.firms:
        name = f"preference {firm}"
        findings.append(Finding("", f"taste weight of {firm}", e[name], se[name], "share", "fitted"))
    sections = {
        "taste": {"kind": "dirichlet", "concentration": e["diversity"]},
        "switching": {"form": "premium", "relation": inertia, "initial": "share"},
        "choice": {"price_sensitivity": over_customers(sensitivity, e.get("price spread", 0.0))},
    }
    firms = {firm: {"share": e[f"preference {firm}"], "base_price": prices[firm]} for firm in log.firms}
    return Chosen(sections, firms, found.joint, absent)


def over_customers(mean: float, spread: float) -> Any:
    """A price sensitivity for all, or a lognormal distribution of it with this coefficient of variation."""
    return {"distribution": "lognormal", "mean": mean, "sd": mean * spread} if spread else mean


def _estimated(
    one: Panel, offers: Any, absent: dict[str, list[tuple[float, float]]], findings: list[Finding]
) -> tuple[Fit[Any], bool, float]:
    """The fit, whether it holds a response to price, and the standard error of inertia where that was held at 0.

    Where customers avoid what they bought last, all is estimated anew without inertia: the market has no variety seeking, and
    tastes that were fitted beside it would be those of another market.
    """
    from regulars.laws.lagged_choice import search

    def fitted(with_prices: bool, inertia: bool) -> tuple[Fit[Any], bool]:
        """The fit, and whether it has a sure response to price: one that is not even negative is not looked at any closer."""
        if with_prices:
            found = search(one.purchases, offers, absent=absent, inertia=inertia)
            if found.estimates["price"] < 0:
                fit = found.fit()
                if fit.estimates["price"] < -SURE * fit.standard_errors["price"]:
                    return fit, True
        return search(one.purchases, None, absent=absent, inertia=inertia).fit(), False

    found, responds = fitted(offers is not None, True)
    inertia, error = found.estimates["inertia"], found.standard_errors["inertia"]
    if inertia >= 0:
        return _differing(found, one, offers, absent, True) if responds else found, responds, error
    if inertia < -SURE * error:
        note = "customers avoid the firm bought last; the market has no variety seeking: the tastes are fitted anew without it"
        findings.append(Finding("", "variety seeking", inertia, error, "logits", "set to 0", note))
    again, responds = fitted(responds, False)
    return _differing(again, one, offers, absent, False) if responds else again, responds, error


def _differing(
    found: Fit[Any], one: Panel, offers: Any, absent: dict[str, list[tuple[float, float]]], inertia: bool
) -> Fit[Any]:
    """The fit in which customers differ in how much they mind prices, where it is likelier by far; else the one that was found."""
    from regulars.laws.lagged_choice import fit_lagged_choice

    both = [
        fit_lagged_choice(
            one.purchases, offers, absent=absent, inertia=inertia, draws=POINTS, price_spread=spread
        )
        for spread in (False, True)
    ]  # on the same points of taste
    sure = both[1].estimates["price"] < -SURE * both[1].standard_errors["price"]
    return both[1] if sure and both[1].log_likelihood > both[0].log_likelihood + GAIN else found


def some_households(log: Panel, findings: list[Finding]) -> Panel:
    """The log of every so many-th household, where there are very many."""
    people = log.customers
    if len(people) <= HOUSEHOLDS:
        return log
    every = int(np.ceil(len(people) / HOUSEHOLDS))
    kept = people[::every]
    table = log.purchases[log.purchases["customer"].isin(set(kept.tolist()))]
    rare = [firm for firm in log.firms if firm not in set(table["firm"])]
    if rare:  # a firm must be seen to be chosen
        return log
    note = f"choices of 1 in {every} households ({len(kept):,} of {len(people):,}); the standard errors are those of that many"
    findings.append(Finding("", "households whose choices were looked at", float(len(kept)), None, "", "sampled", note))  # fmt: skip
    return replace(log, purchases=table)


def _assumed_sensitivity(log: Panel, prices: dict[str, float], why: str, findings: list[Finding]) -> float:
    """Price sensitivity from the published prior of an elasticity, of one firm's log that of shops: -b p (1 - share)."""
    shares = log.shares()
    scale = (
        float(np.mean([prices[firm] * (1 - shares.get(firm, 0.5)) for firm in log.firms]))
        if not log.one_firm
        else prices[log.firms[0]] * 0.5
    )
    name = OF_SHOPS if log.one_firm else OF_BRANDS
    prior = collection().priors[name]
    note = f"{why}; taken from an elasticity of -{prior.mean:g}, with an error of {prior.sd:g} (`regulars evidence {name}`, {prior.strength})"
    findings.append(
        Finding(PRICE, "price sensitivity b", prior.mean / scale, prior.sd / scale, "logits per unit price", "assumed", note)
    )  # fmt: skip
    return prior.mean / scale


def _alone(log: Panel, prices: dict[str, float], rhythm: str, findings: list[Finding]) -> Chosen:
    """One firm's log: the outside option stands for rivals and for buying nothing."""
    sensitivity = _assumed_sensitivity(log, prices, "one firm's log has no prices of rivals", findings)
    firm = log.firms[0]
    here = ends_here(log, rhythm)
    findings.append(here)
    return Chosen(
        {
            "taste": {"kind": "homogeneous"},
            "choice": {
                "price_sensitivity": sensitivity,
                "outside": True,
                "outside_utility": float(pull(here.estimate)),
            },
        },
        {firm: {"share": 1.0, "base_price": prices[firm]}},
    )
