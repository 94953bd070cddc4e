"""Standard output that arrives within 20 ms and still costs little more than a plain buffer.

The first lines of a quiet moment are written at once; what follows inside the same 20 ms is
collected and flushed by a thread that sleeps whenever there is nothing to do. Anything that
leaves or forks the process without Python's goodbye flushes first.
"""

from __future__ import annotations

import _thread
import atexit
import io
import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from collections.abc import Callable
    from typing import Any
else:
    import _signal as signal  # the C part: the rest of `signal` costs an `enum`

WINDOW_S = 0.02
#: Lines written straight through in one window, so that slow programs never wait and the last
#: words before a crash are rarely lost.
AT_ONCE = 16
_BUFFER = 1 << 16
_PATIENCE_S = 1.0

_plain_write = io.BufferedWriter.write
_plain_flush = io.BufferedWriter.flush
_sleep = time.sleep


class Flusher:
    """Calls back a window after it was asked to, on a thread that sleeps in between."""

    def __init__(self) -> None:
        self._lock = _thread.allocate_lock()
        self._wake = _thread.allocate_lock()
        self._wake.acquire()
        self._armed: list[Callable[[], None]] = []
        self._running = False

    def arm(self, flush: Callable[[], None]) -> None:
        """Have `flush` called when the window is over, once; it must not raise."""
        with self._lock:
            if flush not in self._armed:
                self._armed.append(flush)
            if len(self._armed) > 1:
                return
            try:
                if not self._running:
                    self._running = True
                    _thread.start_new_thread(self._flush_for_ever, ())
            except RuntimeError:
                return  # no thread can be started any more
        try:
            self._wake.release()
        except RuntimeError:
            pass  # it is awake

    def _flush_for_ever(self) -> None:
        while True:
            self._wake.acquire()
            _sleep(WINDOW_S)
            with self._lock:
                armed, self._armed = self._armed, []
            for flush in armed:
                flush()


class PromptWriter(io.BufferedWriter):
    """A buffer whose writes reach the pipe within the window. Any thread may write."""

    def __init__(self, raw: io.RawIOBase) -> None:
        super().__init__(raw, _BUFFER)
        self._left = AT_ONCE
        self._armed = False
        self._flusher = Flusher()
        self._quiet = False
        self._retired = False
        #: Held while the thread flushes, so that others can wait until it does not.
        self.flushing = _thread.allocate_lock()

    def write(self, data: Any) -> int:
        """Take bytes as any buffer does; see the class for when they leave."""
        if self._retired:
            return self._write_through(data)
        written = _plain_write(self, data)
        if self._left > 0 and data.__class__ is bytes and data.endswith(b"\n"):
            self._left -= 1
            _plain_flush(self)
        if not self._armed:
            self._arm()
        return written

    def _write_through(self, data: Any) -> int:
        left = memoryview(data).cast("B")
        size = len(left)
        while left:
            left = left[self.raw.write(left) or len(left) :]
        return size

    def flush(self) -> None:
        """Write what is buffered; once retired, nothing is."""
        if not self._retired:
            _plain_flush(self)

    def close(self) -> None:
        """Close as any buffer does; once retired, the process' end does that."""
        if not self._retired:
            super().close()

    def _arm(self) -> None:
        if not self._quiet:
            self._armed = True
            self._flusher.arm(self._end_window)

    def _end_window(self) -> None:
        with self.flushing:
            if self._quiet:
                return
            # Disarmed before the flush: a write in between asks for a window of its own.
            self._armed = False
            self._left = AT_ONCE
            flush_quietly(self)

    def retire(self) -> None:
        """End the thread's part, and write straight through from here on, without the lock.

        A daemon thread of the program may be caught inside a write when the interpreter shuts
        down. It never gives the buffer's lock back, and then the interpreter's last flush, or
        the closing of the stream, is fatal. What cannot be flushed stays the interpreter's to
        tell.
        """
        with self.flushing:
            self._quiet = True
        try:
            self.flush()
        except Exception:  # noqa: BLE001 - a reader that is gone, a raw stream of any make
            return
        self._retired = True
        try:
            _plain_flush(self)  # what other threads wrote in between
        except Exception:  # noqa: BLE001 - as above
            pass

    def start_over(self) -> None:
        """Forget the thread, which a forked child does not have; the next write starts one."""
        self.flushing = _thread.allocate_lock()
        self._flusher = Flusher()
        self._armed = False
        self._left = AT_ONCE


