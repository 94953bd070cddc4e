"""Ends and tidies what a run left when its Playhead was killed; see `session.recovery`."""

from collections.abc import Sequence
from pathlib import Path

from session.record import RunRecord
from session.run_folder import WRITTEN, RunFolder
from session.runtime.harvest import keep_since
from session.runtime.orphans import DeadRun, end_orphans
from session.runtime.run_folder import LAID, SPARES, read_laid, remove_folders, remove_place
from session.runtime.scratch import drop_links


class ProcessLeftovers:
    """The real `Leftovers`: processes by exact identity, files by what was touched since."""

    def end(self, record: RunRecord) -> Sequence[str]:
        """End every process of the run; blocks until they are gone."""
        ended = end_orphans([DeadRun(record.run_id, record.processes)])
        return [str(one) for one in ended]

    def tidy(self, folder: Path) -> None:
        """Keep what the run wrote into its view; remove view and scratch."""
        laid = read_laid(folder)
        drop_links(folder if laid is None else laid[0].path.parent)
        if laid is None:
            remove_folders(folder)
            return
        since = (folder / LAID).stat().st_ctime_ns
        keep_since(laid.upper or laid.view, since, folder / WRITTEN)
        laid.remove()
        (folder / LAID).unlink(missing_ok=True)

    def clear(self, runs: Path) -> None:
        """End the workers that a killed Playhead kept waiting, and remove their folders."""
        for place in (runs / SPARES).glob("*"):
            lock = _adopt(place)
            if lock is None:
                continue
            end_orphans([DeadRun(place.name)])
            drop_links(place)
            remove_place(place)
            lock.release()


def _adopt(place: Path) -> RunFolder | None:
    """Lock it; None where its Playhead lives, or it is on its way out."""
    try:
        return RunFolder.adopt(place)
    except OSError:
        return None
