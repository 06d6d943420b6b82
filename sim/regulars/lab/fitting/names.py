"""Names of firms as scenarios allow them."""


def safe(name: str) -> str:
    """A firm's name as a scenario allows it."""
    return str(name).replace(".", "_") or "firm"
