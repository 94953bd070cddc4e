"""The signals that end a `playhead play`: Ctrl-C, SIGTERM, SIGHUP, on the event loop.

One that was ignored when we were started stays ignored (`nohup`, a shell's background job).
"""

import asyncio
import signal
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class EndingSignals:
    """While entered, calls `on_signal` with each ending signal that arrives."""

    def __init__(self, on_signal: Callable[[signal.Signals], None]) -> None:
        self._on_signal = on_signal
        self._loop = asyncio.get_running_loop()
        self._taken: list[signal.Signals] = []

    def __enter__(self) -> Self:
        for number in ENDING:
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._loop.add_signal_handler(number, self._on_signal, number)
                self._taken.append(number)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number in self._taken:
            self._loop.remove_signal_handler(number)
