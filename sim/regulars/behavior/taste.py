"""What customers like by themselves: the lasting part of attraction, in logits.

With `dirichlet` tastes and no other force choice probabilities are exactly Dirichlet(S * shares), so that the
market is the NBD-Dirichlet (Goodhardt, Ehrenberg & Chatfield 1984, JRSS A 147:621-655): a_ij = log G_ij with
G_ij ~ Gamma(S s_j, 1) makes softmax(a_i) Dirichlet.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from regulars.ground.chance import Chance, purpose
from regulars.ground.parameter import ParameterSet, par
from regulars.world.customers import Customers

TASTE, PLACE = purpose("taste"), purpose("taste", "place")


class Taste(ParameterSet):
    """How tastes differ between customers."""

    shapes_people: ClassVar[bool] = True
    kind: Literal["homogeneous", "dirichlet", "normal", "hotelling"] = par(
        "dirichlet", "", "", "distribution of tastes over customers"
    )
    concentration: float = par(
        1.5,
        "",
        "(0, inf)",
        "Dirichlet S: small for partisans, large for customers who are all alike",
        "Goodhardt, Ehrenberg & Chatfield 1984",
    )
    sd: float = par(1.0, "logits", "[0, inf)", "spread of normal tastes (mixed logit)", "Train 2009, ch. 6")
    correlation: float = par(0.0, "", "[0, 1)", "correlation of normal tastes between any two firms")
    correlations: tuple[tuple[float, ...], ...] = par(
        (), "", "", "correlation matrix of normal tastes, firms in order of name; overrides `correlation`"
    )
    transport: float = par(
        1.0,
        "logits per unit distance",
        "[0, inf)",
        "loss of attraction per distance on the line (hotelling)",
        "Hotelling 1929",
    )


def endow(
    customers: Customers, taste: Taste, shares: NDArray[Any], positions: NDArray[Any], chance: Chance
) -> None:
    """Draw the tastes a_ij (logits); `shares` are taste weights of the firms, summing to 1."""
    n, firms = customers.count, len(shares)
    everyone = np.arange(n)
    values = customers.add("taste", np.log(shares))
    if taste.kind == "dirichlet":
        for f, share in enumerate(shares):
            values[:, f] = chance.log_gamma(TASTE, everyone, taste.concentration * share, 0, f)
    elif taste.kind == "normal":
        noise = np.column_stack([chance.normal(TASTE, everyone, 0, f) for f in range(firms)])
        values += noise @ (taste.sd * _root(taste, firms)).T
    elif taste.kind == "hotelling":
        place = chance.uniform(PLACE, everyone)
        values[...] = -taste.transport * np.abs(place[:, None] - positions[None, :])


def _root(taste: Taste, firms: int) -> NDArray[Any]:
    """Cholesky root of the correlation matrix of tastes."""
    if taste.correlations:
        matrix = np.asarray(taste.correlations, np.float64)
    else:
        matrix = np.full((firms, firms), taste.correlation) + (1 - taste.correlation) * np.eye(firms)
    return np.linalg.cholesky(matrix)


def problem(taste: Taste, firms: int) -> str:
    """What is wrong with the correlation matrix, or nothing."""
    if not taste.correlations:
        return ""
    matrix = np.asarray([list(row) for row in taste.correlations if len(row) == firms], np.float64)
    if matrix.shape != (firms, firms):
        return f"a {firms} by {firms} matrix is needed, one row and one column per firm"
    if not (np.allclose(matrix, matrix.T) and np.allclose(np.diag(matrix), 1)):
        return "a correlation matrix is symmetric and has ones on its diagonal"
    if np.linalg.eigvalsh(matrix)[0] <= 1e-9:
        return "no such correlations can exist: the matrix is not positive definite"
    return ""
