"""What a run may do to the world around it, in the session's words. Pure.

The vocabulary is closed: net, read, write, run, env, display, audio, gpu (design page, Deno's words
where they fit). `True` is all of a kind, a tuple is some of it, `False` nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

Grant = bool | tuple[str, ...]

PERMISSIONS: Final = ("net", "read", "write", "run", "env", "display", "audio", "gpu")


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
    by_import = _granted_by_import()
    imported = dict.fromkeys(by_import & set(wanted), True)
    rest = tuple(name for name in wanted if name not in by_import)
    return Rights(**{**imported, **found}, wanted=rest)


def _granted_by_import() -> frozenset[str]:
    """What the imports of a project grant it. A worker alone has no project, and needs none."""
    from shipper.formats.permission import GRANTED_BY_IMPORT

    return GRANTED_BY_IMPORT


def foreign_rights(said: Mapping[str, bool | Sequence[str]]) -> Rights:
    """Return the rights of somebody else's project: what it forbids itself, and nothing it asks."""
    return rights_of({"run": said["run"]}) if "run" in said else NO_RIGHTS


class Question(NamedTuple):
    """A permission that the user is asked about.

    `parts` are those that the manifest names, () for all of it. `modules` are the imports that
    call for it, () where the manifest itself asks.
    """

    permission: str
    parts: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()

    @property
    def grant(self) -> str:
        """What grants it, as `Rights.with_grants` reads it."""
        return f"{self.permission}={','.join(self.parts)}" if self.parts else self.permission


def questions_of(
    said: Mapping[str, bool | Sequence[str]],
    wanted: Mapping[str, Sequence[str]],
    *,
    own: bool,
) -> tuple[Question, ...]:
    """Return what is to be asked before a project plays: by its manifest, and by its imports.

    An own project is asked about for its imports only: what its manifest says, the user wrote.
    """
    asked = {} if own else {one: said[one] for one in said if one != "run" and said[one]}
    by_import = _granted_by_import()
    lacked = [one for one in wanted if not (own and one in by_import)]
    return tuple(
        Question(one, _parts(asked.get(one, True)), tuple(wanted.get(one, ())))
        for one in PERMISSIONS
        if one in asked or one in lacked
    )


def _parts(value: bool | Sequence[str]) -> tuple[str, ...]:
    return () if isinstance(value, bool) else tuple(value)
