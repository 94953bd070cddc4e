"""Whether a folder can be the working directory of a project. On the way of some quick Plays."""

import os
from pathlib import Path

from shipper.formats.way import folder_inside


def folder_fault(root: Path, cwd: str) -> str | None:
    """Return the code of what is wrong with a working directory; None where nothing is."""
    inside = folder_inside(cwd)
    if inside is None:
        return "cwd-outside"
    if not inside:
        return None
    if "\0" in inside or not (root / inside).is_dir():
        return "cwd-missing"
    real, within = os.path.realpath(root / inside), os.path.realpath(root)
    return None if Path(real).is_relative_to(within) else "cwd-outside"
