"""Fitted descriptions of repeat buying: the same code for simulated and for real logs.

Laws are frozen dataclasses of parameters whose methods predict; fits return a ``Fit`` with standard errors. ``fit_law(name, log)``
does it in one step for every law: fit, forecast, check, picture.
"""

from regulars.ground.lazy import face
from regulars.laws.bgbb import BGBB, fit_bgbb
from regulars.laws.bgnbd import BGNBD, fit_bgnbd
from regulars.laws.clv import (
    discount_elasticity,
    equity_matrix,
    firm_value,
    geometric_clv,
    retention_elasticity,
    value_of_fewer_defections,
)
from regulars.laws.dirichlet import Dirichlet
from regulars.laws.dirichlet_fit import diversity_by_firm, fit_dirichlet, fit_dirichlet_from_summaries
from regulars.laws.fitted import Fit
from regulars.laws.lagged_choice import LaggedChoice, fit_lagged_choice
from regulars.laws.mbgnbd import MBGNBD, fit_mbgnbd
from regulars.laws.nbd import NBD
from regulars.laws.nbd_fit import fit_nbd, nbd_from_zeros
from regulars.laws.of_log import LawOfLog, fit_law, law_class, law_names
from regulars.laws.pareto_nbd import ParetoNBD, fit_pareto_nbd
from regulars.laws.residual_value import residual_value
from regulars.laws.sbg import SBG, fit_sbg
from regulars.laws.shy import shy_costs, shy_prices
from regulars.laws.spending import GammaGamma, fit_gamma_gamma
from regulars.laws.state_dependence import (
    exchangeability_contrast,
    logit_markov_shares,
    logit_markov_state_shares,
    repeat_rates,
    symmetric_contrast,
    symmetric_repeat,
)
from regulars.laws.tracking import frequency_fit, tracking
from regulars.laws.truncated_nbd import fit_truncated_nbd
from regulars.panels.histories import calibration_holdout, recency_frequency, repeats_between

__all__ = [
    "BGBB",
    "BGNBD",
    "MBGNBD",
    "NBD",
    "SBG",
    "Dirichlet",
    "Fit",
    "GammaGamma",
    "LaggedChoice",
    "LawOfLog",
    "ParetoNBD",
    "calibration_holdout",
    "discount_elasticity",
    "diversity_by_firm",
    "equity_matrix",
    "exchangeability_contrast",
    "firm_value",
    "fit_bgbb",
    "fit_bgnbd",
    "fit_dirichlet",
    "fit_dirichlet_from_summaries",
    "fit_gamma_gamma",
    "fit_lagged_choice",
    "fit_law",
    "fit_mbgnbd",
    "fit_nbd",
    "fit_pareto_nbd",
    "fit_sbg",
    "fit_truncated_nbd",
    "frequency_fit",
    "geometric_clv",
    "law_class",
    "law_names",
    "logit_markov_shares",
    "logit_markov_state_shares",
    "nbd_from_zeros",
    "recency_frequency",
    "repeat_rates",
    "repeats_between",
    "residual_value",
    "retention_elasticity",
    "shy_costs",
    "shy_prices",
    "symmetric_contrast",
    "symmetric_repeat",
    "tracking",
    "value_of_fewer_defections",
]
__getattr__, __dir__ = face("regulars.laws", {}, __all__)
