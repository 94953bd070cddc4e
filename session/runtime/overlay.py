"""A view that is an overlay: below, the image's tree, shared; above, what this run writes.

Made by the launcher inside the run's own mounts (`session/worker/isolation/overlay.py`), so that
outside the view stays an empty folder. What the kernel leaves in the upper folder is read here:
a file that was opened for writing is there whole, a character device 0/0 stands for something
that was deleted, and an attribute says that a folder hides the one below.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from session.ports import ImageFile
from session.runtime.harvest import Harvest, keep_changes
from session.runtime.image_tree import ImageTree
from session.runtime.own_folder import OwnFolder

#: In the run's folder. The two have to lie in one mount, hence one folder.
OVERLAY: Final = "overlay"
UPPER: Final = "upper"
WORK: Final = "work"
_PROBE: Final = "user.playhead"


class Overlay:
    """One run's overlay, from its empty upper folder to what is left in it."""

    def __init__(self, folder: Path) -> None:
        """Make the folders below `folder`; raise OSError where overlays cannot be kept there."""
        self._place = folder / OVERLAY
        self._tree: ImageTree | None = None
        self.upper = self._place / UPPER
        work = self._place / WORK
        for one in (self._place, self.upper, work):
            one.mkdir()
        self.own = OwnFolder.of(self.upper), OwnFolder.of(work)
        try:  # without attributes, a folder that was made anew shows what was deleted
            os.setxattr(self.upper, _PROBE, b"")
            os.removexattr(self.upper, _PROBE)
        except OSError:
            self.remove()
            raise

    def cover(self, tree: ImageTree) -> None:
        """Take a tree as the lower side; it is released with the overlay."""
        self._tree = tree

    @property
    def lower(self) -> Path:
        """The folder below; only once there is one."""
        if self._tree is None:
            message = "an overlay was used before it covered a tree"
            raise RuntimeError(message)
        return self._tree.path

    def plan(self, view: Path) -> dict[str, str]:
        """Return what the launcher is told: real paths, for it looks them up in another root."""
        lower, place = os.path.realpath(self.lower), os.path.realpath(self._place)
        return {"at": str(view), "lower": lower, "place": place}

    def make_folder(self, path: str) -> None:
        """Let there be a folder in the view that is in no image; raise OSError."""
        if not (self.lower / path).is_dir():
            (self.upper / path).mkdir(parents=True, exist_ok=True)

    def harvest(self, files: Iterable[ImageFile], kept: Path) -> Harvest:
        """Move new and changed files into `kept`; list them and what was deleted."""
        return keep_changes(self.own[0], {file.path: file for file in files}, kept)

    def remove(self) -> None:
        """Remove the folders, and give the tree free."""
        remove_overlay(self._place, self.own)
        if self._tree is not None:
            self._tree.release()


def remove_overlay(place: Path, own: Iterable[OwnFolder]) -> None:
    """Remove the folders of an overlay that is not mounted any more."""
    for one in own:
        one.remove()
    with suppress(OSError):
        place.rmdir()
