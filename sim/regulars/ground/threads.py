"""How many threads linear algebra may take."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def one_thread(function: Callable[P, T]) -> Callable[P, T]:
    """A function whose linear algebra (BLAS) runs in one thread.

    A likelihood multiplies thousands of small matrices. Shared among threads each product waits for the slowest of them: on two
    cores a fit took twice as long with two threads as with one, four times as long beside other work.
    """

    @wraps(function)
    def alone(*args: P.args, **kwargs: P.kwargs) -> T:
        from threadpoolctl import threadpool_limits

        with threadpool_limits(limits=1, user_api="blas"):
            return function(*args, **kwargs)

    return alone
