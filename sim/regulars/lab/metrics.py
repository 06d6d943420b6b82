"""The metrics of a comparison and their units; what each means stands in docs/reference/measures.md."""

UNITS = {
    "profit": "currency", "incremental_profit": "currency", "revenue": "currency", "incremental_revenue": "currency",
    "purchases": "purchases", "incremental_purchases": "purchases", "retention": "share", "churn": "share",
    "share_of_requirements": "share", "penetration": "share", "buyers": "customers", "members": "customers",
    "complaints": "complaints", "communication": "currency", "acquisition": "currency", "staff": "currency",
    "reward_cost": "currency",
    "return_on_reward": "currency per currency", "break_even_day": "day", "liability": "currency",
    "profit_before_liability": "currency", "deferred_revenue": "currency",
    "customers_kept": "customers", "customers_won": "customers", "customers_lost": "customers",
    "caused": "currency", "subsidised": "currency", "uncaused": "currency",
    "naive_lift": "currency per customer", "true_lift": "currency per customer", "selection_gap": "currency per customer",
}  # fmt: skip
OF_SEGMENTS = {
    "contribution": "currency",
    "incremental_contribution": "currency",
}  # beside revenue and purchases
