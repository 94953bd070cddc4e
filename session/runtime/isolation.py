"""Turns the rights of a run into what the launcher is told: paths, sockets, ports. Little I/O.

It looks at what there is (links, sockets), decides by the rights, and changes nothing.
"""

import os
import pwd
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from session.ports import Launch
from session.rights import Rights
from session.runtime.environment import Scratch
from session.runtime.installation import installation_of
from session.worker import __file__ as _worker_init

#: What every program may read: the system's programs and libraries, and how it is set up.
_SYSTEM: Final = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_ETC: Final = (
    "alternatives",
    "ca-certificates",
    "fonts",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "magic",
    "mime.types",
    "nsswitch.conf",
    "os-release",
    "pki",
    "protocols",
    "services",
    "ssl",
    "terminfo",
    "timezone",
)
_NET_ETC: Final = ("resolv.conf", "hosts", "host.conf", "gai.conf")
_SYS: Final = ("/sys/devices/system/cpu", "/sys/fs/cgroup")
_GPU: Final = ("/dev/dri", "/dev/kfd", "/sys")
_SOUND: Final = ("/dev/snd",)
#: What is there in every run, and not the machine's own; and where every run can write as well.
_OPEN: Final = ("/proc", "/dev", "/sys/devices/system/cpu")
_WRITABLE: Final = ("/tmp", "/var/tmp")
#: The uid that a program of root gets: one that no distribution gives to anybody.
OWNER: Final = 61_000


def policy_of(launch: Launch, folder: Path, scratch: Scratch, profile: str) -> dict[str, Any]:
    """Return what the launcher puts on for one run; `folder` is its view."""
    prepared, rights = launch.prepared, launch.prepared.rights
    ours = launch.environ or os.environ
    project = [prepared.root] if prepared.write_project else []
    own = [folder, scratch.home.parent, launch.data, *project, *_named(rights.write, launch)]
    reads = [
        *system_reads(net=bool(rights.net), gpu=rights.gpu),
        Path(_worker_init).parent,
        *installation_of(prepared.python),
        *_named(rights.read, launch),
    ]
    net, ports = network_of(rights)
    devices = [*(_gpu() if rights.gpu else ()), *(_SOUND if rights.audio else ())]
    return {
        "profile": profile,
        "require": not prepared.own and not launch.reduced,
        "ro": existing([*reads, *_authority(rights, ours)]),
        "rw": existing(own),
        "whole": "rw" if rights.write is True else "ro" if rights.read is True else "",
        "net": net,
        "ports": ports,
        "datagrams": needs_names(rights),
        "execute": _programs(rights, prepared.python),
        "starts": bool(rights.run),
        "sockets": existing(_sockets(rights, ours)),
        "devices": [one for one in devices if not one.startswith("/sys")],
        "links": _links(scratch),
        "files": identity_files(scratch.home),
        "owner": OWNER,
    }


def limits_of(policy: Mapping[str, Any] | None, launch: Launch) -> dict[str, Any] | None:
    """Return what the worker is to tell of when the program tries it; None: of nothing."""
    if policy is None:
        return None
    rights = launch.prepared.rights
    reached = [*policy["ro"], *policy["rw"], *policy["devices"], *policy["files"], *_OPEN]
    run = None if rights.run is True else [Path(name).name for name in rights.run or ()]
    return {
        "read": ["/"] if policy["whole"] else reached,
        "write": ["/"] if policy["whole"] == "rw" else [*policy["rw"], *_OPEN, *_WRITABLE],
        "net": policy["net"] != "none",
        "run": run,
    }


def network_of(rights: Rights) -> tuple[str, list[int]]:
    """Return how much of the network there is, and the TCP ports it is limited to."""
    if rights.net is False or rights.net == ():
        return "none", []
    if rights.net is True:
        return "all", []
    ports = [_port(name) for name in rights.net]
    if any(port is None for port in ports):
        return "all", []  # a host without a port: host names cannot be enforced
    return "ports", sorted({port for port in ports if port is not None})


def needs_names(rights: Rights) -> bool:
    """Whether a host is named that has to be looked up by asking the network."""
    named = rights.net if isinstance(rights.net, tuple) else ()
    return any(not _is_address(name.rpartition(":")[0]) for name in named)


