"""What a run may do to the world around it, in the session's words. Pure.

The vocabulary is closed: net, read, write, run, env, display, audio, gpu (design page, Deno's words
where they fit). `True` is all of a kind, a tuple is some of it, `False` nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

Grant = bool | tuple[str, ...]

PERMISSIONS: Final = ("net", "read", "write", "run", "env", "display", "audio", "gpu")
#: What a project of the user's own gets when its imports call for it, so that a game just plays.
_BY_IMPORT: Final = frozenset({"display", "audio"})


class Rights(NamedTuple):
    """The rights of one run. `wanted` are permissions that its imports call for and it lacks."""

    net: Grant = False
    read: Grant = False
    write: Grant = False
    run: Grant = True
    env: Grant = False
    display: bool = False
    audio: bool = False
    gpu: bool = False
    wanted: tuple[str, ...] = ()

    def with_grants(self, grants: Iterable[str]) -> "Rights":
        """Return them with more: each grant is a permission, or `permission=some,more`.

        Raises ValueError for one outside the vocabulary.
        """
        rights = self
        for grant in grants:
            name, _, names = grant.partition("=")
            if name not in PERMISSIONS:
                msg = f"There is no permission `{name}`; there are {', '.join(PERMISSIONS)}."
                raise ValueError(msg)
            more: Any = {name: _more(getattr(rights, name), names)}
            rights = rights._replace(**more)
        lacking = tuple(name for name in rights.wanted if getattr(rights, name) is False)
        return rights._replace(wanted=lacking)

    @property
    def granted(self) -> tuple[str, ...]:
        """The permissions beyond those that every program has."""
        return tuple(name for name in PERMISSIONS if getattr(self, name) and name != "run")


#: What a program has without asking.
NO_RIGHTS: Final = Rights()


def _more(now: Grant, names: str) -> Grant:
    some = tuple(name for name in names.split(",") if name)
    if now is True or not some:
        return True
    return (*(now or ()), *some)


def rights_of(said: Mapping[str, bool | Sequence[str]], wanted: Iterable[str] = ()) -> Rights:
    """Return the rights of an own project whose manifest says this and whose imports want that."""
    found: dict[str, Any] = {
        name: value if isinstance(value, bool) else tuple(value) for name, value in said.items()
    }
    imported = dict.fromkeys(_BY_IMPORT & set(wanted), True)
    rest = tuple(name for name in wanted if name not in _BY_IMPORT)
    return Rights(**{**imported, **found}, wanted=rest)
