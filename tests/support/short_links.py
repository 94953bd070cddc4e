"""The short names that runs get in the system's temporary folder while they live."""

import os
import tempfile
from pathlib import Path


def short_links(target: Path) -> set[Path]:
    """Return those that lead below `target`: other tests may be playing at the same time."""
    return {link for link in Path(tempfile.gettempdir()).glob("ph-*") if _leads(link, target)}


def _leads(link: Path, target: Path) -> bool:
    try:
        return Path(os.readlink(link)).is_relative_to(target)
    except OSError:  # it has gone meanwhile, or is no link of ours
        return False
