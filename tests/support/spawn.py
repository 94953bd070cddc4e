"""A spawn for tests of preparation: plain subprocesses, both streams, nothing else."""

import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from shipper.events import ToolRights


class CountingSpawn:
    """Runs tools for real and remembers what was run."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    def __call__(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        stdin: bytes = b"",
        rights: ToolRights,
        on_output: Callable[[str, bytes], None],
    ) -> int:
        """Run `argv` to its end and return its exit code."""
        self.calls.append(list(argv))
        with subprocess.Popen(
            argv,
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            assert process.stdin
            assert process.stdout
            assert process.stderr
            threads = [
                threading.Thread(target=_pump, args=(pipe, name, on_output))
                for name, pipe in (("stdout", process.stdout), ("stderr", process.stderr))
            ]
            for thread in threads:
                thread.start()
            try:
                process.stdin.write(stdin)
                process.stdin.close()
            except BrokenPipeError:
                pass
            for thread in threads:
                thread.join()
            return process.wait()


def _pump(pipe: IO[bytes], name: str, on_output: Callable[[str, bytes], None]) -> None:
    while data := pipe.read1(65536) if hasattr(pipe, "read1") else pipe.read(65536):
        on_output(name, data)
