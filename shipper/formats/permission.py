"""What a project's imports call for. Pure; both sides of the door read it."""

from typing import Final, NamedTuple

#: What a project of the user's own gets when its imports call for it, so that a game just plays.
GRANTED_BY_IMPORT: Final = frozenset({"display", "audio"})


class Wanted(NamedTuple):
    """A permission that a project does not speak of, and the modules that usually need it."""

    permission: str
    modules: tuple[str, ...]
