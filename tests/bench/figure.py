"""One row of the bench table."""

from typing import NamedTuple


class Figure(NamedTuple):
    """A measured figure beside its target; both sides of a ratio are measured in one run."""

    name: str
    target: str
    measured: str
    met: bool
    how: str
