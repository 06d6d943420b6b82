"""A satisfaction and loyalty survey of a running market: what customers say, as far as people do.

Every answer is a place on a bounded scale, made of a latent in [0, 1] and of the person who answers:

answer = low + (high - low) * clip(1/2 + use_i (latent - 1/2) + leniency_i + error), rounded

* satisfaction looks back: the cumulative satisfaction with the firm. Only those who have been there can tell;
* intention to buy again looks forward: feeling h(satisfaction), with decreasing returns, and the chance of returning
  that the customer foresees from taste, price and switching cost, w h + (1 - w) p. What satisfaction really does to
  the choice (`bond`) is another matter: intent shows decreasing, behaviour increasing returns (Mittal & Kamakura
  2001, JMR 38:131-142);
* identification: whether the firm is liked better than all others, the logistic of the preference gap, without
  price and switching cost (after Bhattacharya & Sen 2003, J. Marketing 67:76-88);
* recommendation: satisfaction and identification, so that the locked-in do not recommend (Reichheld 2003, HBR 81(12):46-54);
* first in mind: the firm named first.

A survey reads and changes nothing: all its draws are its own, keyed by customer and number of the survey, so that a
customer answers alike whoever else is asked and in both arms of a comparison. (Real surveys may move behaviour by
asking; Chandon, Morwitz & Reinartz 2005, J. Marketing 69:1-14. This one does not.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regulars.ground.chance import purpose
from regulars.ground.errors import RegularsError
from regulars.ground.parameter import ParameterSet, Spread, par, spread_bounds
from regulars.measures.log import window
from regulars.minds import attitude

if TYPE_CHECKING:
    from regulars.market import Market

SYSTEMS = {"M20": "tests/minds/test_survey.py::test_intention_foretells_better_than_satisfaction"}
ITEMS = ("satisfaction", "intention", "recommendation", "identification")
LENIENCY, USE = purpose("survey", "leniency"), purpose("survey", "scale use")
ERROR, MIND = purpose("survey", "error"), purpose("survey", "mind")
REPLY, SAMPLE = purpose("survey", "reply"), purpose("survey", "sample")


class SurveyRules(ParameterSet):
    """How people answer. Forms are after the sources; sizes without one are assumed."""

    points: int = par(10, "points", "[2, 101]", "points of the satisfaction scale: 10 for 1..10, 5 for 1..5")
    rounded: bool = par(True, "", "", "whether answers are whole points; false for a slider")
    leniency: Spread = par(
        Spread(distribution="normal", mean=0.08, sd=0.06),
        "share of the scale",
        "[-1, 1]",
        "how much higher than meant a customer answers",
        "Peterson & Wilson 1992, JAMS 20:61-71",
    )
    use: Spread = par(
        Spread(distribution="lognormal", mean=1.0, sd=0.2),
        "share of the scale per unit of latent",
        "(0, 10]",
        "how widely a customer uses the scale: above 1 goes to its ends, below 1 stays in its middle",
        "Baumgartner & Steenkamp 2001, JMR 38:143-156",
    )
    error: float = par(0.08, "share of the scale", "[0, 10]", "spread of the random error of one answer")
    saturation: float = par(
        2.0,
        "per satisfaction",
        "[0, 50]",
        "decreasing returns of satisfaction in stated intention; 0 for a straight line",
        "Mittal & Kamakura 2001, JMR 38:131-142",
    )
    feeling_weight: float = par(
        0.5,
        "",
        "[0, 1]",
        "weight of satisfaction in stated intention; the rest is the foreseen chance of returning",
    )
    liking_weight: float = par(
        0.4, "", "[0, 1]", "weight of identification in recommendation; the rest is satisfaction"
    )
    habit: float = par(
        attitude.HABIT, "logits", "[0, 50]", "how much sooner the firm bought from last comes to mind"
    )
    slip: float = par(1.0, "logits", "[0, 50]", "spread of what comes to mind first; 0: always the strongest")
    reply: float = par(
        0.4, "probability", "(0, 1]", "chance that a customer of middling satisfaction answers"
    )
    reply_tilt: float = par(0.5, "logits per satisfaction", "[-50, 50]", "how much more the satisfied answer")
    reply_extremes: float = par(
        0.5,
        "logits",
        "[-50, 50]",
        "how much more those with strong feelings answer",
        "Hu, Pavlou & Zhang 2009, Communications of the ACM 52(10):144-147",
    )


def survey(
    market: Market,
    firm: str,
    sample: str | NDArray[Any] = "customers",
    rules: SurveyRules | None = None,
    *,
    size: int | None = None,
    number: int | None = None,
    purchases: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Ask customers about a firm today; nothing in the market changes.

    Args:
        market: the market as it stands.
        firm: name of the firm asked about.
        sample: `customers` (bought there last), `buyers` (ever bought there; from the log), `everyone` in the market,
            or numbers of customers.
        rules: how people answer; `SurveyRules()` by default.
        size: ask so many of the sample, drawn at random; all by default.
        number: of the survey; the same number gives the same errors. The number of the tick by default.
        purchases: the log, if the market did not keep it in memory: tells who has been there.

    Returns:
        One row per respondent: ``customer``, ``firm``, ``day``, ``satisfaction`` (1 to points; missing for those who have not
        bought there, as far as the log and the last purchase tell, and where customers do not learn), ``intention``,
        ``recommendation`` and ``identification`` (0 to 10; missing for those who do not know the firm), ``first_in_mind``
        (name of a firm; missing for those who know none). ``.attrs["asked"]`` is the number asked.

    Errors: no such firm or sample; `buyers` without a log.
    """
    f, rules = attitude.number_of(market, firm), rules or SurveyRules()
    number = market.tick if number is None else int(number)
    if isinstance(sample, str) and sample == "buyers" and purchases is None and not _has_log(market):
        raise RegularsError(
            'buyers are known from the log: build the market with log="memory", or give `purchases`'
        )
    been = _been_there(market, f, purchases)
    asked = _asked(market, f, sample, been, size, number)
    c = market.customers
    satisfaction = np.full(len(asked), np.nan)
    if c.has("satisfaction"):
        satisfaction = np.where(been[asked], c.satisfaction[asked, f].astype(np.float64), np.nan)
    replies = _reply_chance(satisfaction, rules) > market.chance.uniform(REPLY, asked, number, f)
    who, satisfaction = asked[replies], satisfaction[replies]
    strength = attitude.in_mind(market, who, rules.habit)
    knows = ~np.isneginf(strength[:, f])
    latents = _latents(market, f, who, satisfaction, rules)
    answers: dict[str, Any] = {"customer": who, "firm": firm, "day": market.day}
    style = _style(market, who, rules)
    for k, item in enumerate(ITEMS):
        low, high = (1.0, float(rules.points)) if item == "satisfaction" else (0.0, 10.0)
        noise: Any = 0.0
        if rules.error:
            noise = rules.error * market.chance.normal(ERROR, who, number, len(ITEMS) * f + k)
        answers[item] = np.where(
            knows, _answer(latents[item], *style, noise, low, high, rules.rounded), np.nan
        )
    answers["first_in_mind"] = _first(market, who, strength, rules.slip, number)
    table = pd.DataFrame(answers)
    table.attrs["asked"] = len(asked)
    return table


