"""The one way to say that a public name has a new one."""

import warnings
from typing import NamedTuple


class Deprecation(NamedTuple):
    """A name that still works: since which version it should not be used, and what is instead.

    `removed_in` is the first version that no longer knows it; `instead` is the new name, or what
    to do where there is none.
    """

    name: str
    since: str
    removed_in: str
    instead: str

    @property
    def message(self) -> str:
        """Return what is said of it, in one sentence."""
        return (
            f"`{self.name}` is deprecated since Playhead {self.since} and goes with "
            f"{self.removed_in}: use {self.instead}."
        )


def deprecated(
    name: str, *, since: str, removed_in: str, instead: str, stacklevel: int = 2
) -> Deprecation:
    """Warn that `name` was used, at the place that `stacklevel` names, and return what was said.

    2 is whoever called the function that calls this one. It is a DeprecationWarning, which
    Python shows to those who run the code themselves and to tests.
    """
    said = Deprecation(name, since, removed_in, instead)
    warnings.warn(said.message, DeprecationWarning, stacklevel=stacklevel + 1)
    return said
