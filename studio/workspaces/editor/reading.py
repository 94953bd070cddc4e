"""Reading a file beside everything else."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from studio.documents.errors import DocumentError
from studio.documents.text_file import TextFile


async def attempt(read: Callable[[Path], TextFile], path: Path) -> TextFile | DocumentError:
    """Read a file in a thread, and return it or why that is not possible."""
    try:
        return await asyncio.to_thread(read, path)
    except DocumentError as error:
        return error
