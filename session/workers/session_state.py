"""One worker session, as plain data, and what makes it valid. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final, NoReturn, Self

from session.workers.session_errors import WorkerSessionInvalid

#: How long a session lives that nobody uses, in seconds.
DEFAULT_TTL_S: Final = 3600.0
#: The most bytes that an id may have.
LONGEST_ID: Final = 256

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class WorkerSession:
    """What calls that belong together share.

    `programs` are named values, which mean something to whoever put them there. Times are
    seconds of the store's clock. `ttl_s` is how long it lives after its last use, `math.inf` for
    ever. `last_worker_id` names the worker that served it last.
    """

    id: str
    created_at: float
    last_accessed: float
    ttl_s: float = DEFAULT_TTL_S
    metadata: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    programs: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    last_worker_id: str | None = None

    @property
    def expires_at(self) -> float:
        """The last moment at which it lives."""
        return self.last_accessed + self.ttl_s

    def has_expired(self, now: float) -> bool:
        """Whether it was not used for longer than it lives; at that very moment it still lives."""
        return self.expires_at < now

    def touched(self, now: float) -> Self:
        """Return it as used now; a clock that was behind does not make it older."""
        return replace(self, last_accessed=max(self.last_accessed, now))

    def with_program(self, name: str, value: object) -> Self:
        """Return it with a named value put in, or put anew."""
        return replace(self, programs={**self.programs, name: value})

    def without_program(self, name: str) -> Self:
        """Return it without a named value; there need be none."""
        return replace(self, programs={n: v for n, v in self.programs.items() if n != name})

    def with_metadata(self, name: str, value: object) -> Self:
        """Return it with something noted about it."""
        return replace(self, metadata={**self.metadata, name: value})

    def checked(self) -> Self:
        """Return it, its tables as copies of its own; raise WorkerSessionInvalid."""
        check_id(self.id)
        _check_tables(self)
        _check_times(self)
        if self.last_worker_id is not None and not is_id(self.last_worker_id):
            _refuse("invalid_last_worker_id", "the id of its last worker is no text")
        return replace(self, metadata=_own(self.metadata), programs=_own(self.programs))


def is_id(value: object) -> bool:
    """Whether a value can be an id: text, not empty and not endless."""
    return isinstance(value, str) and 0 < len(value.encode(errors="replace")) <= LONGEST_ID


def check_id(value: object) -> None:
    """Raise WorkerSessionInvalid where a value cannot be an id."""
    if not is_id(value):
        _refuse("invalid_id", f"its id has to be text of 1 to {LONGEST_ID} bytes")


def check_changed(before: WorkerSession, after: object) -> WorkerSession:
    """Return what became of a session; raise WorkerSessionInvalid where it is another one."""
    if not isinstance(after, WorkerSession):
        _refuse("not_a_session", "what came back is no session")
    if after.id != before.id:
        _refuse("invalid_id", "a session keeps its id")
    if after.created_at != before.created_at:
        _refuse("invalid_created_at", "a session keeps when it was made")
    return after


def _check_tables(session: WorkerSession) -> None:
    for name, table in (("metadata", session.metadata), ("programs", session.programs)):
        if not _is_table(table):
            _refuse(f"invalid_{name}", f"its {name} are not values by name")


def _check_times(session: WorkerSession) -> None:
    for name in ("created_at", "last_accessed"):
        if not _is_number(getattr(session, name)) or math.isinf(getattr(session, name)):
            _refuse(f"invalid_{name}", f"`{name}` is not a time")
    if not _is_number(session.ttl_s) or session.ttl_s < 0:
        _refuse("invalid_ttl", "its time to live has to be seconds, 0 or more")
    if session.last_accessed < session.created_at:
        _refuse("invalid_timestamps", "it was used before it was made")


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(key, str) for key in value)


def _is_number(value: object) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return not math.isnan(value)


def _own(table: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(table)) if table else _NOTHING


def _refuse(kind: str, reason: str) -> NoReturn:
    raise WorkerSessionInvalid(kind, reason)
