"""A private X server without a screen, for real windows: `with xvfb() as display: ...`."""

import os
import secrets
import shutil
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.support.qt_here import qt_problem

#: How long the server may take to start and to end, in seconds.
_PATIENCE_S = 30


class Display(NamedTuple):
    """A display that only those who know the cookie reach. `environ` is what a client needs."""

    name: str
    authority: Path

    @property
    def environ(self) -> dict[str, str]:
        """The variables that lead a client to this display."""
        return {
            "DISPLAY": self.name,
            "XAUTHORITY": str(self.authority),
            "QT_QPA_PLATFORM": "xcb",
            "XDG_SESSION_TYPE": "x11",
        }


def missing() -> str | None:
    """Say what real windows would need and this machine lacks; None: nothing."""
    if (problem := qt_problem()) is not None:
        return f"Qt cannot be loaded: {problem}"
    wanted = {"Xvfb": "xvfb", "xdotool": "xdotool"}
    lacking = [package for command, package in wanted.items() if shutil.which(command) is None]
    return f"not installed: {', '.join(lacking)}" if lacking else None


@contextmanager
def xvfb(folder: Path, size: str = "1600x1000") -> Iterator[Display]:
    """Start a server on a free display, and end it; `folder` is for its cookie."""
    authority = folder / "Xauthority"
    authority.write_bytes(_cookie())
    authority.chmod(0o600)
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size}x24"]
    command += ["-nolisten", "tcp", "-noreset", "-auth", str(authority)]
    with subprocess.Popen(
        command, pass_fds=[writing], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        os.close(writing)
        try:
            with os.fdopen(reading) as answer:
                number = answer.readline().strip()  # empty when the server ended instead
            assert number, "Xvfb did not start"
            yield Display(f":{number}", authority)
        finally:
            server.terminate()
            try:
                server.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                server.kill()


def _cookie() -> bytes:
    """An authority file with one secret that is good for every display."""
    wild, name, secret = 0xFFFF, b"MIT-MAGIC-COOKIE-1", secrets.token_bytes(16)
    fields = (b"", b"", name, secret)
    return struct.pack(">H", wild) + b"".join(
        struct.pack(">H", len(field)) + field for field in fields
    )