def _is_address(host: str) -> bool:
    """`localhost` is found in a file; no host means a server of the program's own."""
    if host in ("", "localhost"):
        return True
    from ipaddress import ip_address  # late: most programs name no host

    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _port(name: str) -> int | None:
    text = name.rpartition(":")[2]
    return int(text) if text.isdigit() and 0 < int(text) < 65_536 else None


def _named(grant: bool | tuple[str, ...], launch: Launch) -> list[Path]:
    """The folders and files that a permission names, relative to the project."""
    if isinstance(grant, bool):
        return []
    root = launch.prepared.root
    named = [root / Path(name).expanduser() for name in grant if name != "."]
    return [path for path in named if not _holds_sockets(path)]


def _holds_sockets(path: Path) -> bool:
    """Whether it lies where other programs listen: to read a socket is to talk to its owner."""
    return any(path.resolve().is_relative_to(folder) for folder in ("/run", "/var/run"))


def system_reads(*, net: bool, gpu: bool = False) -> Iterator[Path]:
    """Yield what everything may read of the machine itself."""
    yield from map(Path, _SYSTEM)
    yield from (Path("/etc") / name for name in _ETC)
    if net:
        yield from (Path("/etc") / name for name in _NET_ETC)
        yield Path("/run/systemd/resolve")  # where `resolv.conf` may lead
    yield from map(Path, _SYS)
    if gpu:
        yield Path("/sys")


def _programs(rights: Rights, python: Path) -> list[str] | None:
    if rights.run is True:
        return None
    named = rights.run or ()
    found = [shutil.which(name) or name for name in named]
    loaders = [str(one) for place in ("/lib", "/lib64") for one in Path(place).glob("ld-linux*")]
    places = [python, python.resolve(), *map(Path, found)]
    return [*existing([one.resolve() for one in places]), *existing(map(Path, loaders))]


def _sockets(rights: Rights, ours: Mapping[str, str]) -> Iterator[Path]:
    runtime = ours.get("XDG_RUNTIME_DIR", "")
    if rights.display:
        number = _display_number(ours.get("DISPLAY", ""))
        if number is not None:
            yield Path(f"/tmp/.X11-unix/X{number}")
        wayland = ours.get("WAYLAND_DISPLAY", "")
        if wayland and (runtime or wayland.startswith("/")):
            yield Path(runtime) / wayland
    if rights.audio and runtime:
        yield from (Path(runtime) / name for name in ("pulse", "pipewire-0"))


def _display_number(display: str) -> str | None:
    """`:0.1` and `unix:0` name sockets of this machine; anything else is the network's."""
    host, _, number = display.rpartition(":")
    plain = number.partition(".")[0]
    return plain if host in ("", "unix") and plain.isdigit() else None


def _authority(rights: Rights, ours: Mapping[str, str]) -> Iterator[Path]:
    if rights.display and "XAUTHORITY" in ours:
        yield Path(ours["XAUTHORITY"])


def _gpu() -> list[str]:
    return [*_GPU, *map(str, Path("/dev").glob("nvidia*"))]


def _links(scratch: Scratch) -> dict[str, str]:
    """The short name of the temporary folder, where it has one."""
    real = scratch.home.parent / "tmp"
    return {} if scratch.temporary == real else {str(scratch.temporary): str(real)}


def identity_files(home: Path) -> dict[str, str]:
    """Who the program is: itself and root, and nobody else on this machine."""
    uid, gid = os.geteuid(), os.getegid()
    if uid == 0:
        uid = gid = OWNER
    try:
        name = pwd.getpwuid(os.geteuid()).pw_name if os.geteuid() else "player"
    except KeyError:
        name = "player"
    rows = ["root:x:0:0:root:/root:/usr/sbin/nologin", f"{name}:x:{uid}:{gid}::{home}:/bin/sh"]
    groups = ["root:x:0:", f"{name}:x:{gid}:"]
    return {"/etc/passwd": "\n".join(rows) + "\n", "/etc/group": "\n".join(groups) + "\n"}


def existing(paths: Iterable[Path]) -> list[str]:
    """Absolute, each once, in order; those that are not there are left out."""
    return list(dict.fromkeys(str(path.absolute()) for path in paths if os.path.lexists(path)))
