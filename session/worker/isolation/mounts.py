"""The private tree of mounts that a run lives in: what it may see, at the paths it has outside.

Nothing else of the machine has a name in it. Built below an empty file system in memory, which
then becomes the root; needs a mount namespace of its own, and its capabilities.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct

from .overlay import mount_view
from .syscalls import (
    MOUNT_SETATTR,
    MOVE_MOUNT,
    OPEN_TREE,
    PIVOT_ROOT,
    mount,
    syscall,
    unmount,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .policy import Policy

_NOSUID, _NODEV, _NOEXEC, _BIND, _REC, _PRIVATE = 0x2, 0x4, 0x8, 0x1000, 0x4000, 0x40000
_DETACH = 2
_AT_FDCWD = -100
_CLONE_TREE, _CLOEXEC, _RECURSIVE, _EMPTY_PATH = 1, 0o2000000, 0x8000, 0x1000
_MOVE_EMPTY_PATH = 4
_ATTR_RDONLY, _ATTR_NOSUID, _ATTR_NODEV, _ATTR_IDMAP = 0x1, 0x2, 0x4, 0x100000
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_LINKS = (
    ("fd", "/proc/self/fd"),
    ("stdin", "/proc/self/fd/0"),
    ("stdout", "/proc/self/fd/1"),
    ("stderr", "/proc/self/fd/2"),
    ("ptmx", "pts/ptmx"),
)
#: Where other programs keep their sockets; hidden also where everything else may be read.
_HIDDEN = ("/run", "/var/run", "/tmp", "/var/tmp")
_STAGE = "/tmp"
_TMP_SIZE = "64m"


class Tree:
    """The new root while it is being built; `idmap` is what makes root's files the run's own."""

    def __init__(self, policy: Policy, idmap: int | None) -> None:
        self._policy = policy
        self._idmap = idmap

    def build(self) -> None:
        """Build it and move in; raise OSError."""
        mount("", "/", "", _REC | _PRIVATE)
        policy = self._policy
        mount("tmpfs", _STAGE, "tmpfs", _NOSUID | _NODEV, "mode=755,size=1m,nr_inodes=4096")
        # The paths to bind are looked up in the old root, which stays reachable below this one.
        os.chdir(_STAGE)
        old = f"{_STAGE}/.old"
        os.mkdir(old)
        syscall(PIVOT_ROOT, ctypes.c_char_p(_STAGE.encode()), ctypes.c_char_p(old.encode()))
        os.chdir("/")
        for path, text in policy.files.items():
            self._file(path, text)  # first: later this may be the machine's own folder
        if policy.whole:
            self._whole(writable=policy.whole == "rw")
        self._temporary()
        for path in policy.ro:
            self._bind(path, writable=False)
        for path in policy.rw:
            if path == policy.view.get("at"):
                mount_view(policy.view, self._folder(path), self._owner, self._layer)
            else:
                self._bind(path, writable=True)
        self._devices()
        mount("proc", self._folder("/proc"), "proc", _NOSUID | _NODEV | _NOEXEC)
        for path in policy.sockets:
            self._bind(path, writable=True)
        for path, leads_to in policy.links.items():
            self._link(path, leads_to)
        unmount("/.old", _DETACH)
        os.rmdir("/.old")

    def _whole(self, *, writable: bool) -> None:
        for name in os.listdir("/.old"):
            if f"/{name}" not in ("/proc", "/dev", *_HIDDEN):
                self._bind(f"/{name}", writable=writable and name != "sys", needed=False)

    def _bind(self, path: str, *, writable: bool, needed: bool = True) -> None:
        """Show a file or folder at its own path; one that is not there is passed over.

        So are the processes and devices of the machine: a run has its own at their paths.
        """
        if f"{path}/".startswith(("/proc/", "/dev/")):
            return
        source = f"/.old{path}"
        try:
            mode = os.lstat(source).st_mode
        except OSError:
            return
        if stat.S_ISLNK(mode):
            self._link(path, os.readlink(source))
            return
        target = self._folder(path) if stat.S_ISDIR(mode) else self._empty(path)
        needed = needed and writable
        plain = stat.S_ISSOCK(mode)
        if not plain and self._mapped(source, target, needed, _flags(writable=writable)):
            return
        mount(source, target, "", _BIND | _REC)
        _set_attributes(target, _flags(writable=writable))

    @property
    def _owner(self) -> int:
        return self._policy.owner if self._idmap is not None else 0

    def _layer(self, path: str, target: str) -> None:
        """Show a folder of the machine's at another path; raise OSError."""
        if not self._mapped(f"/.old{path}", target, True, _flags(writable=True)):
            mount(f"/.old{path}", target, "", _BIND)

    def _mapped(self, source: str, target: str, needed: bool, flags: int) -> bool:
        """Bind it so that root's files are the run's; where the file system cannot: False.

        Where that is needed, for the run is to write there, OSError is raised instead.
        """
        if self._idmap is None:
            return False
        try:
            self._map(source, target, self._idmap, flags)
        except OSError:
            if needed:
                raise
            return False
        return True

    @staticmethod
    def _map(source: str, target: str, idmap: int, flags: int) -> None:
        name = ctypes.c_char_p(os.fsencode(source))
        fd = syscall(OPEN_TREE, _AT_FDCWD, name, _CLONE_TREE | _CLOEXEC)
        try:
            attributes = struct.pack("QQQQ", _ATTR_IDMAP | flags, 0, 0, idmap)
            empty = ctypes.c_char_p(b"")
            syscall(MOUNT_SETATTR, fd, empty, _EMPTY_PATH, ctypes.c_char_p(attributes), 32)
            place = ctypes.c_char_p(os.fsencode(target))
            syscall(MOVE_MOUNT, fd, empty, _AT_FDCWD, place, _MOVE_EMPTY_PATH)
        finally:
            os.close(fd)

    def _link(self, path: str, leads_to: str) -> None:
        """Show a link as one, and what it leads to as well."""
        self._folder(os.path.dirname(path))
        try:
            os.symlink(leads_to, path)
        except FileExistsError:
            return

    def _folder(self, path: str) -> str:
        if not os.path.isdir(path):
            os.makedirs(path, mode=0o755, exist_ok=True)
        return path

    def _empty(self, path: str) -> str:
        if not os.path.lexists(path):  # it may be there already, and not be ours to write
            self._folder(os.path.dirname(path))
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o644))
        return path

    def _file(self, path: str, text: str) -> None:
        with open(self._empty(path), "w", encoding="utf-8") as file:
            file.write(text)

    def _devices(self) -> None:
        self._folder("/dev")
        mount("tmpfs", "/dev", "tmpfs", _NOSUID, "mode=755,size=64k,nr_inodes=256")
        for name in _DEVICES:
            mount(f"/.old/dev/{name}", self._empty(f"/dev/{name}"), "", _BIND)
        for path in self._policy.devices:
            self._device(path)
        for name, target in _LINKS:
            os.symlink(target, f"/dev/{name}")
        os.mkdir("/dev/pts")
        mount("devpts", "/dev/pts", "devpts", _NOSUID | _NOEXEC, "newinstance,ptmxmode=0666")
        os.mkdir("/dev/shm")
        size = f"mode=1777,size={self._policy.shared_memory},nr_inodes=65536"
        mount("tmpfs", "/dev/shm", "tmpfs", _NOSUID | _NODEV, size)

    def _device(self, path: str) -> None:
        source = f"/.old{path}"
        if os.path.isdir(source):
            mount(source, self._folder(path), "", _BIND | _REC)
        elif os.path.exists(source):
            mount(source, self._empty(path), "", _BIND)

    def _temporary(self) -> None:
        """A `/tmp` of the run's own, for those who insist on it; `TMPDIR` leads to the scratch."""
        size = f"mode=1777,size={_TMP_SIZE},nr_inodes=16384"
        mount("tmpfs", self._folder("/tmp"), "tmpfs", _NOSUID | _NODEV, size)
        if not self._policy.whole:
            self._link("/var/tmp", "/tmp")


def _flags(*, writable: bool) -> int:
    return _ATTR_NOSUID | _ATTR_NODEV | (0 if writable else _ATTR_RDONLY)


def _set_attributes(target: str, attributes: int) -> None:
    """Give a mount, and all below it, flags; those it is locked with stay."""
    packed = ctypes.c_char_p(struct.pack("QQQQ", attributes, 0, 0, 0))
    name = ctypes.c_char_p(os.fsencode(target))
    syscall(MOUNT_SETATTR, _AT_FDCWD, name, _RECURSIVE, packed, 32)