def foreseen_chance(market: Market, firm: int, customers: NDArray[Any]) -> NDArray[np.float64]:
    """Chance of buying at `firm` next time that customers foresee: a logit of taste, price and switching cost.

    As the choice itself, but without the bond of satisfaction, programmes and the offers of the day; 0 for a firm
    that the customer does not know.
    """
    c, spec = market.customers, market.scenario.spec
    value = attitude.lasting_attraction(market, customers, bond=False)
    value -= c.price_sensitivity[customers].astype(np.float64)[:, None] * market.offers.arrays["price"]
    last = c.incumbent[customers][:, None]
    same, stay = last == np.arange(len(market.names)), c.switching_cost[customers].astype(np.float64)[:, None]
    value += (
        np.where(same, stay, 0.0)
        if spec.switching.form == "premium"
        else np.where(same | (last < 0), 0.0, -stay)
    )
    if c.has("aware_from"):
        value[c.aware_from[customers] > market.day] = -np.inf
    if spec.choice.outside:
        value = np.column_stack([value, np.full(len(value), float(spec.choice.outside_utility))])
    weight = np.exp(value - np.maximum(value.max(axis=1, keepdims=True), -1e300))
    return weight[:, firm] / np.maximum(weight.sum(axis=1), 1e-300)


def felt_intention(satisfaction: NDArray[Any], saturation: float) -> NDArray[np.float64]:
    """What satisfaction in [0, 1] adds to stated intention: h(S) = (1 - exp(-k S)) / (1 - exp(-k)), S itself for k = 0."""
    return satisfaction if saturation == 0 else np.expm1(-saturation * satisfaction) / np.expm1(-saturation)


