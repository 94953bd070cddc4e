"""A small JSON file of the studio: read leniently, written whole or not at all."""

import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any


def read_kept(path: Path) -> tuple[dict[str, Any], str | None]:
    """Return the object a file holds, and what was wrong with it, if anything.

    A missing file is an empty object. One that cannot be understood is set aside beside itself,
    never overwritten, and what was read is empty.
    """
    try:
        document = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}, None
    except OSError as error:
        return {}, f"{path} could not be read: {error.strerror}. Defaults are used."
    except (ValueError, RecursionError):
        document = None
    return (document, None) if isinstance(document, dict) else ({}, _set_aside(path))


def _set_aside(path: Path) -> str:
    aside = path.with_name(f"{path.name}.broken-{time.strftime('%Y%m%d-%H%M%S')}")
    try:
        path.replace(aside)
    except OSError as error:
        return f"{path} is damaged, and cannot be set aside: {error.strerror}."
    return f"{path.name} was damaged. It was set aside as {aside}; defaults are used."


def write_kept(path: Path, document: dict[str, Any]) -> None:
    """Write an object to a file, so that a crash leaves the old or the new one. OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(document, file, indent=2, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
