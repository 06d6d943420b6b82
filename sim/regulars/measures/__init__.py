"""Statistics computed from a log of purchases, real or simulated: pure functions of a table.

A log has the columns customer, time (days, or order of purchase), firm and amount (money), in order of purchase within
each customer. Windows are ``start <= time < end``; where non-buyers matter, ``customers`` is the size of the population.
"""
