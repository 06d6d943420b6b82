"""Settings of the whole test suite: what shares a process, and what counts for coverage.

Looking for covered lines makes a test half as long again, so it is done in the rooms named here, which go everywhere. With
the compiler off (`NUMBA_DISABLE_JIT=1`, for the coverage of the loops) every loop is plain Python, a thousand times
slower: then only the tests named for it run, which send every loop through its paces on small markets, and numbers
overflow as silently as they do in machine code.
"""

import os
import re
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # tests share the cores already; before NumPy is there

import numpy as np
import pytest

pytest_plugins = ("pytester", "proving", "validate.resume")

HERE = Path(__file__).parent
ALONE = ("notebooks", "properties", "validate")  # rooms whose tests share nothing
WHOLE = ("",)
MEASURED = {  # words in the names of the tests of a room in which covered lines are looked for
    **dict.fromkeys(("cli", "face", "ground", "lab", "laws", "market", "measures", "panels", "pricing", "recommenders"), WHOLE),
    **dict.fromkeys(("show", "systems", "world"), WHOLE),
    "contract": ("test_books_and_state", "test_out_of_range"),
}  # fmt: skip
COMPILER_OFF = os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")
LOOPS = {  # the same, of the tests that run with the compiler off
    "behavior": ("13-12.0", "test_who_is_told", "test_only_friends_hear", "test_the_pull_is"),
    "contract": tuple(f"test_does_something[{name}]" for name in ("commission", "points", "recommendation", "tiers")),
    "plain": WHOLE,
    "strategies": ("test_prospect",),
    "world": ("test_audience", "test_card", "test_customers", "test_log.py", "test_purse", "test_friends_hear", "before_the_card"),
}  # fmt: skip

if COMPILER_OFF:
    np.seterr(all="ignore")


def room(path):
    """The folder of a test, or of a folder of tests."""
    return next(iter(path.relative_to(HERE).parts), "")


def named(item, rooms):
    """Whether a test is one of those named."""
    return any(word in item.nodeid for word in rooms.get(room(item.path), ()))


def pytest_ignore_collect(collection_path):
    """With the compiler off, pass over rooms from which nothing is wanted."""
    return True if COMPILER_OFF and room(collection_path) not in {"", *LOOPS} else None


def pytest_collection_modifyitems(config, items):
    """With the compiler off, keep what plain Python can do in a minute."""
    if COMPILER_OFF:
        kept = [item for item in items if named(item, LOOPS) and not {"big", "slow"} & {*item.keywords}]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Look for covered lines in the rooms where that is done, fixtures included."""
    plugin = item.config.pluginmanager.get_plugin("_cov")
    seeker = plugin and plugin.cov_controller
    if not seeker or COMPILER_OFF or named(item, MEASURED):
        return (yield)
    seeker.pause()
    try:
        return (yield)
    finally:
        seeker.resume()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Tests of a file share a process, so that what they share is drawn, fitted and run once."""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file, _, test = nodeid.partition("::")
            if Path(file).parent.name == "contract":  # a large file: what is about one strategy
                return re.split(r"[^a-z_]", test.partition("[")[2])[0]
            return nodeid if Path(file).parent.name in ALONE else file

    return Together(config, log)
