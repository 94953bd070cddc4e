"""The run's throw-away folders, and the short name its temporary folder goes by."""

import os
import secrets
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from session.runtime.environment import Scratch

#: Sockets have names of at most 107 bytes; multiprocessing adds 32 to the temporary folder's.
_SHORT_ENOUGH = 72
_LINK = "ph-"


def plan_links(folder: Path) -> tuple[Path, ...]:
    """Return names for a short link to the temporary folder of `folder`, the best one first.

    None where it needs none. Nothing is made yet, so that whoever is to delete the link can be
    told before there is one.
    """
    if len(os.fsencode(folder / "tmp")) <= _SHORT_ENOUGH:
        return ()
    name = f"{_LINK}{secrets.token_hex(6)}"
    links = (Path(place) / name for place in _places())
    return tuple(link for link in links if len(os.fsencode(link)) <= _SHORT_ENOUGH)


def make_scratch(folder: Path, links: Sequence[Path] = ()) -> Scratch:
    """Create the folders in `folder`, and the first of the planned `links` that can be made."""
    scratch = Scratch(folder / "home", folder / "tmp", folder / "cache")
    for one in (*scratch, folder / "cache" / "matplotlib"):
        one.mkdir(parents=True, exist_ok=True)
    for link in links:
        with suppress(OSError):
            link.symlink_to(scratch.temporary, target_is_directory=True)
            return scratch._replace(temporary=link)
    return scratch


def _places() -> list[str]:
    places = (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir())
    return [place for place in places if place]


def drop_links(folder: Path) -> None:
    """Delete the short links into `folder` that a killed Playhead and its launcher left."""
    for link in (link for place in _places() for link in Path(place).glob(f"{_LINK}*")):
        with suppress(OSError):
            if link.readlink().is_relative_to(folder):
                link.unlink()
