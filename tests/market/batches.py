"""Iterations of mesa's `batch_run`, as each mesa wants them."""

import inspect

import mesa

HAS_RNG = (
    "rng" in inspect.signature(mesa.batch_run).parameters
)  # from mesa 3.4 on; `iterations` is deprecated then


def times(iterations):
    """Arguments of `batch_run` for so many iterations."""
    return {"rng": [None] * iterations} if HAS_RNG else {"iterations": iterations}
