"""What customers choose next under the lagged logit, each with the tastes that its own choices make likely and its last choice known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regulars.ground.errors import RegularsError
from regulars.laws.choice_likelihood import ChoiceLikelihood
from regulars.laws.choice_table import Choices
from regulars.laws.fitted import Fit
from regulars.laws.lagged_choice import LaggedChoice
from regulars.laws.state_dependence import logit_markov_shares
from regulars.laws.tastes import tastes

Array = np.ndarray


@dataclass(frozen=True)
class ChoiceForecast:
    """Customers of a log before their next choices, under a lagged logit with Dirichlet tastes.

    Attributes:
        data: their choices.
        attraction: [R, J] exp of the tastes at each of R points.
        prior: [R] weights of the points for a customer of whom nothing is known.
        weights: [N, R] the same given each customer's choices (Bayes).
        last: [N] firm that each chose last.
        inertia: in logits.
    """

    data: Choices
    attraction: Array
    prior: Array
    weights: Array
    last: Array
    inertia: float

    def moves(self) -> Array:
        """P(next firm | last firm), by point [R, J, J]; rows sum to 1."""
        value = np.repeat(self.attraction[:, None, :], self.attraction.shape[1], axis=1)
        diagonal = np.arange(value.shape[1])
        value[:, diagonal, diagonal] *= np.exp(self.inertia)
        return value / value.sum(axis=2, keepdims=True)

    def ahead(self, chances: Array) -> tuple[Array, Array, Array]:
        """What each customer does at its next choices.

        Args:
            chances: [N, K] chance that a customer makes a first, second, ... Kth further choice.

        Returns:
            Expected choices of each firm [N, J]; expected repeats of the firm chosen before, at the first of them [N]; and at
            all later ones [N].
        """
        moves = self.moves()
        points, firms = self.attraction.shape
        stay = moves[:, np.arange(firms), np.arange(firms)]
        chosen, first, later = np.zeros((len(self.last), firms)), np.zeros(len(self.last)), np.zeros(len(self.last))  # fmt: skip
        for firm in range(firms):
            mine = np.flatnonzero(self.last == firm)
            if not len(mine):
                continue
            state = np.zeros((points, firms))
            state[:, firm] = 1.0
            for k in range(chances.shape[1]):
                again = self.weights[mine] @ (state * stay).sum(axis=1) * chances[mine, k]
                if k == 0:
                    first[mine] += again
                else:
                    later[mine] += again
                state = np.einsum("rj,rjk->rk", state, moves)
                chosen[mine] += (self.weights[mine] @ state) * chances[mine, k : k + 1]
        return chosen, first, later

    def steady(self) -> tuple[Array, Array]:
        """Of all purchases of a random customer in mid-life, the share of each firm [J], and of those that repeat it [J]."""
        shares = np.array([logit_markov_shares(np.log(a), self.inertia) for a in self.attraction])
        stay = self.moves()[:, np.arange(shares.shape[1]), np.arange(shares.shape[1])]
        return self.prior @ shares, self.prior @ (shares * stay)


def choice_forecast(fit: Fit[LaggedChoice], data: Choices, draws: int = 1024) -> ChoiceForecast:
    """The customers of a log before their next choices.

    Args:
        fit: a lagged logit with Dirichlet tastes and without covariates.
        data: the choices it was fitted to, of `choice_table.choices`.
        draws: points that stand for the distribution of tastes.

    Raises:
        RegularsError: for other tastes, or with prices, of which those to come are not known.
    """
    law = fit.law
    if law.heterogeneity != "dirichlet" or law.coefficients:
        raise RegularsError(
            "choices are predicted by a lagged logit with Dirichlet tastes and without covariates"
        )
    kind = tastes("dirichlet", len(data.firms), draws, 1)
    alpha = np.array([law.tastes["diversity"] * law.tastes[f"preference {firm}"] for firm in data.firms])
    points, log_weight = kind.points(np.log(alpha))
    likelihood = ChoiceLikelihood(data, kind, "stationary")
    at = likelihood.at(law.inertia, np.zeros(0), points)
    each = np.concatenate([at.each(block)[0] for block in likelihood.blocks]) + log_weight
    weights = np.exp(each - each.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    ends = np.flatnonzero(np.r_[np.diff(data.customer) > 0, True])
    attraction = np.exp(points - points.max(axis=1, keepdims=True))
    return ChoiceForecast(data, attraction, np.exp(log_weight), weights, data.chosen[ends], law.inertia)
