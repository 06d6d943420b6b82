"""Errors that are told to people."""


class RegularsError(ValueError):
    """Something in the user's input is wrong; the message names the place, the value, the unit and what would be right."""


def is_ours(error: BaseException) -> bool:
    """Whether an error is a fault of the program, and none of the input, of files or of too little memory."""
    return not isinstance(error, (RegularsError, OSError, MemoryError))
