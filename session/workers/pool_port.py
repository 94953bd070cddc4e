"""What a pool needs of a worker, so that any worker with the same public face can be pooled."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import asyncio


class PooledWorker(Protocol):
    """A worker as a pool sees it; `session.workers.worker.Worker` is one.

    `threads`: how many calls may run in it at once.
    """

    @property
    def id(self) -> str:
        """Its name, which no other worker has."""
        ...

    @property
    def threads(self) -> int:
        """How many calls may run in it at once."""
        ...

    @property
    def tools(self) -> Sequence[Mapping[str, Any]]:
        """What it declared."""
        ...

    @property
    def pid(self) -> int | None:
        """Its process number; None where it has no process here."""
        ...

    @property
    def alive(self) -> bool:
        """Whether it can be called."""
        ...

    @property
    def ended(self) -> "asyncio.Future[Any]":
        """Set when nothing of it is left; its `exit` and `last_words` tell how it went."""
        ...

    async def execute(
        self,
        command: str,
        args: Mapping[str, Any] | None = None,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - part of the worker's face
        session_id: str | None = None,
        correlation_id: str | None = None,
        main_thread: bool = False,
    ) -> Any:  # noqa: ANN401 - whatever the tool returns
        """Call a tool and return its answer."""
        ...

    def execute_stream(
        self,
        command: str,
        args: Mapping[str, Any] | None = None,
        *,
        timeout: float | None = None,  # as above
        session_id: str | None = None,
        correlation_id: str | None = None,
        main_thread: bool = False,
    ) -> AsyncGenerator[Any]:
        """Call a streaming tool and go through what it yields."""
        ...

    async def ping(self, timeout: float | None = None) -> float:  # noqa: ASYNC109 - as above
        """Return how long it took to answer, in seconds."""
        ...

    async def stop(self, grace: float | None = None) -> object:
        """Ask it to end, wait for `grace` seconds, then end it."""
        ...

    def kill(self) -> None:
        """End it now."""
        ...


#: Starts one worker; raises a `ConnectFailed` where none comes up.
Hire = Callable[[], Awaitable[PooledWorker]]
