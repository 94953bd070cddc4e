"""Becomes the user's program: what `python main.py` would have, and nothing of ours in sight.

Everything that is needed later is imported before user code runs, because our names are taken
out of `sys.modules` then.
"""

from __future__ import annotations

import io
import os
import sys

from . import binding, failures, guest, notebook_player, peer, streams
from .launch_protocol import RUN_ID_VARIABLE
from .settling import forget, fresh_main, settle
from .wire import PROTOCOL

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from typing import Any, NoReturn
else:
    import _signal as signal  # the C part: the rest of `signal` costs an `enum`


def play(control_fd: int, events_fd: int, before: set[str], *, waits: bool) -> None:
    """Shake hands, then run the program to its end. `before`: modules that were there first.

    `waits`: nobody knows yet what is to be played, and there is time to get ready for it.
    """
    control, events = peer.Channel(control_fd), peer.Channel(events_fd)
    if waits:
        from . import denials
    control.send({"type": "hello", "protocol": PROTOCOL, "pid": os.getpid(), **_interpreter()})
    frame = control.receive()
    if frame is None:
        sys.exit(1)
    config = frame.header
    if waits:
        _arrive(config)
    if config["entry_form"] == "cells":
        _keep(config, before, control, events)
        return
    os.register_at_fork(after_in_child=control.close)
    os.register_at_fork(after_in_child=events.close)
    streams.install()
    reporter = failures.Reporter(events, config["view"])
    reporter.watch_threads()
    if config["entry_form"] == "notebook":
        notebook_player.prepare(reporter)
    _hide_our_threads()
    limits = config.get("limits")
    if limits is not None:
        from . import denials

        denials.watch(limits, config["view"], events)
        if limits["run"] == []:
            _start_nothing(reporter)
    else:
        binding.watch()
    if config["entry_form"] == "serve":
        _serve(config, before, control, events, reporter)
        return
    answering = peer.Answering(control)
    _offer_guest(answering, control, events)
    settle(config, before)
    # From `ready` on an interrupt may come. It is kept back until it meets the program's own
    # code, and the answering thread, which inherits this, never takes it.
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
    answering.start()
    control.send({"type": "ready"})
    with_reports(config, reporter)


def _keep(
    config: dict[str, Any], before: set[str], control: peer.Channel, events: peer.Channel
) -> None:
    """Keep a kernel, in which a notebook's cells run, until it is to end."""
    from .cells.keeper import Keeper
    from .cells.kernel import Kernel

    notebook_player.prepare_cells()
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))

    def become(control_fd: int, events_fd: int, generation: int) -> NoReturn:
        Kernel(config, control_fd, events_fd, generation).live(before)

    control.send({"type": "ready"})
    Keeper(control, events, become).keep()


def _arrive(config: dict[str, Any]) -> None:
    """Go where the program is, which is later than usual, and be known by its run."""
    os.environ[RUN_ID_VARIABLE] = config["run_id"]
    os.chdir(config["folder"])


def _start_nothing(reporter: failures.Reporter) -> None:
    """Refuse every exec from now on. The launcher could not: the interpreter was still to come.

    Landlock holds back most of it already, but not what the system's loader is asked to start.
    """
    try:
        from .isolation import seccomp  # late, with ctypes: most programs may start others

        seccomp.forbid_starting()
    except (ImportError, KeyError, OSError) as error:
        message = f"The program can still start others by the system's loader: {error}."
        reporter.note("warning", "run-not-enforced", message)


def _serve(
    config: dict[str, Any],
    before: set[str],
    control: peer.Channel,
    events: peer.Channel,
    reporter: failures.Reporter,
) -> None:
    """Load a script with tools, and carry out what the host calls, until it says stop."""
    from .serving.server import Server

    sys.path[:1] = [config["view"], *config.get("paths", ())]
    sys.argv[:] = [config.get("script") or "-m", *config["args"]]
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
    server = Server(control, events, config)
    guest.offer(lambda: server.link)
    forget(before, config["view"])
    sys.modules["__main__"] = fresh_main()
    server.start()
    server.serve(reporter)


def _offer_guest(answering: peer.Answering, control: peer.Channel, events: peer.Channel) -> None:
    """Let the program import `playhead`; what that needs is loaded when it does."""
    late = guest.LateModules(__package__ or "")

    def connect() -> Any:
        link = late.load("host_link").HostLink(control, events)
        answering.connect(link)
        return link

    guest.offer(connect)


def _hide_our_threads() -> None:
    """Keep Python from warning of a fork beside threads that are ours and survive it well.

    A program that forks under plain Python 3.12 with no thread of its own hears nothing.
    """
    if sys.version_info >= (3, 12):
        import warnings

        message = r"This process \(pid=\d+\) is multi-threaded, use of fork"
        warnings.filterwarnings("ignore", message, DeprecationWarning)


def _interpreter() -> dict[str, Any]:
    return {
        "python": ".".join(str(part) for part in sys.version_info[:3]),
        "implementation": sys.implementation.name,
        "executable": sys.executable,
    }


def with_reports(config: dict[str, Any], reporter: failures.Reporter) -> None:
    """Run the program; report what gets past it, and leave as the interpreter would."""
    run = {
        "file": _run_file,
        "module": _run_module,
        "function": _run_function,
        "notebook": notebook_player.run_notebook,
    }[config["entry_form"]]
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT,))
        run(config, reporter)
    except SystemExit as leaving:
        reporter.leaving(leaving)
        raise
    except KeyboardInterrupt as interrupt:
        reporter.interrupted(interrupt)
        raise  # the interpreter ends itself by SIGINT, as its callers expect
    except BaseException as error:  # noqa: BLE001 - whatever user code raises ends here
        uncaught = error
    else:
        return
    # Only now: what a hook of theirs raises does not happen while ours is handled.
    reporter.uncaught(uncaught)
    sys.exit(1)


def _run_file(config: dict[str, Any], reporter: failures.Reporter) -> None:
    path = os.path.join(config["view"], config["entry"])
    main = sys.modules["__main__"]
    main.__file__ = path
    main.__cached__ = None  # type: ignore[attr-defined]  # as the interpreter sets it
    main.__loader__ = _loader(path)
    try:
        with io.open_code(path) as file:
            source = file.read()
    except OSError as error:
        reporter.note("error", "entry-unreadable", f"{config['entry']} cannot be read: {error}")
        sys.exit(2)
    exec(compile(source, path, "exec", dont_inherit=True), main.__dict__)


def _loader(path: str) -> Any:
    try:
        from _frozen_importlib_external import SourceFileLoader
    except ImportError:
        return None  # an interpreter of another make
    return SourceFileLoader("__main__", path)


def _run_module(config: dict[str, Any], _reporter: failures.Reporter) -> None:
    import runpy

    # What `python -m` itself calls: `__spec__`, packages and `sys.argv[0]` come out the same.
    runpy._run_module_as_main(config["entry"], alter_argv=True)  # type: ignore[attr-defined]  # noqa: SLF001 - no public way


def _run_function(config: dict[str, Any], _reporter: failures.Reporter) -> None:
    name, _, path = config["entry"].partition(":")
    __import__(name)
    target: Any = sys.modules[name]
    sys.argv[0] = getattr(target, "__file__", None) or name
    for part in path.split("."):
        target = getattr(target, part)
    sys.exit(target())
