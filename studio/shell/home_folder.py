"""Where the user is at home, as far as the system knows; nothing raises here."""

import os
from pathlib import Path


def home_folder() -> Path:
    """Return the user's home folder, or the root where the system knows of none."""
    found = Path(os.path.expanduser("~"))  # noqa: PTH111 - `Path.home` raises where there is none
    return found if found.is_absolute() else Path("/")


def without_tilde(text: str) -> Path:
    """Return the path that a user wrote; a name that is nobody's stays as it is written."""
    return Path(os.path.expanduser(text))  # noqa: PTH111 - as above
