"""Runs a tool through the host's spawn, and hands on its output line by line."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from shipper.errors import HostRaised
from shipper.events import Spawn, ToolRights

#: Variables that any tool may need to run at all.
_PLAIN = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "USER", "SYSTEMROOT", "XDG_CONFIG_HOME")


class Outcome(NamedTuple):
    """How a tool ended, and all it wrote."""

    exit_code: int
    stdout: bytes
    stderr: str


class _Lines:
    """Cuts a stream into lines, wherever its chunks end."""

    def __init__(self, take: Callable[[str], None] | None) -> None:
        self._take = take
        self._open = b""
        self.whole = bytearray()

    def feed(self, data: bytes) -> None:
        self.whole += data
        if self._take is None:
            return
        *lines, self._open = (self._open + data).split(b"\n")
        for line in lines:
            self._tell(line)

    def finish(self) -> None:
        if self._take is not None and self._open:
            self._tell(self._open)

    def _tell(self, line: bytes) -> None:
        text = line.decode("utf-8", "backslashreplace").rstrip("\r ")
        if text.strip() and self._take is not None:
            self._take(text)


def plain_environment() -> dict[str, str]:
    """Return the few variables that a tool is started with."""
    return {name: os.environ[name] for name in _PLAIN if name in os.environ}


def run_tool(
    spawn: Spawn,
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    rights: ToolRights,
    stdin: bytes = b"",
    on_line: Callable[[str], None] | None = None,
    both: bool = False,
) -> Outcome:
    """Run `argv` to its end. `on_line` gets lines of stderr as they come, and of stdout if `both`.

    What `spawn` raises passes through, as HostRaised until it leaves the shipper.
    """
    streams = {"stdout": _Lines(on_line if both else None), "stderr": _Lines(on_line)}
    try:
        code = spawn(
            argv,
            cwd=cwd,
            env=env,
            stdin=stdin,
            rights=rights,
            on_output=lambda name, data: streams[str(name)].feed(data),
        )
    except BaseException as error:
        raise HostRaised(error) from error
    for stream in streams.values():
        stream.finish()
    stderr = streams["stderr"].whole.decode("utf-8", "replace")
    return Outcome(code, bytes(streams["stdout"].whole), stderr)
