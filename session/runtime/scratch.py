"""The run's throw-away folders, and the short name its temporary folder goes by."""

import os
import secrets
import tempfile
from pathlib import Path

from session.runtime.environment import Scratch

#: Sockets have names of at most 107 bytes; multiprocessing adds 32 to the temporary folder's.
_SHORT_ENOUGH = 72


def make_scratch(folder: Path) -> tuple[Scratch, tuple[Path, ...]]:
    """Create the folders in `folder`; also return the links that lie outside of it."""
    scratch = Scratch(folder / "home", folder / "tmp", folder / "cache")
    for one in (*scratch, folder / "cache" / "matplotlib"):
        one.mkdir(parents=True, exist_ok=True)
    if len(os.fsencode(scratch.temporary)) <= _SHORT_ENOUGH:
        return scratch, ()
    link = _shorten(scratch.temporary)
    return (scratch, ()) if link is None else (scratch._replace(temporary=link), (link,))


def _shorten(folder: Path) -> Path | None:
    """Return a short link to `folder`; None where none can be made, which most never notice."""
    for place in (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir()):
        if not place or len(os.fsencode(place)) > _SHORT_ENOUGH - 16:
            continue
        link = Path(place) / f"ph-{secrets.token_hex(6)}"
        try:
            link.symlink_to(folder, target_is_directory=True)
        except OSError:
            continue
        return link
    return None
