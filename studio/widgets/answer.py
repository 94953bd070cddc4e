"""Waiting for a dialog's answer without blocking anything."""

import asyncio

from PySide6.QtWidgets import QDialog


async def answer_of(dialog: QDialog) -> int:
    """Open a dialog and wait until it is closed; 0 (rejected) where it is destroyed instead."""
    done: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def settle(result: object = 0) -> None:
        if not done.done():
            done.set_result(result if isinstance(result, int) else 0)

    dialog.finished.connect(settle)
    dialog.destroyed.connect(settle)
    dialog.open()
    return await done
