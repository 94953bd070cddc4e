"""Drives the `playhead` command as a user or a program would: real processes, real pipes."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
Row = dict[str, Any]
COMMAND = [sys.executable, "-c", "from studio.cli.main import main; main()"]


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a user whose Playhead keeps its files in `home`."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PLAYHEAD", "PYTEST"))}
    ours = {"PLAYHEAD_HOME": str(home), "PLAYHEAD_SELF_TEST": "off"}
    return kept | ours | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1"} | more


@dataclass
class Playing:
    """A `playhead play --jsonl` under way; rows arrive as it prints them."""

    process: subprocess.Popen[bytes]
    rows: list[Row] = field(default_factory=list)
    errors: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._grew = threading.Condition()
        self._threads = [
            threading.Thread(target=target, daemon=True)
            for target in (self._read_rows, self._read_errors)
        ]
        for thread in self._threads:
            thread.start()

    def until(self, wanted: Callable[[Row], bool], timeout_s: float = 60) -> Row:
        """Wait for a row; fail with everything seen when it does not come."""
        deadline = time.monotonic() + timeout_s
        seen = 0
        with self._grew:
            while True:
                for row in self.rows[seen:]:
                    if wanted(row):
                        return row
                seen = len(self.rows)
                left = deadline - time.monotonic()
                ended = self.process.poll() is not None and not self._threads[0].is_alive()
                if left <= 0 or (ended and seen == len(self.rows)):
                    msg = f"the row never came\n{self.told()}"
                    raise AssertionError(msg)
                self._grew.wait(min(left, 0.2))

    def until_state(self, state: str) -> Row:
        """Wait until the session says that it is in `state`."""
        return self.until(lambda row: row["type"] == "state" and row["to"] == state)

    def until_message(self, text: str) -> Row:
        """Wait for a log entry that contains `text`."""
        return self.until(lambda row: row["type"] == "log" and text in row["message"])

    def send(self, data: bytes) -> None:
        """Write to the command's standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def interrupt(self) -> None:
        """Press Ctrl-C once."""
        self.process.send_signal(signal.SIGINT)

    def end(self, timeout_s: float = 60) -> int:
        """Wait for the end and return the exit code."""
        code = self.process.wait(timeout_s)
        for thread in self._threads:
            thread.join(10)
        return code

    @property
    def exit(self) -> Row:
        """The last row, which says how it ended."""
        assert self.rows, self.told()
        assert self.rows[-1]["type"] == "exit", self.told()
        return self.rows[-1]

    @property
    def states(self) -> list[str]:
        """The states that the session went through."""
        return [row["to"] for row in self.rows if row["type"] == "state"]

    def entries(self, source: str | None = None) -> list[Row]:
        """The log entries, of one source or of all."""
        logs = [row for row in self.rows if row["type"] == "log"]
        return [row for row in logs if source in (None, row["source"])]

    def output(self, stream: str = "stdout") -> list[str]:
        """The lines of one of the program's streams."""
        return [row["message"] for row in self.entries("runtime") if row["stream"] == stream]

    def told(self) -> str:
        """Everything it said, for a failing test."""
        rows = "\n".join(json.dumps(row) for row in self.rows[-60:])
        return f"{rows}\n{b''.join(self.errors).decode(errors='replace')}"

    def _read_rows(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if not line.endswith(b"\n"):
                return  # it was killed in the middle of a row
            with self._grew:
                self.rows.append(json.loads(line))
                self._grew.notify_all()

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        self.errors.extend(self.process.stderr)


@contextmanager
def playing(
    home: Path,
    project: Path,
    *args: str,
    env: Mapping[str, str] | None = None,
    prefix: Sequence[str] = (),
) -> Iterator[Playing]:
    """Play a project; whatever the test does, nothing is left running."""
    tail = ["--", *args] if args else []
    with subprocess.Popen(
        [*prefix, *COMMAND, "play", str(project), "--jsonl", *tail],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(home, **(env or {})),
    ) as process:
        play = Playing(process)
        try:
            yield play
        finally:
            if process.poll() is None:
                process.kill()


def run_command(
    home: Path, *args: str, timeout_s: float = 120, stdin: bytes = b"", **env: str
) -> subprocess.CompletedProcess[str]:
    """Run `playhead` with `args` to its end and return what it printed."""
    return subprocess.run(
        [*COMMAND, *args],
        input=stdin.decode(),
        capture_output=True,
        text=True,
        timeout=timeout_s,
        env=environment(home, **env),
        check=False,
    )


def processes_of(run_id: str) -> list[int]:
    """The pids of every living process that carries the run's id in its environment."""
    needle = f"PLAYHEAD_RUN_ID={run_id}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if needle in (folder / "environ").read_bytes().split(b"\0"):
                stat = (folder / "stat").read_text()
                if stat.rpartition(")")[2].split()[0] not in {"Z", "X"}:
                    found.append(int(folder.name))
        except OSError:
            continue
    return found
