"""The oracles once more with ten times as many customers, for `make validate`: standard errors a third as large."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FILES = sorted(
    path for path in HERE.glob("test_*.py") if "LARGER" in path.read_text() and path != Path(__file__)
)


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_oracle_with_ten_times_as_many_customers(file):
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", file],
        cwd=HERE.parents[1],
        env={**os.environ, "REGULARS_LARGER": "10"},
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stdout[-6000:] + told.stderr[-2000:]
