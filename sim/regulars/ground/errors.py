"""Errors that are told to people."""


class RegularsError(ValueError):
    """Something in the user's input is wrong; the message names the place, the value, the unit and what would be right."""
