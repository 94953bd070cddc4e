"""Pipes and channels on the event loop: order, fairness, and ends that are no errors."""

import asyncio
import os
import socket
import threading
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from session.log.entry import Stream
from session.runtime.channel import Channel
from session.runtime.output import OutputPump
from session.runtime.program_input import InputWriter
from tests.support.playing import Recorder


def pump(sink: Recorder, budget_s: float = 0.0) -> tuple[OutputPump, int, int]:
    out, out_write = os.pipe()
    err, err_write = os.pipe()
    fds = {Stream.STDOUT: out, Stream.STDERR: err}
    return OutputPump(asyncio.get_running_loop(), sink, fds, budget_s), out_write, err_write


async def test_each_stream_arrives_in_order_and_ends_once() -> None:
    sink = Recorder()
    reader, out, err = pump(sink)
    reader.start()
    reader.start()
    os.write(out, b"one")
    os.write(err, b"two")
    os.close(out)
    await sink.until("one")
    os.close(err)
    await asyncio.wait_for(reader.ended, 10)
    assert (sink.stdout, sink.stderr) == ("one", "two")
    assert sorted(sink.ended) == [Stream.STDERR, Stream.STDOUT]
    reader.close()


async def test_nothing_is_read_before_the_start() -> None:
    sink = Recorder()
    reader, out, err = pump(sink)
    os.write(out, b"early")
    os.write(err, b"x" * 5000 + b"end")
    await asyncio.sleep(0.05)
    assert not sink.stdout
    assert reader.last_words(Stream.STDERR) == b"x" * 4093 + b"end"
    reader.close()
    assert not sink.ended
    for fd in (out, err):
        os.close(fd)


@pytest.mark.parametrize("budget_s", [0.0, 0.000_001, 0.002])
async def test_a_budget_delays_and_loses_nothing(budget_s: float) -> None:
    sink = Recorder()
    reader, out, err = pump(sink, budget_s)
    data = os.urandom(3_000_000)

    def write() -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(out, view) :]
        os.close(out)

    thread = threading.Thread(target=write)
    thread.start()
    os.close(err)
    reader.start()
    await asyncio.wait_for(reader.ended, 30)
    thread.join()
    assert b"".join(sink.chunks[Stream.STDOUT]) == data


async def test_closing_in_mid_stream_ends_what_had_not_ended() -> None:
    sink = Recorder()
    reader, out, err = pump(sink)
    reader.start()
    os.close(err)
    await asyncio.sleep(0.02)
    reader.close()
    assert sorted(sink.ended) == [Stream.STDERR, Stream.STDOUT]
    assert reader.ended.done()
    os.close(out)


async def test_what_arrived_while_the_loop_was_held_up_is_not_lost() -> None:
    sink = Recorder()
    reader, out, err = pump(sink)
    reader.start()
    os.write(out, b"x" * 60_000)
    os.write(err, b"last words")
    reader.close()
    assert len(sink.stdout) == 60_000
    assert sink.stderr == "last words"
    for fd in (out, err):
        os.close(fd)


async def test_input_is_written_as_fast_as_it_is_taken() -> None:
    read, write = os.pipe()
    writer = InputWriter(asyncio.get_running_loop(), write)
    data = os.urandom(500_000)
    writer.send(data[:10])
    writer.send(data[10:])
    writer.end()
    writer.send(b"after the end")
    taken = bytearray()
    while chunk := await asyncio.to_thread(os.read, read, 65536):
        taken += chunk
    assert bytes(taken) == data
    os.close(read)


@pytest.mark.parametrize("size", [1, 1_000_000])
async def test_input_nobody_takes_is_no_error(size: int) -> None:
    read, write = os.pipe()
    writer = InputWriter(asyncio.get_running_loop(), write)
    os.close(read)
    writer.send(b"x" * size)
    writer.send(b"x")
    writer.end()
    writer.close()


async def test_an_unfinished_input_can_be_given_up() -> None:
    read, write = os.pipe()
    writer = InputWriter(asyncio.get_running_loop(), write)
    writer.send(b"x" * 1_000_000)
    writer.end()
    writer.close()
    writer.close()
    os.close(read)


class _Ears:
    def __init__(self) -> None:
        self.heard = b""
        self.ends = 0

    def data(self, data: bytes) -> None:
        self.heard += data

    def end(self) -> None:
        self.ends += 1


def channel() -> tuple[Channel, socket.socket, _Ears]:
    ours, theirs = socket.socketpair()
    return Channel(asyncio.get_running_loop(), ours), theirs, _Ears()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.005)


async def test_a_channel_sends_more_than_fits_at_once() -> None:
    end, peer, ears = channel()
    end.listen(ears.data, ears.end)
    data = os.urandom(2_000_000)
    end.send(data[:1_999_999])
    end.send(data[1_999_999:])
    taken = bytearray()
    while len(taken) < len(data):
        taken += await asyncio.to_thread(peer.recv, 1 << 16)
    assert bytes(taken) == data
    peer.sendall(b"answer")
    await until(lambda: ears.heard == b"answer")
    peer.close()
    await until(lambda: ears.ends == 1)
    end.send(b"to nobody")
    end.close()


async def test_a_peer_that_goes_in_mid_message_is_no_error() -> None:
    end, peer, ears = channel()
    end.listen(ears.data, ears.end)
    end.send(b"x" * 2_000_000)
    peer.close()
    await until(lambda: ears.ends == 1)


async def test_draining_takes_what_has_arrived() -> None:
    end, peer, ears = channel()
    end.drain()
    end.listen(ears.data, ears.end)
    peer.sendall(b"here")
    end.drain()
    assert ears.heard == b"here"
    peer.sendall(b"and gone")
    peer.close()
    end.drain()
    assert ears.heard == b"hereand gone"
    assert ears.ends == 1
    end.drain()


@settings(max_examples=40, deadline=None)
@given(
    writes=st.lists(st.tuples(st.booleans(), st.integers(1, 50_000)), max_size=12),
    limit=st.integers(0, 200_000),
)
def test_a_limit_keeps_every_byte_up_to_it(writes: list[tuple[bool, int]], limit: int) -> None:
    asyncio.run(check_limit(writes, limit))


async def check_limit(writes: list[tuple[bool, int]], limit: int) -> None:
    sink, over = Recorder(), asyncio.Event()
    out, out_write = os.pipe()
    err, err_write = os.pipe()
    loop = asyncio.get_running_loop()
    fds = {Stream.STDOUT: out, Stream.STDERR: err}
    reader = OutputPump(loop, sink, fds, limit=limit, on_limit=over.set)
    reader.start()
    for to_err, size in writes:
        if not over.is_set():  # nobody reads any more, and the pipe is not endless
            os.write(err_write if to_err else out_write, b"x" * size)
            await asyncio.sleep(0)
    os.close(out_write)
    os.close(err_write)
    await asyncio.wait_for(reader.ended, 10)
    reader.close()
    printed = sum(size for _to_err, size in writes)
    kept = sum(len(data) for chunks in sink.chunks.values() for data in chunks)
    assert kept == min(printed, limit)
    assert over.is_set() == (printed > limit)
    assert sorted(sink.ended) == [Stream.STDERR, Stream.STDOUT]
