"""The Pareto/NBD of a log."""

from regulars.laws.customer_base import CustomerBase
from regulars.laws.pareto_nbd import fit_pareto_nbd


class ParetoNBDOfLog(CustomerBase):
    """Customers who quietly leave, by the Pareto/NBD."""

    title = "Pareto/NBD"
    fitter = staticmethod(fit_pareto_nbd)
