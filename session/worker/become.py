"""Turns a fork of the launcher into the program: session, limits, descriptors, signals, exec.

The program starts as if from a fresh login: default signal dispositions (a parent started in
the background ignores SIGINT, and that is inherited), an empty signal mask, and no descriptor
that was not meant for it. Isolation layers (`isolation/`) are put on just before the exec.
"""

from __future__ import annotations

import os
import resource

from .launch_protocol import LineReader, encode_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from collections.abc import Callable
    from typing import Any, NoReturn

    #: Puts layers on; gets what tells the launcher of them.
    Restrict = Callable[[Callable[[dict[str, Any]], None]], None]
else:
    import _signal as signal  # the C part: the rest of `signal` costs an `enum`

#: The kernel's out-of-memory killer should prefer the program to the studio.
_OOM_SCORE_ADJ = 900
_COULD_NOT_START = 127


def start_program(request: dict[str, Any], *, linux: bool) -> tuple[int, dict[str, Any] | None]:
    """Fork and exec what `request` asks for; the pid, and what went wrong where it did."""
    pid, said = fork_program(request, linux=linux)
    return pid, next((one["failed"] for one in said if "failed" in one), None)


def fork_program(
    request: dict[str, Any],
    *,
    linux: bool,
    restrict: Restrict | None = None,
    fork: Callable[[], int] = os.fork,
) -> tuple[int, list[dict[str, Any]]]:
    """Fork and exec what `request` asks for; the pid, and what the child said before its exec.

    `restrict` is called in the child just before that, with what tells of it.
    """
    parent = os.getpid()
    read, write = os.pipe()
    pid = fork()
    if pid == 0:
        _become(request, write, parent, linux, restrict)
    os.close(write)
    return pid, _said(read)


def _said(read: int) -> list[dict[str, Any]]:
    # The pipe closes at exec; what is on it are the child's last words.
    reader = LineReader()
    said = []
    while chunk := os.read(read, 4096):
        said += reader.feed(chunk)
    os.close(read)
    return said


def close_sources(request: dict[str, Any]) -> None:
    """Close the program's descriptors on the launcher's side, so that ends of file arrive."""
    null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    os.dup2(null, 2, inheritable=False)  # until here it was the program's stderr
    os.close(null)
    for source in {source for _target, source in request["fds"]}:
        os.close(source)


def _become(
    request: dict[str, Any], report: int, parent: int, linux: bool, restrict: Restrict | None
) -> NoReturn:
    stage = "session"

    def tell(message: dict[str, Any]) -> None:
        os.write(report, encode_line(message))

    try:
        os.setsid()
        if linux:
            _bind_to_parent(parent)
            _volunteer_for_oom()
        stage = "limits"
        _limit(request.get("limits", {}))
        stage = "descriptors"
        report = _place(request["fds"], report)
        _reset_signals()
        if restrict is not None:
            stage = "isolation"
            restrict(tell)
        stage = "folder"
        os.chdir(request["cwd"])
        stage = "interpreter"
        os.execve(request["argv"][0], request["argv"], request["env"])
    except BaseException as error:  # noqa: BLE001 - this is a fork: nothing may get past here
        number = error.errno if isinstance(error, OSError) else 0
        stage = getattr(error, "stage", stage)
        tell({"failed": {"stage": stage, "errno": number or 0, "message": str(error)}})
    finally:
        os._exit(_COULD_NOT_START)


def _bind_to_parent(parent: int) -> None:
    from .native import die_with_parent

    die_with_parent(signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(_COULD_NOT_START)


def _volunteer_for_oom() -> None:
    try:
        fd = os.open("/proc/self/oom_score_adj", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if int(os.read(fd, 16)) < _OOM_SCORE_ADJ:
            os.write(fd, str(_OOM_SCORE_ADJ).encode())
    except OSError:
        pass  # a kernel or container that does not allow it: nothing depends on it
    finally:
        os.close(fd)


def _limit(limits: dict[str, list[int]]) -> None:
    for name, (soft, hard) in limits.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (soft, hard))


def _place(fds: list[list[int]], report: int) -> int:
    """Put every source on its target number; the report pipe moves out of the way."""
    targets = {target for target, _source in fds}
    for _target, source in fds:
        os.set_inheritable(source, False)
    safe = {source: _elsewhere(source, targets) for _target, source in fds}
    report = _elsewhere(report, targets)
    for target, source in fds:
        os.dup2(safe[source], target, inheritable=True)
    return report


def _elsewhere(fd: int, targets: set[int]) -> int:
    while fd in targets:
        fd = os.dup(fd)  # not inheritable, and the lowest number that is free
    return fd


def _reset_signals() -> None:
    for number in range(1, signal.NSIG):
        try:
            signal.signal(number, signal.SIG_DFL)
        except (OSError, ValueError):
            pass  # SIGKILL, SIGSTOP and the C library's own
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
