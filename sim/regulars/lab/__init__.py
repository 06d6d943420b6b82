"""Experiments on markets: compare arms, sweep parameters, keep results."""
