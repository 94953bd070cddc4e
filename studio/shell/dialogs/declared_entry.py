"""What Play plays of a project without a configuration, as its manifest says it. No widgets."""

import tomllib
from pathlib import Path

from shipper.source.configurations import manifest_place


def declared_entry_of(project: Path) -> str:
    """Return the entry that the manifest names; "" where it leaves that to Playhead. Blocking."""
    place = manifest_place(project)
    try:
        document = tomllib.loads(place.read_text("utf-8")) if place is not None else {}
    except (OSError, ValueError, RecursionError):  # whoever reads it in earnest says so
        return ""
    tool = document.get("tool")
    own = tool.get("playhead") if isinstance(tool, dict) else None
    entry = own.get("entry") if isinstance(own, dict) else None
    return entry if isinstance(entry, str) else ""
