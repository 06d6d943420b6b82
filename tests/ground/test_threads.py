"""Linear algebra in one thread, and as before afterwards, whatever happens."""

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from regulars.ground.threads import one_thread


def threads():
    np.ones((2, 2)) @ np.ones((2, 2))
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_one_thread_inside_and_as_before_outside():
    @one_thread
    def inside(fails):
        """Says so."""
        if fails:
            raise ValueError("no")
        return threads()

    with threadpool_limits(limits=2, user_api="blas"):
        before = threads()
        assert inside(False) == {1} and threads() == before
        with pytest.raises(ValueError, match="no"):
            inside(True)
        assert threads() == before
    assert inside.__name__ == "inside" and inside.__doc__ == "Says so."
