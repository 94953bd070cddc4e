"""What one run may do, as the launcher is told: paths, sockets, ports. Plain data from the wire.

The session has worked it out from the manifest and from what was granted; see
`session/runtime/isolation` there.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

STRICT = "strict"
PORTABLE = "portable"
MINIMAL = "minimal"

#: What `net` can be: a network of its own, the machine's for some TCP ports only, all of it.
NET_NONE, NET_PORTS, NET_ALL = "none", "ports", "all"


class Policy:
    """One run's rights. Every path is absolute; `/` among them is the same as `whole`.

    `profile` is the best that is to be tried. `require` refuses to start with less than the
    layers that a stranger's program needs. `ro` and `rw` are folders and files to read and to
    write, `whole` is `ro` or `rw` where everything is. `links` are made, and lead where they say;
    `files` are made with their text. `execute` lists the programs it may start, None: all that
    it can read; without `starts` these are the interpreter alone, and the worker sees to it that
    nothing is started after that. `datagrams`: beside `ports`, names may have to be looked up.
    `sockets` are paths of other programs' sockets, `devices` those of devices.
    `owner` is the uid that a run of root gets. `view` says of what to make an overlay (`at`,
    `lower`, `place`), or with `copied` why the view is a copy.
    """

    def __init__(self, said: Mapping[str, Any]) -> None:
        self.profile: str = said["profile"]
        self.require: bool = said.get("require", False)
        self.ro: list[str] = [path for path in said["ro"] if path != "/"]
        self.rw: list[str] = [path for path in said["rw"] if path != "/" and not _of_machine(path)]
        self.whole: str = _whole_of(said)
        self.links: dict[str, str] = said.get("links", {})
        self.files: dict[str, str] = said.get("files", {})
        self.net: str = said.get("net", NET_NONE)
        self.ports: list[int] = said.get("ports", [])
        self.execute: list[str] | None = said.get("execute")
        self.starts: bool = said.get("starts", True)
        self.datagrams: bool = said.get("datagrams", True)
        self.sockets: list[str] = said.get("sockets", [])
        self.devices: list[str] = said.get("devices", [])
        self.view: dict[str, str] = said.get("view", {})
        self.owner: int = said.get("owner", 0)
        #: Why it has no control group of its own; "" where it has one, None where nobody tried.
        self.cgroup: str | None = said.get("cgroup")
        #: The descriptor of that group.
        self.group: int = said.get("group", -1)
        self.shared_memory: int = said.get("shared_memory", 256 << 20)

    @property
    def overlays(self) -> bool:
        """Whether the view is to be an overlay."""
        return "at" in self.view

    @property
    def view_kind(self) -> str:
        """What the view is, in words for the record."""
        reason = self.view.get("copied", "")
        return "overlay" if self.overlays else f"copy: {reason}" if reason else "copy"


def _of_machine(path: str) -> bool:
    """Whether a path leads to what the machine itself is set up by: never for a run to write."""
    return f"{path}/".startswith(("/proc/", "/sys/"))


def _whole_of(said: Mapping[str, Any]) -> str:
    whole: str = said.get("whole", "")
    if whole == "rw" or "/" in said["rw"]:
        return "rw"
    return "ro" if "/" in said["ro"] else whole


class Layers:
    """What was put on, and what was not and why; ends up in the run's record."""

    def __init__(self, profile: str) -> None:
        self.profile = profile
        self.active: dict[str, Any] = {}
        self.gaps: dict[str, str] = {}

    def on(self, name: str, detail: Any = True) -> None:
        """Note a layer that is on."""
        self.active[name] = detail

    def off(self, name: str, reason: str) -> None:
        """Note a layer that is not, in a few words."""
        self.gaps[name] = reason

    def plain(self) -> dict[str, Any]:
        """Return it as it goes over the wire."""
        return {"profile": self.profile, "layers": self.active, "gaps": self.gaps}


#: What a stranger's program needs: one of each group (design page, Permissions).
REQUIRED = {
    "processes of its own (pidns or cgroup)": ("pidns", "cgroup"),
    "a network of its own (netns or seccomp)": ("netns", "seccomp"),
    "files of its own (landlock or mntns)": ("landlock", "mntns"),
}


def missing_for_strangers(layers: Layers) -> list[str]:
    """Return the groups of which no layer is on, in words."""
    return [words for words, group in REQUIRED.items() if not layers.active.keys() & set(group)]
