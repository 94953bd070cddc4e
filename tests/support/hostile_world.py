"""A small world to attack: a home folder, processes, servers, a terminal. All its own.

`World.targets()` is what the hostile programs are told, `World.effects()` says afterwards, from
outside, what they did. Everything belongs to whoever makes it, as a user's things do.
"""

import ctypes
import json
import os
import resource
import secrets
import socket
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any, Final, Self

from session.worker import __file__ as _worker_init

_VICTIM: Final = """
import ctypes, json, os, sys
held = os.open(sys.argv[1], os.O_RDONLY)
os.chdir(os.path.dirname(sys.argv[1]))
kept = ctypes.create_string_buffer(os.environ["VICTIM_MEMORY"].encode())
about = {"victim": os.getpid(), "victim_fd": held, "address": ctypes.addressof(kept)}
print(json.dumps(about), flush=True)
sys.stdin.read()
"""
_PLAIN_VICTIMS: Final = (
    "kill",
    "killpg",
    "pidfd_signal",
    "sigio",
    "renice",
    "renice_group",
    "affinity",
    "prlimit",
    "scheduling",
)
_HOME_FILES: Final = (
    "truncate_secret",
    "unlink_secret",
    "chmod_home",
    "touch_home",
    "xattr_home",
    "rename_in",
)
#: Written by its owner to be found again; never a real one.
_FORMAT: Final = "hostile-secret-{kind}-{token}"
_HANDLE_SIZE: Final = 128


