"""Seals an image: writes its manifest into the store, and says what was left out of it."""

from collections.abc import Sequence
from typing import Any

from shipper.events import Severity
from shipper.formats.amounts import amount, count
from shipper.formats.image import content_id
from shipper.formats.scan import LeftOut, StoredFile
from shipper.journal import StepLog
from shipper.store.images import ImageStore

Manifest = dict[str, Any]


def seal(
    manifest: Manifest,
    files: Sequence[StoredFile],
    left_out: Sequence[LeftOut],
    images: ImageStore,
    log: StepLog,
) -> str:
    """Store the manifest and return the image's identity; an altered one is made anew."""
    for row in left_out:
        log.find(
            Severity.DEBUG, f"left out {row.path}: {row.reason}", code="left-out", path=row.path
        )
    if left_out:
        log.sum_up(f"left {count(len(left_out), 'file or folder', 'files and folders')} out")
    identity = content_id(manifest)
    if images.mark(identity) is not None and not images.is_whole(identity):
        images.set_aside(identity)
        log.find(
            Severity.WARNING,
            "The stored manifest of this image had been altered; it was set aside and made anew.",
            code="image-altered",
            hint="Nothing but Playhead should write to its cache; look for what did.",
            lasting=False,
        )
    new = images.mark(identity) is None
    images.put(manifest)
    size = amount(sum(file.size for file in files))
    short = identity[:19]
    log.sum_up(
        f"{'sealed' if new else 'unchanged image'} {short}: {count(len(files), 'file')}, {size}",
        f"unchanged image {short}: {count(len(files), 'file')}, {size}",
    )
    return identity
