"""Waiting for whichever comes first of a future and some events."""

import asyncio
from typing import Any


async def first_of(
    future: "asyncio.Future[Any]", *events: asyncio.Event, within_s: float | None = None
) -> None:
    """Wait for whichever comes first; the future itself is left alone."""
    waiters = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait({future, *waiters}, timeout=within_s, return_when="FIRST_COMPLETED")
    finally:
        for waiter in waiters:
            waiter.cancel()
