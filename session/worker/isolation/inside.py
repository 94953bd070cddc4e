"""Starts a program inside its layers: the strict profile with namespaces, the portable without.

In the strict profile a process of its own, the first of the run's process namespace, builds the
tree of mounts, starts the program and reaps what is orphaned; with it the kernel ends all of
them. It is made by clone(2) itself, so that a kernel or container that does not allow it says
so before anything has changed.
"""

from __future__ import annotations

import errno
import os
import select

from ..become import fork_program
from ..launch_protocol import VIEW_STAGE, LineReader, encode_line
from ..native import die_with_parent
from . import mounts, network
from .overlay import ViewRefusedError
from .policy import NET_NONE, PORTABLE, STRICT, Layers, Policy
from .restricting import restrict
from .syscalls import CLONE, KNOWN_MACHINE, clone_into, syscall

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from collections.abc import Callable
    from typing import Any, NoReturn
else:
    import _signal as signal  # the C part: the rest of `signal` costs an `enum`

_NEWNS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET = 0x20000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
_LISTEN_BYTES = 65536


class Started:
    """What came of a start: `pid` is the launcher's child, `worker` the program's own process.

    `failure` says why there is none. `report` is where the end of the program is told, in the
    strict profile; elsewhere the launcher sees it itself.
    """

    def __init__(self, pid: int, layers: dict[str, Any] | None) -> None:
        self.pid = pid
        self.worker: int | None = None
        self.layers = layers
        self.failure: dict[str, Any] | None = None
        self.report = -1
        #: What has been heard on `report` already: a program may be done at once.
        self.reader = LineReader()
        self.exited: dict[str, Any] | None = None


def start_isolated(request: dict[str, Any]) -> Started:
    """Start what `request` asks for with the best profile that this machine allows.

    A view that cannot be an overlay is a failure: it has to be laid before anything is started.
    """
    policy = Policy(request["isolation"])
    reason = "asked for"
    if policy.profile == STRICT:
        started = _start_strict(request, policy)
        failure = started.failure
        if failure is None or failure["stage"] not in ("namespaces", "mounts", "user"):
            return started
        reason = f"{failure['stage']}: {failure['message']}"
        if policy.overlays:  # first of all there has to be a copy
            failure.update(stage=VIEW_STAGE, message=reason)
            return started
    layers = Layers(PORTABLE)
    layers.off("namespaces", reason)
    return _start_portable(request, policy, layers)


# The portable profile


def _start_portable(request: dict[str, Any], policy: Policy, layers: Layers) -> Started:
    fork = (lambda: _clone(0, policy)) if policy.group >= 0 and KNOWN_MACHINE else os.fork
    restrict = _restricting(policy, layers)
    pid, said = fork_program(request, linux=True, restrict=restrict, fork=fork)
    started = Started(pid, None)
    started.worker = pid
    _take(started, said)
    return started


def _restricting(policy: Policy, layers: Layers) -> Callable[[Callable[[Any], None]], None]:
    def work(tell: Callable[[Any], None]) -> None:
        if policy.view:  # tools have none
            layers.on("view", policy.view_kind)
        restrict(policy, layers)
        tell({"layers": layers.plain()})

    return work


def _take(started: Started, said: list[dict[str, Any]]) -> None:
    for one in said:
        started.layers = one.get("layers", started.layers)
        started.failure = one.get("failed", started.failure)


# The strict profile


def _start_strict(request: dict[str, Any], policy: Policy) -> Started:
    root = os.geteuid() == 0
    read, write = os.pipe()
    idmap = _map_for(policy.owner) if root and policy.owner else -1
    if idmap < 0:
        policy.owner = 0  # root's files would not be the run's: it stays root, without rights
    namespaces = _NEWNS | _NEWIPC | _NEWPID | (_NEWNET if policy.net == NET_NONE else 0)
    try:
        pid = _clone(namespaces | (0 if root else _NEWUSER), policy)
    except OSError as error:
        os.close(read)
        os.close(write)
        return _failed("namespaces", error)
    finally_close = [idmap] if idmap >= 0 else []
    if pid == 0:
        _First(request, policy, write, idmap).run(read, user_namespace=not root)
    for fd in (write, *finally_close):
        os.close(fd)
    return _await(pid, read)


def _failed(stage: str, error: OSError) -> Started:
    started = Started(0, None)
    message = error.strerror or str(error)
    started.failure = {"stage": stage, "errno": error.errno or 0, "message": message}
    return started


def _clone(flags: int, policy: Policy | None = None) -> int:
    """Fork with `flags`, into the control group of `policy` where it has one."""
    if not KNOWN_MACHINE:
        raise OSError(errno.ENOSYS, "this machine's system calls are not known")
    if policy is not None and policy.group >= 0:
        try:
            return clone_into(policy.group, flags, signal.SIGCHLD)
        except OSError as error:  # in the parent: there is no child yet
            policy.group, policy.cgroup = -1, error.strerror or str(error)
    return syscall(CLONE, flags | signal.SIGCHLD, 0, 0, 0, 0)


