"""Names of people as they are written in lists, last name first."""

from collections.abc import Callable


def known_name(name: str, is_known: Callable[[str], bool]) -> str:
    """Return "Joel Coen" for "Coen, Joel" if only the former is known; other names are not changed."""
    last, comma, first = name.partition(",")
    turned = f"{first.strip()} {last.strip()}"
    return turned if comma and not is_known(name) and is_known(turned) else name