def flush_quietly(stream: Any) -> None:
    """Flush; a reader that is gone or a stream that was closed is nobody's error here."""
    try:
        stream.flush()
    except Exception:  # noqa: BLE001 - the user may have put anything in place of a stream
        pass


def flush_all() -> None:
    """Flush standard output and error, whatever they are now."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            flush_quietly(stream)


def install() -> None:
    """Put the prompt writer under `sys.stdout` and before every way out of the process."""
    plain = sys.stdout
    if plain is None:
        return
    encoding, errors = plain.encoding, plain.errors
    raw = plain.detach().detach()  # type: ignore[union-attr]  # a TextIOWrapper, says the manual
    writer = PromptWriter(raw)
    stream = io.TextIOWrapper(
        writer, encoding=encoding, errors=errors, newline="\n", write_through=True
    )
    stream.mode = "w"  # type: ignore[misc]  # as the interpreter's own has it
    sys.stdout = sys.__stdout__ = stream  # type: ignore[misc]  # Final in typeshed
    _retire_at_exit(writer)
    _follow_forks(writer)
    flush_before_leaving(flush_all)


def _retire_at_exit(writer: PromptWriter) -> None:
    """Retire after the program's own exit functions: registered first means called last.

    An interrupt that comes this late has nothing left to end. It would show up as a traceback
    of ours at the first line of Python that still runs, so that line is given two chances.
    """

    before: dict[str, Any] = {}

    def at_last() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sys.unraisablehook = before["unraisablehook"]
        writer.retire()

    def without_interrupts(unraisable: Any, /) -> None:
        if unraisable.exc_type is not KeyboardInterrupt:
            sys.__unraisablehook__(unraisable)

    atexit.register(at_last)
    atexit.register(at_last)
    # These two are C: an interrupt does not surface in them.
    atexit.register(setattr, sys, "unraisablehook", without_interrupts)
    atexit.register(before.update, sys.__dict__)


_forked = False


def _follow_forks(writer: PromptWriter) -> None:
    held = [False]

    def before() -> None:
        held[0] = writer.flushing.acquire()
        flush_all()

    def in_parent() -> None:
        if held[0]:  # not where an interrupt came first
            held[0] = False
            writer.flushing.release()

    def in_child() -> None:
        global _forked
        _forked = True
        writer.start_over()

    os.register_at_fork(before=before, after_in_parent=in_parent, after_in_child=in_child)


def _flush_in_time(flush: Callable[[], None]) -> None:
    if not _forked:
        flush()
        return
    # In a forked child another thread of the parent may hold a stream's lock for ever.
    done = _thread.allocate_lock()
    done.acquire()

    def run() -> None:
        flush()
        done.release()

    _thread.start_new_thread(run, ())
    done.acquire(timeout=_PATIENCE_S)


def flush_before_leaving(flush: Callable[[], None]) -> None:
    """Call `flush` before every way out of the process that says no goodbye."""

    def in_time() -> None:
        _flush_in_time(flush)

    for name in ("_exit", "abort", "execv", "execve", "posix_spawn", "posix_spawnp", "system"):
        plain = getattr(os, name, None)
        if plain is not None:
            setattr(os, name, _after_flush(plain, in_time))
    try:
        import _posixsubprocess
    except ImportError:
        return
    _posixsubprocess.fork_exec = _after_flush(_posixsubprocess.fork_exec, flush)


def _after_flush(plain: Callable[..., Any], flush: Callable[[], None]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            flush()
        except Exception:  # noqa: BLE001 - the way out stays open, whatever the streams do
            pass
        return plain(*args, **kwargs)

    for attribute in ("__name__", "__qualname__", "__doc__", "__module__", "__text_signature__"):
        if hasattr(plain, attribute):
            try:
                setattr(call, attribute, getattr(plain, attribute))
            except (AttributeError, TypeError):
                pass
    return call
