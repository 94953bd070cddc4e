"""The runs on disk: listed, reopened, copied from, pruned; a live run is never deleted.

`runs/<run id>/` holds a run. Two kinds of empty marker files keep the common questions cheap:
`runs/live/<run id>` stands for a run that has not ended, so that a start finds the leavings of
a killed Playhead by listing one small folder, and `runs/projects/<key>/<run id>` files a run
under its project, so that pruning reads no record. Run ids sort by time.
"""

import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from session.copying import copy_file
from session.errors import HomeUnusable, LeadsOutside, RunIsLive, RunNotFound
from session.home import Home, project_key
from session.log.liveness import is_locked
from session.log.records import SPOOL_NAME
from session.log.store import LogStore
from session.record import RunRecord
from session.run_folder import WRITTEN, RunFolder, read_record
from session.run_id import RunId

LIVE = "live"
PROJECTS = "projects"


class RunHistory:
    """Every run that this home knows, of all projects. `root` is the folder that they are in."""

    def __init__(self, home: Home, keep: int = 50) -> None:
        self.root = home.runs
        self._keep = keep

    def folder(self, run_id: RunId) -> Path:
        """Return where the run's files are."""
        return self.root / run_id

    def begin(self, record: RunRecord) -> RunFolder:
        """Make, lock and mark the folder of a new run; raise `HomeUnusable` if impossible."""
        folder = None
        try:
            folder = RunFolder.create(self.folder(record.run_id))
            folder.write(record)
            for marker in self._markers(record.run_id, record.project):
                marker.parent.mkdir(parents=True, exist_ok=True)
                marker.touch()
        except OSError as error:
            if folder is not None:
                self.forget(folder, record)
            raise HomeUnusable(self.root, error.strerror or str(error)) from error
        return folder

    def end(self, folder: RunFolder, record: RunRecord) -> None:
        """Complete the record, give the folder free and prune what is too old."""
        try:
            folder.write(record)
            (self.root / LIVE / record.run_id).unlink(missing_ok=True)
        finally:
            folder.release()
        self.prune(record.project)

    def forget(self, folder: RunFolder, record: RunRecord) -> None:
        """Remove the folder of a run that never began."""
        folder.release()
        self._remove(record.run_id, record.project)

    def left_behind(self) -> Iterator[tuple[RunFolder, RunRecord]]:
        """Lock and yield each run that a killed Playhead left unfinished.

        The caller ends its processes and then calls `end`.
        """
        for run_id in sorted(_names(self.root / LIVE)):
            path = self.root / run_id
            if not path.is_dir():
                (self.root / LIVE / run_id).unlink(missing_ok=True)
                continue
            folder = RunFolder.adopt(path)
            if folder is None:
                continue
            # The id alone finds the processes of a run whose record was torn or lost.
            record = self._read(run_id) or RunRecord(run_id, path, (), time.time())
            if record.ended is None:
                yield folder, record
            else:
                self.end(folder, record)

    def list(self, project: Path | None = None) -> Sequence[RunRecord]:
        """Return the runs of one project, or of all, newest first."""
        ids = self._ids() if project is None else self._ids_of(project)
        records = (self._read(run_id) for run_id in sorted(ids, reverse=True))
        return [record for record in records if record]

    def find(self, name: str) -> RunRecord:
        """Return the run of that id, of that unique beginning, or the `last`; `RunNotFound`."""
        ids = sorted(self._ids())
        wanted = ids[-1:] if name == "last" else [i for i in ids if name and i.startswith(name)]
        found = [record for i in wanted if (record := self._read(i))]
        if len(found) != 1:
            raise RunNotFound(name)
        return found[0]

    def open_log(self, run_id: RunId) -> LogStore:
        """Open the log of a run for reading; it may still be growing."""
        return LogStore.open(self.folder(run_id))

    def is_live(self, run_id: RunId) -> bool:
        """Whether some process is playing the run now."""
        return is_locked(self.folder(run_id))

    def copy_written(self, record: RunRecord, *, overwrite: bool = False) -> Sequence[str]:
        """Copy what the run wrote into its project; return what was copied.

        A file that exists there is left alone unless `overwrite` says otherwise. Nothing is
        written outside the project: `LeadsOutside`, before anything is copied, where a link in
        the project would have it so.
        """
        source = self.folder(record.run_id) / WRITTEN
        target = record.project if record.project.is_dir() else record.project.parent
        names = [name for name in record.written if not _is_foreign(name)]
        for name in names:
            _refuse_links(target, name)
        copied = []
        for name in names:
            if overwrite or not (target / name).exists():
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                copy_file(source / name, target / name)
                copied.append(name)
        return copied

    def delete(self, run_id: RunId) -> None:
        """Delete a finished run and everything kept with it; raise `RunIsLive` for a live one."""
        record = self.find(run_id)
        if self.is_live(run_id):
            raise RunIsLive(run_id)
        self._remove(run_id, record.project)

    def prune(self, project: Path) -> Sequence[RunId]:
        """Delete the oldest finished runs of the project beyond what is kept."""
        newest_first = sorted(self._ids_of(project), reverse=True)
        doomed = [i for i in newest_first[self._keep :] if not self.is_live(i)]
        for run_id in doomed:
            self._remove(run_id, project)
        return doomed

    def _read(self, run_id: RunId) -> RunRecord | None:
        """Return a run's record; of one whose record is damaged, what its folder still tells."""
        folder = self.folder(run_id)
        record = read_record(folder)
        if record is not None:
            return record
        try:
            at = (folder / SPOOL_NAME).stat().st_mtime
        except OSError:  # nothing of it is left, or it is being deleted at this very moment
            return None
        return RunRecord(run_id, folder, (), at, "(its record is damaged)")

    def _remove(self, run_id: RunId, project: Path) -> None:
        shutil.rmtree(self.folder(run_id), ignore_errors=True)
        for marker in self._markers(run_id, project):
            marker.unlink(missing_ok=True)

    def _markers(self, run_id: RunId, project: Path) -> tuple[Path, Path]:
        filed = self.root / PROJECTS / project_key(project) / run_id
        return self.root / LIVE / run_id, filed

    def _ids(self) -> Iterator[RunId]:
        return _names(self.root)

    def _ids_of(self, project: Path) -> Iterator[RunId]:
        return _names(self.root / PROJECTS / project_key(project))


def _is_foreign(name: str) -> bool:
    """Whether a record was tampered with: a run names what it wrote relative to its project."""
    return name.startswith("/") or ".." in name.split("/")


def _refuse_links(project: Path, name: str) -> None:
    """Raise `LeadsOutside` where a folder on the way to `name` is a link out of the project."""
    folder = (project / name).parent
    if not folder.resolve().is_relative_to(project.resolve()):
        raise LeadsOutside(project, folder)


def _names(folder: Path) -> Iterator[RunId]:
    try:
        yield from (RunId(p.name) for p in folder.iterdir() if p.name[0].isdigit())
    except (FileNotFoundError, NotADirectoryError):
        return
