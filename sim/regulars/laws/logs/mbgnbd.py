"""The MBG/NBD of a log."""

from regulars.laws.customer_base import CustomerBase
from regulars.laws.mbgnbd import fit_mbgnbd


class MBGNBDOfLog(CustomerBase):
    """Customers who quietly leave, by the MBG/NBD."""

    title = "MBG/NBD"
    fitter = staticmethod(fit_mbgnbd)
