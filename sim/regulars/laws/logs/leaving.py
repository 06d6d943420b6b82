"""The best law of customers who quietly leave."""

from __future__ import annotations

from collections.abc import Mapping

from regulars.laws.customer_base import CustomerBase, Fitter
from regulars.laws.of_log import law_class, law_names


class LeavingOfLog(CustomerBase):
    """Customers who quietly leave, by that law in continuous time whose AIC is smallest before the split."""

    title = "the best law of leaving"
    comparable = False

    @classmethod
    def candidates(cls) -> Mapping[str, Fitter]:
        """The laws in continuous time."""
        known = [law_class(name) for name in law_names()]
        found = [law for law in known if issubclass(law, CustomerBase) and law.comparable]
        return {law.title: law.fitter for law in found}
