"""The order in which things were last used, and stepping through it as Ctrl+Tab does. Pure."""

from collections.abc import Hashable
from typing import Generic, TypeVar

Thing = TypeVar("Thing", bound=Hashable)


class RecentOrder(Generic[Thing]):
    """Newest first. While stepping, the order stands still; `settle` takes what was chosen."""

    def __init__(self) -> None:
        self._things: list[Thing] = []
        self._at: int | None = None

    @property
    def stepping(self) -> bool:
        """Whether a step was made that is not settled."""
        return self._at is not None

    @property
    def things(self) -> tuple[Thing, ...]:
        """Everything, newest first."""
        return tuple(self._things)

    def use(self, thing: Thing) -> None:
        """Note that a thing is used now; ignored while stepping."""
        if not self.stepping:
            self.forget(thing)
            self._things.insert(0, thing)

    def forget(self, thing: Thing) -> None:
        """A thing is gone."""
        if thing in self._things:
            self._things.remove(thing)

    def step(self, by: int) -> Thing | None:
        """Return the thing `by` places further from the newest, around the end."""
        if not self._things:
            return None
        self._at = ((self._at or 0) + by) % len(self._things)
        return self._things[self._at]

    def settle(self) -> None:
        """The thing stepped to is the one in use."""
        at, self._at = self._at, None
        if at is not None and at < len(self._things):
            self.use(self._things[at])
