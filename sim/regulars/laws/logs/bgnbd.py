"""The BG/NBD of a log."""

from regulars.laws.bgnbd import fit_bgnbd
from regulars.laws.customer_base import CustomerBase


class BGNBDOfLog(CustomerBase):
    """Customers who quietly leave, by the BG/NBD."""

    title = "BG/NBD"
    fitter = staticmethod(fit_bgnbd)
