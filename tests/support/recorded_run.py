"""Puts finished and living runs into a home, as a session would, without playing anything."""

from pathlib import Path

from session.exit_info import Cause, ExitInfo
from session.history import RunHistory
from session.home import Home
from session.log.entry import NewEntry, Stream
from session.log.store import LogStore
from session.record import RunRecord
from session.run_id import RunId
from session.state import SessionState

END = ExitInfo(Cause.EXIT_CODE, "The program ended with exit code 3.", 3)


class RecordedRun:
    """One run in the making: its log can be written until it ends."""

    def __init__(self, home: Path, project: Path, run_id: str, started: float) -> None:
        self.history = RunHistory(Home.under(home))
        self.record = RunRecord(RunId(run_id), project, (), started, title=project.name)
        self.folder = self.history.begin(self.record)
        self.log = LogStore.create(self.folder.path, run_id)
        self.log.append_state("idle", "preparing", "play")

    def add(self, *entries: NewEntry) -> None:
        """Append entries to the log."""
        for entry in entries:
            self.log.append(entry)

    def output(self, data: bytes, stream: Stream = Stream.STDOUT) -> None:
        """Append what the program printed."""
        self.log.feed(stream, data)

    def wrote(self, name: str, content: str) -> None:
        """Keep a file as the run's writing."""
        path = self.folder.path / "written" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")

    def end(self, took_s: float = 1.5) -> None:
        """Complete the record and give the folder free."""
        root = self.folder.path / "written"
        files = (path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
        self.log.append_state("running", "runtime_failed", "failed")
        self.log.close()
        self.record = self.record.with_end(
            SessionState.RUNTIME_FAILED, END, self.record.started + took_s, tuple(sorted(files))
        )
        self.history.end(self.folder, self.record)
