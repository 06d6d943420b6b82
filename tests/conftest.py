"""Settings of the whole test suite.

With the compiler off (`NUMBA_DISABLE_JIT=1`, for the coverage of the loops) every loop is plain Python, a thousand
times slower: then only the tests named here run, which send every loop through its paces on small markets, and numbers
overflow as silently as they do in machine code.
"""

import os
import re
from pathlib import Path

import numpy as np
import pytest

pytest_plugins = ("pytester", "validate.resume")

ALONE = ("notebooks",)  # rooms whose tests share nothing
COMPILER_OFF = os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")
ROOMS = ("plain", "world")  # whole folders
SINGLE = {  # words in the names of tests of other folders
    "contract": ("test_does_something",),
    "behavior": ("13-12.0", "test_who_is_told", "test_only_friends_hear", "test_the_pull_is"),
    "strategies": ("test_prospect",),
}

if COMPILER_OFF:
    np.seterr(all="ignore")


def pytest_collection_modifyitems(config, items):
    """With the compiler off, keep what plain Python can do in minutes."""
    if not COMPILER_OFF:
        return
    here = Path(__file__).parent
    kept, left = [], []
    for item in items:
        room = item.path.relative_to(here).parts[0]
        chosen = room in ROOMS or any(word in item.nodeid for word in SINGLE.get(room, ()))
        (kept if chosen and "big" not in item.keywords else left).append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=left)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Tests of a file share a process, so that what they share is drawn, fitted and run once."""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file, _, test = nodeid.partition("::")
            room = Path(file).parts[-2]
            if room == "contract":  # a large file: what is about one strategy
                return re.split(r"[^a-z_]", test.partition("[")[2])[0]
            return nodeid if room in ALONE else file

    return Together(config, log)
