"""Reads single files of a project."""

import io
import tokenize
from pathlib import Path

from shipper.errors import ProjectMissing, ProjectUnreadable


def read_bytes(path: Path) -> bytes:
    """Return a file's bytes; raise PrepareFailed where they cannot be had."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ProjectMissing(path) from None
    except OSError as error:
        raise ProjectUnreadable(path, error.strerror or str(error)) from error


def decode_source(data: bytes) -> str:
    """Return Python source as text; where its encoding is broken, as much as can be read.

    What is broken is told by the compile check, with its line.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        return data.decode("utf-8", "replace")