def _map_for(uid: int) -> int:
    """Return a user namespace in which root's files are `uid`'s, for mounts; -1: there is none."""
    try:
        pid = _clone(_NEWUSER)
    except OSError:
        return -1
    if pid == 0:
        while True:
            signal.pause()
    try:
        for name in ("uid_map", "gid_map"):
            _write(f"/proc/{pid}/{name}", f"0 {uid} 1")
        return os.open(f"/proc/{pid}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return -1
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _write(path: str, text: str) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)


def _await(pid: int, read: int) -> Started:
    """Listen until the program has been started, or could not be."""
    started = Started(pid, None)
    started.report = read
    while chunk := os.read(read, _LISTEN_BYTES):
        messages = started.reader.feed(chunk)
        _take(started, messages)
        if started.failure is not None:
            break
        if any("worker" in one for one in messages):
            # One that was done at once has no number any more; the first's is nobody else's.
            started.worker = _child_of(pid) or pid
            started.exited = next((one for one in messages if "exited" in one), None)
            return started
    if started.failure is None:
        lost = {"stage": "namespaces", "errno": 0, "message": "it ended at once"}
        started.failure = lost
    os.close(read)
    os.waitpid(pid, 0)
    started.report = -1
    return started


def _child_of(pid: int) -> int | None:
    """The program's number as it is out here: the only child that its first process has yet."""
    from ..process_table import children_of

    return next(iter(children_of(pid)), None)


class _First:
    """The first process of the run's namespace; never returns to the launcher's code."""

    def __init__(self, request: dict[str, Any], policy: Policy, report: int, idmap: int) -> None:
        self._request = request
        self._policy = policy
        self._report = report
        self._idmap = idmap
        self._layers = Layers(STRICT)

    def run(self, launchers_end: int, *, user_namespace: bool) -> NoReturn:
        stage = "namespaces"
        try:
            os.close(launchers_end)
            self._settle()
            if user_namespace:
                _be_yourself(self._request["user"])
            self._note_namespaces(user_namespace)
            stage = "mounts"
            mounts.Tree(self._policy, self._idmap if self._idmap >= 0 else None).build()
            self._die_with_launcher()  # anew: the kernel forgets it of who was somebody else
            if self._policy.net == NET_NONE:
                stage = "network"
                network.bring_up_loopback()
            self._start()
            self._reap()
        except BaseException as error:  # noqa: BLE001 - this is a fork: nothing may get past here
            number = error.errno if isinstance(error, OSError) else 0
            message = f"{error}" or type(error).__name__
            if isinstance(error, ViewRefusedError):
                stage, message = VIEW_STAGE, str(error.strerror)
            self._tell({"failed": {"stage": stage, "errno": number or 0, "message": message}})
        finally:
            os._exit(0)

    def _settle(self) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._die_with_launcher()
        null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
        wanted = {source for _target, source in self._request["fds"]}
        if 2 not in wanted:
            os.dup2(null, 2)
        kept = sorted({0, 1, 2, null, self._report, self._idmap, *wanted} - {-1})
        for below, above in zip(kept, [*kept[1:], 65536], strict=True):
            os.closerange(below + 1, above)

    def _die_with_launcher(self) -> None:
        die_with_parent(signal.SIGKILL)
        poll = select.poll()  # its number says nothing in here; nobody else reads this pipe
        poll.register(self._report, 0)
        if any(event & select.POLLERR for _fd, event in poll.poll(0)):
            os._exit(0)

    def _note_namespaces(self, user_namespace: bool) -> None:
        names = ["pidns", "mntns", "ipcns"]
        names += ["netns"] if self._policy.net == NET_NONE else []
        names += ["userns"] if user_namespace else []
        for name in names:
            self._layers.on(name)

    def _start(self) -> None:
        restricting = _restricting(self._policy, self._layers)
        pid, said = fork_program(self._request, linux=True, restrict=restricting)
        for source in {source for _target, source in self._request["fds"]}:
            if source > 2:
                os.close(source)
        self._worker = pid
        for one in said:
            self._tell(one)
        if not any("failed" in one for one in said):
            self._tell({"worker": pid})

    def _reap(self) -> None:
        """Reap until nobody is left, and tell how the program ended."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, 0)
            except ChildProcessError:
                return
            if pid == self._worker:
                used = [usage.ru_maxrss, usage.ru_utime + usage.ru_stime]
                self._tell({"exited": status, "used": used})

    def _tell(self, message: dict[str, Any]) -> None:
        data = encode_line(message)
        try:
            while data:
                data = data[os.write(self._report, data) :]
        except OSError:
            pass  # the launcher is gone, and so are we in a moment


def _be_yourself(user: list[int]) -> None:
    """In a new user namespace: keep one's own number, and nobody else's."""
    _write("/proc/self/setgroups", "deny")
    for name, number in zip(("uid_map", "gid_map"), user, strict=True):
        _write(f"/proc/self/{name}", f"{number} {number} 1")