class World:
    """What there is to attack. Use it in a `with`."""

    def __init__(self, folder: Path) -> None:
        self._token = secrets.token_hex(6)
        self.mark = f"hostile-{self._token}"
        self.number = str(int(self._token, 16))
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir(parents=True, mode=0o700)
        self.secret = self.home / "secret.txt"
        self.secret.write_text(self.secret_of("file"))
        for name in _HOME_FILES:
            (self.home / name).write_text("mine")
            (self.home / name).chmod(0o600)
        self._shared = Path("/dev/shm", f"{self.mark}-own")
        self._shared.write_text(self.secret_of("shared"))
        self._serve()
        self._start_victims()

    def secret_of(self, kind: str) -> str:
        """Return a text that nobody else can know."""
        return _FORMAT.format(kind=kind, token=self._token)

    @property
    def secret_texts(self) -> list[str]:
        """All that must not be read."""
        kinds = ("file", "shared", "memory", "environ", "cmdline", "studio")
        return [self.secret_of(kind) for kind in kinds]

    @property
    def environ(self) -> dict[str, str]:
        """The variables of the studio that plays here."""
        return {**os.environ, "HOME": str(self.home), "HOSTILE_SECRET": self.secret_of("studio")}

    def _serve(self) -> None:
        self._listeners = {
            name: listening(socket.AF_INET, ("127.0.0.1", 0))
            for name in ("tcp", "fastopen", "mptcp", "free")
        }
        for name in ("bus", "pair_bus"):
            self._listeners[name] = listening(socket.AF_UNIX, str(self.home / name))
        self._listeners["abstract_socket"] = listening(socket.AF_UNIX, f"\0{self.mark}")
        kind = socket.SOCK_DGRAM
        self._datagrams = {"udp": _bound(socket.AF_INET, kind, ("127.0.0.1", 0))}
        for name in ("datagrams", "pair_datagrams"):
            self._datagrams[name] = _bound(socket.AF_UNIX, kind, str(self.home / name))
        self.free_port = self._listeners.pop("free")
        self._port = self.free_port.getsockname()[1]
        self.free_port.close()
        self._terminal, self._slave = os.openpty()

    def _start_victims(self) -> None:
        variables = {"VICTIM_MEMORY": self.secret_of("memory"), "X": self.secret_of("environ")}
        command = [sys.executable, "-I", "-S", "-c", _VICTIM]
        self._victim = subprocess.Popen(
            [*command, str(self.secret), self.secret_of("cmdline")],
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self._victim.stdout is not None
        self._about = json.loads(self._victim.stdout.readline())
        self._victims = {
            name: subprocess.Popen(["/bin/sleep", "120"], start_new_session=True)
            for name in _PLAIN_VICTIMS
        }

    def targets(self, image: Path, project: Path) -> dict[str, Any]:
        """Return what the programs are told; all of it is easy to guess on a real machine."""
        told = {name: one.getsockname()[1] for name, one in self._inet().items()}
        return {
            **told,
            **self._about,
            "bus": str(self.home / "bus"),
            "pair_bus": str(self.home / "pair_bus"),
            "datagrams": str(self.home / "datagrams"),
            "pair_datagrams": str(self.home / "pair_datagrams"),
            "free": self._port,
            "handle": _handle_of(self.secret),
            "home": str(self.home),
            "identities": [str(one) for one in Path("/sys/class/net").glob("e*/address")],
            "image": str(image),
            "length": len(self.secret_of("memory")),
            "mark": self.mark,
            "number": self.number,
            "project": str(project),
            "secret": str(self.secret),
            "shared": self._shared.name,
            "studio": os.getpid(),
            "tty": os.ttyname(self._slave),
            "victims": {name: one.pid for name, one in self._victims.items()},
            "worker_code": str(Path(_worker_init).parent / "worker.py"),
        }

    def _inet(self) -> dict[str, socket.socket]:
        every = {**self._listeners, **self._datagrams}
        return {name: one for name, one in every.items() if one.family == socket.AF_INET}

    def listens(self) -> bool:
        """Whether somebody has opened a server where there was none."""
        try:
            socket.create_connection(("127.0.0.1", self._port), 0.2).close()
        except OSError:
            return False
        return True

    def effects(self) -> set[str]:
        """Look, from outside, what came of the attacks that can be seen from here."""
        found = {
            **self._on_files(),
            **self._on_processes(),
            **self._on_sockets(),
            "write_tmp": Path("/tmp", self.mark).exists(),
            "shm_leave": Path("/dev/shm", self.mark).exists(),
            "tty_write": _readable(self._terminal),
            "daemon": _somebody_called(f"0.0{self.number}"),
            "daemon_rabbit": _somebody_called(f"0.0{self.number}1"),
        }
        return {name for name, happened in found.items() if happened}

    def _on_files(self) -> dict[str, bool]:
        home = self.home
        runs = self.folder / "play" / "runs"
        kept = [path for path in runs.rglob("*") if not path.is_symlink()]
        setuid = {path.name for path in kept if path.stat().st_mode & stat.S_ISUID}
        modes = stat.S_IMODE(home.stat().st_mode), stat.S_IMODE(self.secret.stat().st_mode)
        return {
            "write_home": (home / "write_home").exists(),
            "truncate_secret": (home / "truncate_secret").read_text() != "mine",
            "unlink_secret": not (home / "unlink_secret").exists(),
            "chmod_home": stat.S_IMODE((home / "chmod_home").stat().st_mode) != 0o600,
            "touch_home": (home / "touch_home").stat().st_mtime == 1,
            "xattr_home": bool(os.listxattr(home / "xattr_home")),
            "rename_out": (home / "rename_out").exists(),
            "rename_in": not (home / "rename_in").exists(),
            "write_project": (self.folder / "play" / "project" / "write_project").exists(),
            "write_record": any(path.name == "write_record" for path in kept),
            "harvest_link": modes != (0o700, 0o644) or self._secret_was_kept(kept),
            "harvest_trap": any(stat.S_ISSOCK(path.stat().st_mode) for path in kept),
            "setuid_view": "program" in setuid,
            "setuid_create": "created" in setuid,
            "setuid_mknod": "made" in setuid,
        }

    def _secret_was_kept(self, kept: list[Path]) -> bool:
        secret = self.secret_of("file").encode()
        plain = [path for path in kept if path.is_file() and path.stat().st_size < 1 << 16]
        return any(secret in path.read_bytes() for path in plain)

    def _on_processes(self) -> dict[str, bool]:
        gone = {
            name: self._victims[name].poll() is not None
            for name in ("kill", "killpg", "pidfd_signal", "sigio")
        }
        limits = resource.prlimit(self._victims["prlimit"].pid, resource.RLIMIT_NOFILE)
        return {
            **gone,
            "renice": _nice(self._victims["renice"].pid) == 19,
            "renice_group": _nice(self._victims["renice_group"].pid) == 18,
            "prlimit": limits == (7, 7),
            "scheduling": os.sched_getscheduler(self._victims["scheduling"].pid) != 0,
        }

    def _on_sockets(self) -> dict[str, bool]:
        connected = {name: _accepts(one) for name, one in self._listeners.items()}
        got = {name: _readable(one.fileno()) for name, one in self._datagrams.items()}
        return {
            "tcp_connect": connected["tcp"],
            "tcp_fastopen": connected["fastopen"],
            "mptcp": connected["mptcp"],
            "bus": connected["bus"],
            "pair_stream": connected["pair_bus"],
            "abstract_socket": connected["abstract_socket"],
            "udp_send": got["udp"],
            "unix_datagram": got["datagrams"],
            "pair_datagram": got["pair_datagrams"],
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_about: object) -> None:
        for one in (self._victim, *self._victims.values()):
            one.kill()
            one.wait()
        for stream in (self._victim.stdin, self._victim.stdout):
            if stream is not None:
                stream.close()
        for listener in (*self._listeners.values(), *self._datagrams.values()):
            listener.close()
        os.close(self._terminal)
        os.close(self._slave)
        for path in (self._shared, Path("/dev/shm", self.mark), Path("/tmp", self.mark)):
            path.unlink(missing_ok=True)
        self._end_daemons()

    def _end_daemons(self) -> None:
        for pid in _called(f"0.0{self.number}"):
            os.kill(pid, 9)


def _bound(family: int, kind: int, address: tuple[str, int] | str) -> socket.socket:
    one = socket.socket(family, kind)
    one.setblocking(False)
    one.bind(address)
    return one


def listening(family: int, address: tuple[str, int] | str) -> socket.socket:
    """Return a server of TCP or of a path, which nobody has to serve: who connects is kept."""
    one = _bound(family, socket.SOCK_STREAM, address)
    if family == socket.AF_INET:
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 5)
    one.listen()
    return one


def _accepts(listener: socket.socket) -> bool:
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def _readable(fd: int) -> bool:
    os.set_blocking(fd, False)
    try:
        return bool(os.read(fd, 100))
    except BlockingIOError:
        return False


def _nice(pid: int) -> int:
    return os.getpriority(os.PRIO_PROCESS, pid)


def _somebody_called(word: str) -> bool:
    return any(True for _pid in _called(word, whole=True))


def _called(word: str, *, whole: bool = False) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if entry.name.isdigit() and any(
            one == word or (not whole and word in one) for one in words
        ):
            found.append(int(entry.name))
    return found


def _handle_of(path: Path) -> str:
    """Return the number by which the kernel finds a file without a path; "": it has none."""
    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(_HANDLE_SIZE.to_bytes(4, "little"), 8 + _HANDLE_SIZE)
    mount = ctypes.c_int()
    done = libc.name_to_handle_at(-100, os.fsencode(path), buffer, ctypes.byref(mount), 0)
    if done != 0:
        return ""
    size = int.from_bytes(buffer.raw[:4], "little")
    return buffer.raw[: 8 + size].hex()
