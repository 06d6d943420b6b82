"""Parts of fitting a market to a log: need, spending, choice, what was found, arms, and the check."""