def _latents(
    market: Market, firm: int, who: NDArray[Any], satisfaction: Any, rules: SurveyRules
) -> dict[str, Any]:
    """What the items ask for, in [0, 1]; without an experience intention and recommendation rest on the other part."""
    liking = 1.0 / (
        1.0 + np.exp(-np.clip(attitude.preference_gap(market, market.names[firm], who), -500, 500))
    )
    foreseen = foreseen_chance(market, firm, who)
    felt, known = felt_intention(satisfaction, rules.saturation), ~np.isnan(satisfaction)
    w, v = rules.feeling_weight, rules.liking_weight
    return {
        "satisfaction": satisfaction,
        "intention": np.where(known, w * felt + (1 - w) * foreseen, foreseen),
        "recommendation": np.where(known, v * liking + (1 - v) * satisfaction, liking),
        "identification": liking,
    }


def _style(
    market: Market, who: NDArray[Any], rules: SurveyRules
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Scale use and leniency of each respondent: the same in every survey and for every item."""
    return tuple(
        getattr(rules, name).draw(market.chance.uniform(what, who), spread_bounds(rules, name))
        for name, what in (("use", USE), ("leniency", LENIENCY))
    )


def _answer(latent: Any, use: Any, leniency: Any, noise: Any, low: float, high: float, rounded: bool) -> Any:
    place = np.clip(0.5 + use * (latent - 0.5) + leniency + noise, 0.0, 1.0)
    answer = low + (high - low) * place
    return np.floor(answer + 0.5) if rounded else answer


def _first(market: Market, who: NDArray[Any], strength: Any, slip: float, number: int) -> NDArray[Any]:
    """Names of the firms that come to mind first: the strongest after a Gumbel slip, a logit."""
    named = strength.copy()
    if slip:
        for f in range(strength.shape[1]):
            named[:, f] -= slip * np.log(-np.log(market.chance.uniform(MIND, who, number, f)))
    first = np.array(market.names, dtype=object)[named.argmax(axis=1)] if len(who) else np.empty(0, object)
    first[np.isneginf(strength).all(axis=1)] = None
    return first


def _been_there(market: Market, firm: int, purchases: pd.DataFrame | None) -> NDArray[np.bool_]:
    """Who is known to have bought at the firm: by the last purchase, and by the log where there is one."""
    c = market.customers
    been = c.incumbent == firm
    if c.has("aware_from"):
        been &= c.aware_from[:, firm] <= market.day
    if purchases is None and _has_log(market):
        purchases = market.log.purchases()
    if purchases is not None:
        known = window(purchases, None, market.day)
        been[known.loc[known["firm"] == market.names[firm], "customer"].unique()] = True
    return been


def _has_log(market: Market) -> bool:
    return market.log.rows and market.log.path is None


def _asked(
    market: Market, firm: int, sample: Any, been: Any, size: int | None, number: int
) -> NDArray[np.int64]:
    here = attitude.present(market)
    if not isinstance(sample, str):
        chosen = np.asarray(sample)
        numbers = np.flatnonzero(chosen) if chosen.dtype == np.bool_ else np.unique(chosen).astype(np.int64)
        if numbers.size and not (numbers[0] >= 0 and numbers[-1] < len(here)):
            raise RegularsError(
                f"sample: this market has customers 0 to {len(here) - 1}, not {numbers[0]} to {numbers[-1]}"
            )
        asked = numbers[here[numbers]]
    elif sample == "everyone":
        asked = np.flatnonzero(here)
    elif sample == "customers":
        asked = np.flatnonzero(here & been & (market.customers.incumbent == firm))
    elif sample == "buyers":
        asked = np.flatnonzero(here & been)
    else:
        raise RegularsError(
            f"sample={sample!r}: choose 'customers', 'buyers', 'everyone' or numbers of customers"
        )
    if size is not None and size < len(asked):
        draws = market.chance.uniform(SAMPLE, asked, number)
        asked = np.sort(asked[np.argsort(draws, kind="stable")[:size]])
    return asked


def _reply_chance(satisfaction: Any, rules: SurveyRules) -> NDArray[np.float64]:
    if rules.reply >= 1.0:
        return np.full(len(satisfaction), np.inf)
    feeling = np.nan_to_num(satisfaction - 0.5)
    odds = np.log(rules.reply / (1 - rules.reply)) + rules.reply_tilt * feeling
    odds += rules.reply_extremes * 2 * np.abs(feeling)
    return 1.0 / (1.0 + np.exp(-odds))
