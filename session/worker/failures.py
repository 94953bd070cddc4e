"""Tells the session about exceptions that nobody caught, and shows them as Python would.

Our frames are left out and paths of the view are shown as the project's. It must work with a
broken exception, with hardly any memory and in any thread, and never makes matters worse.
"""

from __future__ import annotations

import _thread
import sys

from .binding import asked_before, last_address
from .streams import flush_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Any

    from .peer import Channel

_FOLDER = __file__[: -len("failures.py")]
_HIDDEN = ("<frozen runpy>", "<frozen importlib._bootstrap>")
_FRAMES = 60
_TEXT = 4000
_GROUPED = 10
#: EACCES, EADDRINUSE and EADDRNOTAVAIL, of Linux and of macOS, without importing `errno`.
_ABOUT_ADDRESSES = (13, 98, 99, 48, 49)
_MISSING = object()
_CONTEXT: Any = BaseException.__dict__["__context__"]
_TRACEBACK: Any = BaseException.__dict__["__traceback__"]


class Reporter:
    """Sends diagnostics of one run over the `events` channel."""

    def __init__(self, events: Channel, view: str) -> None:
        self._events = events
        self._view = view.rstrip("/") + "/"
        self._reserve: bytes | None = bytes(1 << 18)
        #: The part of the program that runs now: a notebook's cell.
        self.origin: str | None = None
        #: Prints an exception; notebooks bring one that knows the source of their cells.
        self.display: Callable[[BaseException], None] = _display

    def uncaught(self, error: BaseException) -> None:
        """Report what ended the program, and print it to its standard error."""
        self._reserve = None  # memory to report the lack of memory with
        leave_ours_out(error)
        hook = getattr(sys, "excepthook", _MISSING)
        if hook is not sys.__excepthook__:
            self._send("exception", error)  # first: their hook may never come back
            self._call_theirs(hook, error)
            return
        try:
            self.show(error)
        finally:
            self._send("exception", error)

    def _call_theirs(self, hook: Any, error: BaseException) -> None:
        """Call the program's own hook; what goes wrong in it is shown as the interpreter does."""
        if hook is _MISSING:
            self._tell("sys.excepthook is missing\n")
            self.show(error)
            return
        try:
            hook(type(error), error, traceback_of(error))
        except SystemExit:
            raise  # the hook's exit code is the program's
        except BaseException as broken:  # noqa: BLE001 - as the interpreter does
            flawed = broken
        else:
            return
        self._tell("Error in sys.excepthook:\n")
        self.show(flawed)
        self._tell("\nOriginal exception was:\n")
        self.show(error)

    def _tell(self, text: str) -> None:
        if sys.stderr is not None:
            try:
                sys.stderr.write(text)
            except Exception:  # noqa: BLE001 - a user's stream may do anything
                pass

    def interrupted(self, interrupt: BaseException) -> None:
        """Report where SIGINT met the program; it is no error, so no traceback is printed."""
        leave_ours_out(interrupt)
        flush_all()  # what was printed before it is read before it
        self._send("interrupt", interrupt)
        if getattr(sys, "excepthook", _MISSING) is sys.__excepthook__:
            sys.excepthook = lambda *_ignored: None

    def leaving(self, leaving: SystemExit) -> None:
        """Report the error that the program handled by leaving: its exit code does not say."""
        error: BaseException | None = _CONTEXT.__get__(leaving)
        failed = type(leaving.code) in (int, str) and leaving.code != 0
        if failed and isinstance(error, (OSError, ImportError)):
            self._send("leaving", error)

    def cell(self, header: dict[str, Any]) -> None:
        """Report that a notebook's cell has started or finished."""
        self._events.send({"type": "cell", **header})

    def note(self, severity: str, code: str, message: str, **more: Any) -> None:
        """Report something worth knowing that is no exception."""
        about = {"type": "note", "severity": severity, "code": code, "message": message}
        self._events.send({**about, "origin": self.origin, **more})

    def show(self, error: BaseException) -> None:
        """Print the exception as the interpreter does, with the project's own paths."""
        stream = sys.stderr
        if stream is None:
            return
        leave_ours_out(error)
        try:
            with _Catch(stream) as caught:
                self.display(error)
            stream.write(self._as_project("".join(caught.parts)))
            stream.flush()
        except Exception:  # noqa: BLE001 - a user's stream may do anything
            pass

    def _as_project(self, text: str) -> str:
        return text.replace(f'"{self._view}', '"')

    def watch_threads(self) -> None:
        """Report exceptions that end a thread; the program goes on."""
        plain = getattr(_thread, "_excepthook", None)  # what threading uses
        if plain is None:
            return  # an interpreter of another make

        def excepthook(args: Any, /) -> None:
            if args.exc_type is not SystemExit and args.exc_value is not None:
                name = getattr(args.thread, "name", None)
                self._send("thread", args.exc_value, thread=name)
            stream = sys.stderr
            if stream is None:
                plain(args)
                return
            with _Catch(stream) as caught:
                plain(args)
            stream.write(self._as_project("".join(caught.parts)))
            stream.flush()

        excepthook.__doc__ = plain.__doc__
        _thread._excepthook = excepthook  # noqa: SLF001 - as above
        threading = sys.modules.get("threading")
        if threading is not None and getattr(threading, "excepthook", None) is plain:
            threading.excepthook = threading.__excepthook__ = excepthook  # type: ignore[attr-defined]

    def _send(self, kind: str, error: BaseException, **more: Any) -> None:
        try:
            about = {"type": "diagnostic", "kind": kind, "origin": self.origin, **more}
            self._events.send({**about, **describe(error)})
        except BaseException:  # noqa: BLE001 - an exception may hold anything at all
            plain = {"exception": "Exception", "frames": _frames(traceback_of(error))}
            self._events.send({"type": "diagnostic", "kind": kind, **plain})


