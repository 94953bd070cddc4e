"""What a process does to itself just before it becomes the program, in either profile."""

from __future__ import annotations

import os

from . import landlock, seccomp
from .policy import NET_ALL, NET_NONE, NET_PORTS, STRICT, missing_for_strangers
from .privileges import (
    become_user,
    drop_capabilities,
    forget_capabilities,
    no_new_privileges,
)
from .syscalls import KNOWN_MACHINE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .policy import Layers, Policy

_STRICT_FAMILIES = (seccomp.AF_UNIX, seccomp.AF_INET, seccomp.AF_INET6, seccomp.AF_NETLINK)
_NET_FAMILIES = (seccomp.AF_INET, seccomp.AF_INET6, seccomp.AF_NETLINK)
#: What every program may read in the portable profile, whose root is the machine's own.
_SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin", "/proc")
_WRITABLE_DEVICES = ("null", "zero", "full", "tty", "ptmx", "pts", "shm", "fd")
_READABLE_DEVICES = ("random", "urandom")
#: A filter of calls cannot read an address, and Landlock knows no datagrams before its ABI 10.
_DATAGRAMS = "a host's name is looked up by datagrams, and where they go cannot be limited"
_CHOSEN = "a server at a port that the system chooses is possible"


class ReducedError(Exception):
    """Layers that this program must have cannot be put on; the text names them, and why."""

    #: Where the start ended: told instead of the step that was under way.
    stage = "required"


def restrict(policy: Policy, layers: Layers) -> None:
    """Give up all that the program must not have; raise OSError or ReducedError."""
    forget_capabilities()
    _be_somebody(policy, layers)
    no_new_privileges()
    layers.on("no_new_privs")
    _put_on_landlock(policy, layers)
    _put_on_seccomp(policy, layers)
    drop_capabilities()
    layers.on("capabilities")
    _note_group(policy, layers)
    missing = missing_for_strangers(layers) if policy.require else []
    if missing:
        reasons = [f"{name}: {reason}" for name, reason in layers.gaps.items()]
        raise ReducedError("; ".join(["it lacks " + ", and ".join(missing), *reasons]))


def _note_group(policy: Policy, layers: Layers) -> None:
    """Note whether there is a control group; a run with processes of its own misses none."""
    if policy.cgroup == "":
        layers.on("cgroup")
    elif policy.cgroup is not None and layers.profile != STRICT:
        layers.off("cgroup", policy.cgroup)


def _be_somebody(policy: Policy, layers: Layers) -> None:
    if os.geteuid() != 0:
        return
    if layers.profile == STRICT and policy.owner:
        become_user(policy.owner)
        layers.on("user", policy.owner)
    else:
        layers.off("root-uid", "the program runs as root, without capabilities")


def _put_on_landlock(policy: Policy, layers: Layers) -> None:
    version = landlock.abi()
    if not version:
        layers.off("landlock", "this kernel has no Landlock")
        if policy.net == NET_PORTS:
            layers.off("net-ports", "every port can be used")
        return
    try:
        rules = _rules(policy, version, strict=layers.profile == STRICT)
        rules.restrict()
    except OSError as error:
        layers.off("landlock", landlock.reason(error))
        return
    layers.on("landlock", version)
    if version < 6 and layers.profile != STRICT:
        layers.off("landlock-scope", "signals to other programs of yours are possible")
    if policy.execute is not None and policy.starts:
        layers.off("run", "the system's loader, which each of them needs, starts any other too")
    if policy.net == NET_PORTS:
        _note_ports(version, policy, layers)


def _note_ports(version: int, policy: Policy, layers: Layers) -> None:
    if version < 4:
        layers.off("net-ports", "every port can be used")
        return
    layers.off("net-listen", _CHOSEN)
    if policy.datagrams or not KNOWN_MACHINE:
        layers.off("net-udp", _DATAGRAMS)


def _rules(policy: Policy, version: int, *, strict: bool) -> landlock.Ruleset:
    # A private network answers for itself; X11 without one is tried by its abstract name first.
    abstract = bool(policy.sockets) and (policy.net != NET_NONE or not strict)
    ports = policy.net == NET_PORTS or (policy.net == NET_NONE and not strict)
    rules = landlock.Ruleset(version, ports=ports, abstract=abstract)
    start = 0 if policy.execute is not None else landlock.EXECUTE
    if strict:
        rules.allow(["/"], landlock.READ | start)
        rules.allow(["/tmp", "/dev", *policy.rw, *policy.sockets], landlock.WRITE | start)
    else:
        rules.allow([*_SYSTEM, *policy.ro], landlock.READ | start)
        rules.allow([f"/dev/{name}" for name in _READABLE_DEVICES], landlock.READ)
        rules.allow([f"/dev/{name}" for name in _WRITABLE_DEVICES], landlock.WRITE)
        rules.allow([*policy.devices, *policy.sockets], landlock.WRITE)
        rules.allow(policy.rw, landlock.WRITE | start)
    if policy.whole:
        rules.allow(["/"], landlock.READ | start)
    if policy.whole == "rw":
        rules.allow(_changeable(), landlock.WRITE | start)
    rules.allow(policy.execute or (), landlock.READ | landlock.EXECUTE)
    for port in policy.ports if ports else ():
        rules.allow_port(port)
    return rules


def _changeable() -> list[str]:
    """All that is the user's to change, without what the machine itself is set up by."""
    return [f"/{name}" for name in os.listdir("/") if name not in ("proc", "sys", "dev")]


def _put_on_seccomp(policy: Policy, layers: Layers) -> None:
    if not KNOWN_MACHINE:
        layers.off("seccomp", f"its numbers are not known for {os.uname().machine}")
        return
    strict, ports = layers.profile == STRICT, policy.net == NET_PORTS
    families, datagrams = _families(policy, strict=strict), policy.datagrams or not ports
    try:
        seccomp.put_on(families, shared=not strict, ports=ports, datagrams=datagrams)
    except OSError as error:
        layers.off("seccomp", error.strerror or str(error))
    else:
        layers.on("seccomp")


def _families(policy: Policy, *, strict: bool) -> tuple[int, ...]:
    """Sockets that can be made: in a private network all usual ones, they lead nowhere else."""
    if strict:
        return _STRICT_FAMILIES
    unix = (seccomp.AF_UNIX,) if policy.sockets or policy.net == NET_ALL else ()
    return (*unix, *(_NET_FAMILIES if policy.net != NET_NONE else ()))
