"""Finds the files of a project and brings their bytes into the store, each read once.

What is unchanged since the last time, by its stamp, is not read again; its blob is trusted by
its mark, and otherwise checked.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from shipper.build.context import Context
from shipper.errors import PrepareFailed, ProjectChanged, ProjectUnreadable
from shipper.events import Channel, Severity
from shipper.formats.amounts import amount, count
from shipper.formats.glob import Patterns
from shipper.formats.scan import FoundFile, LeftOut, Listing, SeenFolder, Stamp, StoredFile
from shipper.journal import StepLog
from shipper.source.project import Project
from shipper.source.walk import list_only, walk
from shipper.store.memo import FileMemory

_BATCH = 64


class Scan(NamedTuple):
    """The files of the image in path order, their stamps, what was left out, folders seen."""

    files: tuple[StoredFile, ...]
    stamps: dict[str, Stamp]
    left_out: tuple[LeftOut, ...]
    folders: tuple[SeenFolder, ...]

    def by_path(self) -> dict[str, StoredFile]:
        """Return the files by path."""
        return {file.path: file for file in self.files}


class _Outcome(NamedTuple):
    """What became of one file: stored (`stamp` says as what), or the failure."""

    stored: StoredFile | None
    stamp: Stamp | None
    read: bool = False
    altered: bool = False
    failure: PrepareFailed | None = None


def scan_project(
    project: Project, memory: dict[str, FileMemory], context: Context, log: StepLog
) -> Scan:
    """Return the project's files, all of them in the store; raise all failures as one."""
    listing = _list(project, context)
    for name in listing.bad_names:
        log.fail(_bad_name(name.shown))
    outcomes = _store_all(listing.files, memory, context)
    _report(log, listing, outcomes)
    failures = [_bad_name(name.shown) for name in listing.bad_names]
    failures += [outcome.failure for outcome in outcomes if outcome.failure]
    if failures:
        whole = PrepareFailed.of(failures)
        whole.reported = True
        raise whole
    stored = tuple(outcome.stored for outcome in outcomes if outcome.stored)
    stamps = {o.stored.path: o.stamp for o in outcomes if o.stored and o.stamp}
    _check_manifest(project, stored)
    return Scan(stored, stamps, listing.left_out, listing.folders)


def _list(project: Project, context: Context) -> Listing:
    if project.only is not None:
        return list_only(project.root, project.only)
    spec = project.spec
    return walk(project.root, Patterns(spec.include), Patterns(spec.exclude), context.check)


def _bad_name(shown: str) -> PrepareFailed:
    return PrepareFailed(
        f"{shown}: the name of this file is not UTF-8 text, so no image can hold it.",
        "Rename the file, or leave its folder out with `exclude`.",
        code="name-not-text",
        path=shown,
    )


def _store_all(
    files: Sequence[FoundFile], memory: dict[str, FileMemory], context: Context
) -> list[_Outcome]:
    def batch(rows: Sequence[FoundFile]) -> list[_Outcome]:
        context.check()
        return [_store(row, memory.get(row.path), context) for row in rows]

    batches = [files[at : at + _BATCH] for at in range(0, len(files), _BATCH)]
    if context.workers == 1 or len(batches) < 2:
        parts: Iterable[list[_Outcome]] = map(batch, batches)
        return [outcome for part in parts for outcome in part]
    with ThreadPoolExecutor(context.workers, thread_name_prefix="shipper-scan") as pool:
        return [outcome for part in pool.map(batch, batches) for outcome in part]


def _store(found: FoundFile, known: FileMemory | None, context: Context) -> _Outcome:
    blobs = context.blobs
    altered = False
    if known and known.mark is not None:
        sha256 = known.file.sha256
        if blobs.mark(sha256) != known.mark and not blobs.is_whole(sha256):
            altered = blobs.set_aside(sha256) is not None
        elif known.stamp == found.stamp and not known.racy:
            return _Outcome(known.file, found.stamp)
    try:
        kept = blobs.keep(found, context.check)
    except PrepareFailed as failure:
        return _Outcome(None, None, failure=failure)
    except OSError as error:
        reason = error.strerror or str(error)
        unreadable = ProjectUnreadable(Path(found.path), reason)
        unreadable.path = found.path
        return _Outcome(None, None, failure=unreadable)
    return _Outcome(kept.file, kept.stamp, read=True, altered=altered or kept.altered)


def _report(log: StepLog, listing: Listing, outcomes: Sequence[_Outcome]) -> None:
    for found, outcome in zip(listing.files, outcomes, strict=True):
        if outcome.failure:
            log.fail(outcome.failure)
        elif outcome.altered:
            log.find(
                Severity.WARNING,
                f"{found.path}: its stored copy had been altered; it was set aside and made anew.",
                code="image-altered",
                hint="Nothing but Playhead should write to its cache; look for what did.",
                path=found.path,
                channel=Channel.PACK,
                lasting=False,
            )
    read = sum(outcome.read for outcome in outcomes)
    size = sum(outcome.stored.size for outcome in outcomes if outcome.stored)
    total = f"{count(len(outcomes), 'file')}, {amount(size)}"
    log.sum_up(f"scanned {total}; read {read} of them", f"scanned {total}; nothing has changed")


def _check_manifest(project: Project, stored: tuple[StoredFile, ...]) -> None:
    """See to it that the manifest in the image is the one that was understood."""
    for file in stored:
        if file.path == project.manifest and file.sha256 != project.manifest_sha256:
            raise ProjectChanged(file.path, "was written to")
