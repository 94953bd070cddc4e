"""The prompt writer: order, the window, forks, and its price in wake-ups."""

import io
import os
import threading
import time
from collections.abc import Iterator

import pytest

from session.worker.streams import AT_ONCE, PromptWriter


class _Raw(io.RawIOBase):
    def __init__(self) -> None:
        self.writes: list[tuple[float, bytes]] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        taken = bytes(data)  # type: ignore[call-overload]
        self.writes.append((time.monotonic(), taken))
        return len(taken)

    @property
    def whole(self) -> bytes:
        return b"".join(data for _when, data in self.writes)


@pytest.fixture
def raw() -> _Raw:
    return _Raw()


@pytest.fixture
def writer(raw: _Raw) -> Iterator[PromptWriter]:
    writer = PromptWriter(raw)
    yield writer
    writer.retire()


def _wait_for(raw: _Raw, expected: bytes) -> None:
    end = time.monotonic() + 10
    while raw.whole != expected and time.monotonic() < end:
        time.sleep(0.005)
    assert raw.whole == expected


def test_the_first_line_leaves_at_once(raw: _Raw, writer: PromptWriter) -> None:
    writer.write(b"hello\n")
    assert raw.whole == b"hello\n"


def test_an_unfinished_line_leaves_by_itself(raw: _Raw, writer: PromptWriter) -> None:
    writer.write(b"name? ")
    _wait_for(raw, b"name? ")


def test_a_flood_is_collected(raw: _Raw, writer: PromptWriter) -> None:
    lines = [b"%d\n" % number for number in range(20_000)]
    for line in lines:
        writer.write(line)
    _wait_for(raw, b"".join(lines))
    assert len(raw.writes) < len(lines) / 4


def test_a_quiet_writer_wakes_nobody(raw: _Raw, writer: PromptWriter) -> None:
    writer.write(b"x" * 10)
    _wait_for(raw, b"x" * 10)
    time.sleep(0.1)
    assert not writer._armed


def test_many_threads_lose_nothing(raw: _Raw, writer: PromptWriter) -> None:
    def run(name: int) -> None:
        for number in range(2000):
            writer.write(b"%d %d\n" % (name, number))

    threads = [threading.Thread(target=run, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.flush()
    lines = raw.whole.splitlines()
    assert len(lines) == 8000
    for name in range(4):
        own = [int(line.split()[1]) for line in lines if line.startswith(b"%d " % name)]
        assert own == list(range(2000))


def test_after_retiring_everything_leaves_at_once(raw: _Raw, writer: PromptWriter) -> None:
    writer.write(b"kept")
    writer.retire()
    assert raw.whole == b"kept"
    for number in range(AT_ONCE + 5):
        assert writer.write(b"%d\n" % number) == len(b"%d\n" % number)
    assert raw.whole == b"kept" + b"".join(b"%d\n" % number for number in range(AT_ONCE + 5))


class _Blocking(_Raw):
    def __init__(self) -> None:
        super().__init__()
        self.entered = threading.Event()
        self.go_on = threading.Event()

    def write(self, data: object, /) -> int:
        if bytes(data) == b"stuck\n":  # type: ignore[call-overload]
            self.entered.set()
            self.go_on.wait(30)
        return super().write(data)


def test_a_retired_writer_never_waits_for_the_lock() -> None:
    raw = _Blocking()
    writer = PromptWriter(raw)
    thread = threading.Thread(target=writer.write, args=(b"stuck\n",))
    # Caught inside a write, as a daemon thread is when the interpreter shuts down under it.
    thread.start()
    assert raw.entered.wait(30)
    writer._retired = True
    writer.write(b"more\n")
    writer.flush()
    writer.close()
    assert not raw.closed
    assert raw.whole == b"more\n"
    raw.go_on.set()
    thread.join()


def test_short_writes_are_completed_after_retiring() -> None:
    class Short(_Raw):
        def write(self, data: object, /) -> int:
            return super().write(bytes(data)[:3])  # type: ignore[call-overload]

    raw = Short()
    writer = PromptWriter(raw)
    writer.retire()
    assert writer.write(b"0123456789") == 10
    assert raw.whole == b"0123456789"


def test_a_reader_that_is_gone_is_the_programs_own_error() -> None:
    read, write = os.pipe()
    os.close(read)
    broken = PromptWriter(io.FileIO(write, "w"))
    with pytest.raises(BrokenPipeError):
        broken.write(b"nobody\n")
    broken.retire()
    with pytest.raises(BrokenPipeError):
        broken.close()
