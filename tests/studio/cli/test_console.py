"""Output is written completely and in order, and a reader who went away is no surprise."""

import asyncio
import os

import pytest

from studio.cli.console import Outlet, OutputClosed, write_all


def test_a_closed_output_has_one_name() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with pytest.raises(OutputClosed):
        write_all(writing, b"x")
    os.close(writing)
    with pytest.raises(OutputClosed):
        write_all(writing, b"x")


async def test_an_outlet_waits_for_its_reader_and_keeps_the_order() -> None:
    reading, writing = os.pipe()
    outlet = Outlet(writing)
    pages = [bytes([65 + number]) * 50_000 for number in range(8)]

    async def write() -> None:
        for page in pages:
            await outlet.write(page)
        os.close(writing)

    task = asyncio.ensure_future(write())
    await asyncio.sleep(0.05)
    assert not task.done(), "the pipe is full, and the loop goes on all the same"
    received = await asyncio.to_thread(_read_all, reading)
    await task
    assert received == b"".join(pages)
    os.close(reading)


async def test_an_outlet_says_when_nobody_reads() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    outlet = Outlet(writing)
    with pytest.raises(OutputClosed):
        await outlet.write(b"x")
    with pytest.raises(OutputClosed):
        await outlet.write(b"x")
    os.close(writing)


async def test_an_output_that_does_not_block_is_written_all_the_same() -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    task = asyncio.ensure_future(Outlet(writing).write(b"x" * 300_000))
    received = 0
    while received < 300_000:
        received += len(await asyncio.to_thread(os.read, reading, 65536))
    await task
    os.close(reading)
    os.close(writing)


def _read_all(fd: int) -> bytes:
    chunks = []
    while chunk := os.read(fd, 65536):
        chunks.append(chunk)
    return b"".join(chunks)
