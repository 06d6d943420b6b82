"""Does the interval of an answer hold the truth? Worlds whose truth is known write logs, which are fitted and answered as a user's are.

`python -m validate.answers --worlds 200` runs those that have not run yet; each is kept as it ends, under a hash of the source, so that an
interrupted study goes on. What is found is told by `validate.answers_page`.
"""

import argparse
import json
import re
import tempfile
import time
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from validate.answer_forms import YEAR, forms_known
from validate.answer_worlds import EVERY, OURS, WORLDS, World, world
from validate.real_logs import KEPT
from validate.resume import source_hash

from regulars import Scenario, compare, fit
from regulars.lab.comparison import Comparison
from regulars.lab.fit import Fitted
from regulars.scenario import CONTROL

ROOT = Path(__file__).parents[2]
FOLDER = KEPT / "answers"
HANGS_ON = ("sim", "tests/validate/answers.py", "tests/validate/answer_worlds.py", "tests/validate/answer_forms.py")  # fmt: skip
ARMS = (
    ("everyday_low_price", "threshold_rebate", "tiers"),
    ("everyday_low_price", "points", "tiers"),
)  # in turn: a third less to run
REPLICATES = 20  # as `regulars compare` has when nothing is said
LARGE, TIMES = 4_000, 4  # customers of a true market, and how many of them: their mean is the truth
WRITES, TRUE, YEAR_TO_COME = (
    1_000,
    2_000,
    3_000,
)  # first seeds: of the log, of the true markets, of the one year that came
BEFORE = 182.0  # days that several firms are in the market before the log begins: logs begin in mid-life
START = pd.Timestamp("2023-01-02")


def write_log(one: World, file: Path) -> None:
    """The log of a world as a till or a panel would write it: dates and times, names, money; one firm's has no prices."""
    before = 0.0 if one.kind == "one firm" else BEFORE
    lived = Scenario(one.table).set({"market.days": before + YEAR})
    bought = lived.market(seed=WRITES + one.number, log="memory").run().log.purchases()
    bought = bought[bought["time"] >= before].sort_values("time")
    bought = bought.assign(firm=bought["firm"].astype(str), time=bought["time"] - before)
    table = pd.DataFrame({
        "customer": "c" + bought["customer"].astype(str),
        "time": (START + pd.to_timedelta(bought["time"], unit="D")).dt.strftime("%Y-%m-%d %H:%M:%S"),
        "firm": bought["firm"],
        "amount": bought["amount"].round(2),
        "price": bought["price"].round(4),
    })  # fmt: skip
    if one.one_firm:
        table = table[table["firm"] == OURS].drop(columns=["firm", "price"])
    table.to_csv(file, index=False)


def fitted_to(one: World) -> Fitted:
    """The market that a user would fit, knowing the log and perhaps the margin."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "log.csv"
        write_log(one, file)
        return fit(file, margin=one.margin, focal=None if one.one_firm else OURS)


def true_market(one: World, fitted: Fitted, customers: int) -> Scenario:
    """The world with the programmes that were fitted to its log."""
    table = {**one.table, "arms": fitted.scenario.table["arms"]}
    return Scenario(table).set({"market.customers": customers})


def profits(found: Comparison) -> pd.DataFrame:
    """Incremental profit, a row a replicate, a column an arm."""
    return found.wide("incremental_profit")[list(found.arms)]


def answered(one: World) -> dict[str, Any]:
    """One world: what the answer said of each programme, and what was true, in currency units of a market of the world's size."""
    began = time.process_time()
    size, arms = int(one.table["market"]["customers"]), ARMS[one.number // EVERY % 2]
    with forms_known(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = fitted_to(one)
        said = compare(fitted.scenario, REPLICATES, arms, jobs=1)
        truth = compare(true_market(one, fitted, LARGE), TIMES, arms, seed=TRUE + one.number, jobs=1)
        came = compare(true_market(one, fitted, size), 1, arms, seed=YEAR_TO_COME + one.number, jobs=1)
    ranking, true, year = said.ranking().set_index("arm"), profits(truth) * (size / LARGE), profits(came)
    sales = truth.wide("revenue")[CONTROL].mean() * size / LARGE
    return {
        "number": one.number, "kind": one.kind, "form": one.form, "margin_known": one.margin is not None,
        "customers": size, "fitted_customers": int(fitted.scenario.spec.market.customers), "sales": float(sales), "replicates": REPLICATES,
        "arms": {
            arm: {
                "mean": float(ranking.loc[arm, "incremental_profit"]), "low": float(ranking.loc[arm, "low"]), "high": float(ranking.loc[arm, "high"]),
                "p_best": float(ranking.loc[arm, "p_best"]), "truth": float(true[arm].mean()), "truth_se": float(true[arm].std() / np.sqrt(TIMES)),
                "year": float(year[arm].iloc[0]),
            }
            for arm in arms
        },
        "p_control": said.p_control_best(), "inputs": inputs(one, said), "seconds": time.process_time() - began,
    }  # fmt: skip


def inputs(one: World, said: Comparison) -> dict[str, list[float]]:
    """What was drawn for uncertain values of which the truth is known: truth, mean, standard deviation."""
    drawn = said.inputs.groupby("input")["value"].agg(["mean", "std"])
    ours = [firm.name for firm in said.scenario.spec.firms].index(said.focal)
    drawn.index = pd.Index([re.sub(rf"^firms\.{ours}\.", f"firms.{OURS}.", name.removesuffix(".mean")) if name != "need.mean" else name for name in drawn.index])  # fmt: skip
    return {
        name: [value, float(drawn.loc[name, "mean"]), float(drawn.loc[name, "std"])]
        for name, value in one.truth.items()
        if name in drawn.index
    }


def place() -> Path:
    """Where worlds that ran on the source as it is are kept."""
    return FOLDER / source_hash(ROOT, HANGS_ON)


def run(number: int, folder: Path) -> dict[str, Any]:
    """The record of a world, from where it is kept, or run now and kept."""
    file = folder / f"{number:03}.json"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".draft")
        draft.write_text(json.dumps(answered(world(number)), indent=1) + "\n", encoding="utf-8")
        draft.rename(file)
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def kept(folder: Path | None = None) -> list[dict[str, Any]]:
    """Records of all worlds that ran: on the source as it is, else on the one of which there are the latest."""
    folders = sorted((f for f in FOLDER.glob("*") if any(f.glob("*.json"))), key=lambda f: f.stat().st_mtime)
    now = folder or place()
    here = now if now in folders else folders[-1] if folders else now
    return [json.loads(file.read_text(encoding="utf-8")) for file in sorted(here.glob("*.json"))]


def main(numbers: Iterable[int]) -> None:
    """Run worlds one after the other and say what each took."""
    folder = place()
    for number in numbers:
        found = run(number, folder)
        print(f"world {number}: {found['kind']} {found['form']}, {found['seconds']:.0f} s", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--worlds", type=int, default=WORLDS, help="how many, from the first on")
    main(range(parser.parse_args().worlds))