def _display(error: BaseException) -> None:
    sys.__excepthook__(type(error), error, traceback_of(error))


class _Catch:
    """Takes what one thread prints to `sys.stderr`; other threads print on undisturbed."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._owner = _thread.get_ident()
        self.parts: list[str] = []

    def write(self, text: str) -> int:
        if _thread.get_ident() != self._owner:
            return int(self._stream.write(text))
        self.parts.append(text)
        return len(text)

    def flush(self) -> None:
        self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __enter__(self) -> _Catch:
        sys.stderr = self
        return self

    def __exit__(self, *_exception: object) -> None:
        if sys.stderr is self:
            sys.stderr = self._stream


def traceback_of(error: BaseException) -> TracebackType | None:
    """Return the traceback, past whatever the exception's own class makes of attributes."""
    found: TracebackType | None = _TRACEBACK.__get__(error)
    return found


def leave_ours_out(error: BaseException) -> BaseException:
    """Take our own frames off the front of an exception's traceback; return it."""
    first = traceback_of(error)
    while first is not None and _is_ours(first.tb_frame.f_code.co_filename):
        first = first.tb_next
    # An exception of ours alone (the program could not even be read) keeps what it has not.
    return BaseException.with_traceback(error, first)


def _is_ours(filename: str) -> bool:
    return filename.startswith(_FOLDER) or filename in _HIDDEN


def describe(error: BaseException) -> dict[str, Any]:
    """Return what there is to say about an exception, as plain data."""
    described: dict[str, Any] = {
        "exception": _type_name(type(error)),
        "message": error.msg if isinstance(error, SyntaxError) else text_of(error),
        "frames": _frames(traceback_of(error)),
        "notes": [str(note) for note in getattr(error, "__notes__", None) or ()][:_GROUPED],
    }
    if isinstance(error, SyntaxError):
        described["syntax"] = {
            "path": error.filename,
            "line": error.lineno,
            "column": error.offset,
            "text": (error.text or "")[:_TEXT],
        }
    if isinstance(error, (ImportError, NameError, AttributeError)):
        described["name"] = getattr(error, "name", None)
    if isinstance(error, KeyError) and len(error.args) == 1 and isinstance(error.args[0], str):
        described["name"] = error.args[0]
    if isinstance(error, OSError):
        described["errno"] = error.errno
        described["path"] = _path_text(error.filename)
        if error.errno in _ABOUT_ADDRESSES and error.filename is None:
            described["address"] = last_address()
            described["again"] = asked_before()
    inner = getattr(error, "exceptions", None)
    if isinstance(inner, tuple):
        described["inner"] = [describe(one) for one in inner[:_GROUPED]]
    return described


def _path_text(path: object) -> str | None:
    """Return the path that an error names; it may be text, bytes, a descriptor or nothing."""
    if isinstance(path, bytes):
        path = path.decode("utf-8", "replace")
    return path[:_TEXT] if isinstance(path, str) else None


def _type_name(kind: type) -> str:
    module = kind.__module__
    if module in ("builtins", "__main__"):
        return kind.__qualname__
    return f"{module}.{kind.__qualname__}"


def text_of(error: BaseException) -> str:
    """Return `str(error)`, cut to a sane length, whatever its `__str__` does."""
    try:
        text = str(error)
    except BaseException:  # noqa: BLE001 - user code
        return "<exception str() failed>"
    return text if len(text) <= _TEXT else text[:_TEXT] + " …"


def _frames(traceback: TracebackType | None) -> list[dict[str, Any]]:
    """Return the innermost frames, outermost first."""
    frames: list[dict[str, Any]] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        frames.append(
            {"path": code.co_filename, "line": traceback.tb_lineno, "function": code.co_name}
        )
        if len(frames) > 2 * _FRAMES:
            del frames[:_FRAMES]
        traceback = traceback.tb_next
    return frames[-_FRAMES:]
