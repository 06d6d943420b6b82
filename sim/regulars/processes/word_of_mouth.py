"""Word of mouth: who tells whom about what, and what hearing it does.

After a purchase that went better or worse than expected a customer tells others, along the ties of the network. At the
end of the day they hear it: praise moves the chance p of buying there by praise x (1 - p), blame by blame x p, so that
those who are convinced already are moved least. The move is kept as a pull in logits that fades. Customers who hear of
a firm know it from then on. Loyal customers recommend after ordinary purchases too.

Several messages on one day, of one firm or of several, are heard all at once and mix evenly (`hearing`): with
a = -n_good log(1 - praise) and b = -n_bad log(1 - blame) the chance moves to a / (a + b) + (p - a / (a + b)) exp(-(a + b))
where one firm is talked about, which for one message is the rule above.

preset                              told_bad  told_good  source
asymmetry of the practitioners      9         5          TARP reports, quoted second-hand: 9 to 10 after bad, half after good
the claim of the source documents   25        5          "one dissatisfied customer affects more than 25 others" (C5)
no asymmetry per head                5         5          East, Hammond & Wright 2007 (Int. J. of Research in Marketing) find
                                                         praise about three times as frequent: there are more satisfied customers

The count of messages breaks even at the share told_bad / (told_bad + told_good) of satisfied customers, .643 for 9 to 5.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.behavior.hearing import SURE, heard, moves
from regulars.contract.process import Place, Process, Section, section
from regulars.ground.chance import purpose
from regulars.ground.kernel import kernel
from regulars.ground.parameter import ParameterSet, par
from regulars.world.board import Effect, Round
from regulars.world.customers import Column
from regulars.world.events import Event
from regulars.world.fading import faded

SYSTEMS = {
    "M9": "tests/behavior/test_word_of_mouth.py::test_the_loyal_recommend",
    "M11": "tests/behavior/test_word_of_mouth.py::test_counts_of_messages",
}
TELL, WHOM = purpose("talk", "tell"), purpose("talk", "whom")
LOUDEST = 50.0  # logits; as all pulls of a scenario
PRAISE, BLAME = 1, -1


class WordOfMouthRules(ParameterSet):
    """What customers tell one another."""

    # fmt: off
    on: bool = par(False, "", "", "whether customers talk about their purchases")
    good_above: float = par(0.3, "performance", "[-10, 10]", "performance less expectation above which a purchase is praised")
    bad_below: float = par(-0.3, "performance", "[-10, 10]", "performance less expectation below which it is blamed")
    told_good: float = par(5.0, "customers", "[0, 1000]", "how many hear of a good purchase, on average", "TARP (practitioners' reports, quoted second-hand)")
    told_bad: float = par(9.0, "customers", "[0, 1000]", "how many hear of a bad one; 25 in the source documents", "TARP (practitioners' reports, quoted second-hand)")
    telling_good: float = par(1.0, "probability", "[0, 1]", "chance of telling at all after a good purchase")
    telling_bad: float = par(1.0, "probability", "[0, 1]", "chance of telling at all after a bad one")
    recommending: float = par(0.1, "probability", "[0, 1]", "chance that a customer far above the upper threshold recommends after any purchase that is not bad", "Zeithaml, Berry & Parasuraman 1996 (sign; size assumed)")
    praise: float = par(0.1, "of what is missing", "[0, 1)", "share of 1 - p that praise adds to the chance p of buying there", "East, Hammond & Lomax 2008 (form; size assumed)")
    blame: float = par(0.1, "of what is there", "[0, 1)", "share of p that blame takes from it", "East, Hammond & Lomax 2008 (form; size assumed)")
    half_life: float = par(30.0, "days", "(0, 3660]", "time in which half of what was heard is forgotten")
    # fmt: on


class WordOfMouth(Process):
    """Lets customers tell others of their purchases, and moves those who hear.

    messages (2, firms): praise and blame told so far.
    """

    events: ClassVar[tuple[Event, ...]] = (
        Event("praise", "told others of a good purchase", "others told"),
        Event("blame", "told others of a bad purchase", "others told"),
    )
    follows: ClassVar[tuple[str, ...]] = ("norm",)
    sections: ClassVar[dict[str, Section]] = {
        "word_of_mouth": section(WordOfMouthRules, "what they tell one another")
    }
    columns: ClassVar[tuple[Column, ...]] = (
        Column("word", "f4", "logits", "pull of what others said of it, when last heard", pair=True, lived=True),
        Column("heard", "f4", "days", "when the customer last heard of it from others", pair=True, lived=True, endless=True, initial=-np.inf),
    )  # fmt: skip
    remembers: ClassVar[tuple[str, ...]] = ("messages",)

    @classmethod
    def problems(cls, spec: Any) -> list[tuple[Place, str]]:
        """Talk needs somebody to talk to, and something to talk about."""
        rules = spec.word_of_mouth
        wrong: list[tuple[Place, str]] = []
        if rules.on and not spec.network.on:
            told = "nobody knows anybody: set network.on = true as well"
            wrong.append((("word_of_mouth", "on"), told))
        if rules.on and not spec.experience.on:
            wrong.append(
                (("word_of_mouth", "on"), "talk comes from experience: set experience.on = true as well")
            )
        if rules.bad_below > rules.good_above:
            told = f"{rules.bad_below:g} is above good_above = {rules.good_above:g}: a purchase cannot be good and bad"
            wrong.append((("word_of_mouth", "bad_below"), told))
        return wrong

    def __init__(self, market: Any, rules: WordOfMouthRules) -> None:
        super().__init__(market, rules)
        self.width = float(market.scenario.spec.bond.width)
        self.messages = np.zeros((2, len(market.names)), np.int64)
        self.underway: list[NDArray[np.int64]] = []  # (receiver, firm, +1 or -1) in rows

    def feel(self, round: Round) -> None:
        """Who tells how many others, and whom."""
        rows = np.flatnonzero(round.chosen >= 0)
        who, occasion, firm = round.who[rows], round.occasion[rows], round.chosen[rows].astype(np.int64)
        tone = self._tone(who, occasion, firm, round.gap[rows])
        tells = np.flatnonzero(tone)
        if not tells.size:
            return
        rows, who, occasion, firm, tone = (x[tells] for x in (rows, who, occasion, firm, tone))
        told = np.where(tone == PRAISE, self.rules.told_good, self.rules.told_bad)
        number = np.floor(told + self.chance.uniform(TELL, who, occasion, 1)).astype(np.int64)
        row, partner = self.market.network.partners(WHOM, who, occasion, number, round.time[rows])
        self.underway.append(np.stack([partner, firm[row], tone[row]]))
        number = np.bincount(row, minlength=who.size)
        for line, (name, valence) in enumerate((("praise", PRAISE), ("blame", BLAME))):
            mine = tone == valence
            self.messages[line] += np.bincount(
                firm[mine], number[mine], minlength=len(self.market.names)
            ).astype(np.int64)
            for f in np.unique(firm[mine]):
                k = mine & (firm == f) & (number > 0)
                self.market.firms[f].event(name, self.title(), who[k], round.day, number[k])

    def _tone(
        self, who: NDArray[Any], occasion: NDArray[Any], firm: NDArray[np.int64], gap: NDArray[Any]
    ) -> NDArray[np.int64]:
        """What is told of each purchase: praise, blame or (0) nothing."""
        rules, c = self.rules, self.customers
        above = (c.satisfaction[who, firm] - c.upper_threshold[who]) / self.width
        loyal = rules.recommending / (1.0 + np.exp(-np.clip(above.astype(np.float64), -500.0, 500.0)))
        good, bad = gap > rules.good_above, gap < rules.bad_below
        praises = 1.0 - (1.0 - rules.telling_good * good) * (1.0 - loyal)
        u = self.chance.uniform(TELL, who, occasion)
        tone = np.where(bad, BLAME * (u < rules.telling_bad), PRAISE * (u < praises))
        return np.asarray(tone, np.int64)

    def talk(self, day: float) -> None:
        """At the end of the day everybody hears what was said."""
        if not self.underway:
            return
        receiver, firm, tone = np.concatenate(self.underway, axis=1)
        self.underway.clear()
        who, place = np.unique(receiver, return_inverse=True)
        count = np.zeros((2, who.size, len(self.market.names)))
        np.add.at(count, (np.where(tone == PRAISE, 0, 1), place, firm), 1.0)
        self.hear(who, count[0], count[1], day + 1.0)

    def hear(
        self, customers: NDArray[Any], praise: NDArray[Any], blame: NDArray[Any], day: float
    ) -> NDArray[np.float64]:
        """Let `customers` (each once) hear so much praise and blame of the firms, all of it at once.

        praise, blame: messages, shape (customers, firms). Returns their chances of buying at each firm now.
        """
        c, rules = self.customers, self.rules
        before, told = self.chances(customers, day), (praise + blame) > 0
        after = heard(before, -praise * np.log1p(-rules.praise), -blame * np.log1p(-rules.blame))
        outside = bool(self.market.scenario.spec.choice.outside)
        word = faded(c.word[customers], c.heard[customers], day, rules.half_life)
        word = word + moves(before, after, told, outside)
        surplus = self._surplus(customers, word, outside)
        now = told | (surplus != 0)[:, None]  # whose pull is worked out anew
        row, firm = np.nonzero(now)
        c.word[customers[row], firm] = np.clip(word - surplus[:, None], -LOUDEST, LOUDEST)[row, firm]
        c.heard[customers[row], firm] = day
        for f in np.flatnonzero(told.any(axis=0)):
            self.market.firms[f].relations.inform(customers[told[:, f]], day)
        return after

    def chances(self, customers: NDArray[Any], day: float) -> NDArray[np.float64]:
        """Chance that each of `customers` buys at each firm, with all that was heard; shape (customers, firms)."""
        word = faded(
            self.customers.word[customers], self.customers.heard[customers], day, self.rules.half_life
        )
        base, nothing = self._base(customers)
        odds, rest = base * np.exp(word), nothing
        return np.asarray(odds / (odds.sum(axis=1) + rest)[:, None])

    def _base(self, customers: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Chances of buying at each firm, and of buying nothing, had nobody said anything."""
        firms = range(len(self.market.names))
        base = np.stack([self.market.base_probability(f, customers) for f in firms], axis=1)
        outside = self.market.scenario.spec.choice.outside
        return base, np.maximum(1.0 - base.sum(axis=1), 0.0) if outside else np.zeros(len(customers))

    def _surplus(self, customers: NDArray[Any], word: NDArray[Any], outside: bool) -> NDArray[np.float64]:
        """Pull that all firms have in common and that moves nobody: it would grow for ever and is taken off, logits.

        Without the choice of buying nothing all of it; with it, what would make that choice ever less likely than SURE.
        """
        base, nothing = self._base(customers)
        level = np.log((base * np.exp(word)).sum(axis=1) + nothing)
        return np.maximum(level - np.log(np.maximum(nothing / SURE, 1.0)), 0.0) if outside else level

    def appeal(self, round: Round) -> None:
        """What was heard pulls."""
        c = self.customers
        pull = np.empty((len(self.market.names), len(round)))
        _pulls(round.who, round.time, c.word, c.heard, float(self.rules.half_life), pull)
        for f in np.flatnonzero(pull.any(axis=1)):
            round.column(Effect.ATTACHMENT, int(f))[:] += pull[f]

    def save(self) -> dict[str, Any]:
        """Counts, and what was said today and not heard yet."""
        underway = np.concatenate([np.zeros((3, 0), np.int64), *self.underway], axis=1)
        return {**super().save(), "underway": underway}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `save` gave."""
        super().restore(saved)
        self.underway = [np.array(saved["underway"], np.int64)]


@kernel
def _pulls(who: Any, time: Any, word: Any, heard: Any, half_life: Any, out: Any) -> None:
    """What is left of the words heard, by firm and row, logits."""
    for r in range(who.size):
        i = who[r]
        for f in range(word.shape[1]):
            out[f, r] = 0.0
            if word[i, f] != 0.0:
                out[f, r] = word[i, f] * 2.0 ** (-max(time[r] - heard[i, f], 0.0) / half_life)
