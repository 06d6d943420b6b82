"""Statistics computed from a log of purchases, real or simulated: pure functions of a table.

A log has the columns customer, time (days, or order of purchase), firm and amount (money), in order of purchase within
each customer. Windows are ``start <= time < end``; where non-buyers matter, ``customers`` is the size of the population.
"""

from regulars.ground.lazy import face
from regulars.measures.customer_value import (
    UnequalValue,
    customer_profit,
    lifetime_value,
    mean_duration,
    not_worth_having,
    relationships,
    unequal_value,
)
from regulars.measures.decomposition import (
    ProfitChange,
    ProfitParts,
    contributions,
    profit_change,
    profit_parts,
)
from regulars.measures.dick_basu import dick_basu, excess_attrition, medians
from regulars.measures.duplication import (
    DoubleJeopardy,
    double_jeopardy,
    duplication,
    duplication_coefficient,
)
from regulars.measures.funnel import customer_classes, funnel, reward_costs
from regulars.measures.heavy_buyers import ParetoShare, pareto_share, top_share
from regulars.measures.intention import foretells, intention_gap, later_behaviour, net_promoter
from regulars.measures.log import window
from regulars.measures.loyalty import behavioural_loyalty, main_customers, wallet_distribution, wallet_shares
from regulars.measures.moments import cohort_moments, moments
from regulars.measures.referral_tree import cascade_size, referral_values, reproduction
from regulars.measures.repeat_buying import (
    brand_table,
    counts,
    market_share,
    next_repeat,
    penetration,
    period_repeat,
    successive,
)
from regulars.measures.retention import (
    calendar_cohorts,
    churn,
    cohort_retention,
    gap_summary,
    interpurchase_times,
    survival,
)
from regulars.measures.rfm import rfm, rfm_scores, rfm_segments
from regulars.measures.switching import gain_loss, switching_flows, switching_matrix
from regulars.measures.value import (
    Concentration,
    ObservedCLV,
    concentration,
    deciles,
    gini,
    observed_clv,
    revenue_per_customer,
)

__all__ = [
    "Concentration",
    "DoubleJeopardy",
    "ObservedCLV",
    "ParetoShare",
    "ProfitChange",
    "ProfitParts",
    "UnequalValue",
    "behavioural_loyalty",
    "brand_table",
    "calendar_cohorts",
    "cascade_size",
    "churn",
    "cohort_moments",
    "cohort_retention",
    "concentration",
    "contributions",
    "counts",
    "customer_classes",
    "customer_profit",
    "deciles",
    "dick_basu",
    "double_jeopardy",
    "duplication",
    "duplication_coefficient",
    "excess_attrition",
    "foretells",
    "funnel",
    "gain_loss",
    "gap_summary",
    "gini",
    "intention_gap",
    "interpurchase_times",
    "later_behaviour",
    "lifetime_value",
    "main_customers",
    "market_share",
    "mean_duration",
    "medians",
    "moments",
    "net_promoter",
    "next_repeat",
    "not_worth_having",
    "observed_clv",
    "pareto_share",
    "penetration",
    "period_repeat",
    "profit_change",
    "profit_parts",
    "referral_values",
    "relationships",
    "reproduction",
    "revenue_per_customer",
    "reward_costs",
    "rfm",
    "rfm_scores",
    "rfm_segments",
    "successive",
    "survival",
    "switching_flows",
    "switching_matrix",
    "top_share",
    "unequal_value",
    "wallet_distribution",
    "wallet_shares",
    "window",
]
__getattr__, __dir__ = face("regulars.measures", {}, __all__)
