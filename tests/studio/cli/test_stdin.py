"""Whatever our standard input is, the program gets all of it and its end; nothing ever hangs."""

import asyncio
import os
import pty
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.cli.stdin import CHUNK, InputForwarder


async def everything_from(fd: int) -> tuple[bytes, int]:
    """Forward `fd` to its end; return what came and how often the end was told."""
    received: list[bytes | None] = []
    ended = asyncio.Event()

    def take(data: bytes | None) -> None:
        received.append(data)
        if data is None:
            ended.set()

    forwarder = InputForwarder(take, lambda: False, fd)
    forwarder.start()
    async with asyncio.timeout(20):
        await ended.wait()
    await asyncio.sleep(0)
    return b"".join(data for data in received if data), received.count(None)


@contextmanager
def opened(path: Path | str, flags: int = os.O_RDONLY) -> Iterator[int]:
    fd = os.open(path, flags)
    try:
        yield fd
    finally:
        os.close(fd)


async def test_a_pipe() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"one\ntwo")
    os.close(writing)
    assert await everything_from(reading) == (b"one\ntwo", 1)
    os.close(reading)


async def test_a_regular_file_which_cannot_be_watched(tmp_path: Path) -> None:
    content = os.urandom(3 * CHUNK + 17)
    (tmp_path / "in").write_bytes(content)
    with opened(tmp_path / "in") as fd:
        assert await everything_from(fd) == (content, 1)


async def test_the_null_device() -> None:
    with opened(os.devnull) as fd:
        assert await everything_from(fd) == (b"", 1)


async def test_a_folder_counts_as_ended(tmp_path: Path) -> None:
    with opened(tmp_path, os.O_RDONLY | os.O_DIRECTORY) as fd:
        assert await everything_from(fd) == (b"", 1)


async def test_a_closed_descriptor_counts_as_ended() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    os.close(writing)
    assert await everything_from(reading) == (b"", 1)


async def test_a_terminal_and_its_end_of_file() -> None:
    master, slave = pty.openpty()
    os.write(master, b"Ada\n\x04")
    assert await everything_from(slave) == (b"Ada\n", 1)
    os.close(master)
    os.close(slave)


async def test_a_terminal_that_hangs_up_counts_as_ended() -> None:
    master, slave = pty.openpty()
    tty.setraw(slave)
    os.close(master)
    assert await everything_from(slave) == (b"", 1)
    os.close(slave)


async def test_after_stop_nothing_more_is_read() -> None:
    reading, writing = os.pipe()
    received: list[bytes | None] = []
    forwarder = InputForwarder(received.append, lambda: False, reading)
    forwarder.start()
    forwarder.stop()
    os.write(writing, b"for whoever comes next")
    await asyncio.sleep(0.05)
    assert received == []
    assert os.read(reading, 100) == b"for whoever comes next"
    os.close(reading)
    os.close(writing)


async def test_nothing_is_read_ahead_of_a_program_that_is_full() -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    received: list[bytes | None] = []
    full = True
    forwarder = InputForwarder(received.append, lambda: full, reading)
    os.write(writing, b"waits")
    forwarder.start()
    await asyncio.sleep(0.1)
    assert received == []
    full = False
    async with asyncio.timeout(10):
        while not received:
            await asyncio.sleep(0.01)
    forwarder.stop()
    os.close(reading)
    os.close(writing)
    assert received == [b"waits"]
