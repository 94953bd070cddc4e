"""Asks a small program of ours something, and never waits for it longer than its deadline.

Not through a host's spawn: a driver that hangs may hold its process beyond any signal, and a
preparation must not wait for that. Whatever is asked also ends itself at its deadline.
"""

import os
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

#: How long a process that was killed is waited for; it is left alone after that.
_LAST_S: Final = 0.5


def ask(argv: Sequence[str], within_s: float, env: Mapping[str, str] | None = None) -> bytes | None:
    """Return what a program prints; None where it fails, does not start, or takes too long."""
    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(os.environ if env is None else env),
            start_new_session=True,
        )
    except (OSError, ValueError):
        return None
    try:
        answer, _ = process.communicate(timeout=within_s)
    except subprocess.TimeoutExpired:
        _end(process)
        return None
    return answer if process.returncode == 0 else None


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    assert process.stdout is not None
    process.stdout.close()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_LAST_S)
        return
    # Stuck in the kernel. Nobody waits for it any more; the interpreter need not warn of that.
    process.returncode = -9
