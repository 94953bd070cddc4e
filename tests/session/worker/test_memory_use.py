"""The gauge of memory against a small model of page tables, and against the kernel's own."""

import mmap
import os
import time
from collections import Counter
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from session.worker import memory_use
from session.worker.memory_use import MemoryGauge, exactly_held_by, held_by
from session.worker.process_tree import Member

LIMIT = 400
_PAGE = os.sysconf("SC_PAGE_SIZE")
_starts = count()


class Task(Member):
    """A process of the model: pages by number, each anonymous or shared."""

    __slots__ = ("anonymous", "shared")

    def __init__(self, pid: int, parent: int) -> None:
        self.pid, self.parent, self.threads = pid, parent, 1
        self.virtual = pid
        self.faults = 0
        self.started = next(_starts)
        self.alive = True
        self.anonymous: set[int] = set()
        self.shared: set[int] = set()
        self.settle()

    @property
    def place(self) -> str:
        return str(self.pid)

    def settle(self) -> None:
        self.resident = (len(self.anonymous) + len(self.shared) + 3) * _PAGE


class PageTables(RuleBasedStateMachine):
    """Whatever processes do, nobody is ended for memory that is not there."""

    def __init__(self) -> None:
        super().__init__()
        self.tasks = {1: Task(1, 0)}
        self.pages = 0
        self.gauge = MemoryGauge(LIMIT * _PAGE)
        memory_use.held_by = self.held
        memory_use.exactly_held_by = self.exact

    def teardown(self) -> None:
        memory_use.held_by = held_by
        memory_use.exactly_held_by = exactly_held_by

    def held(self, place: str) -> tuple[int, int]:
        task = self.tasks[int(place)]
        return len(task.anonymous) * _PAGE, len(task.shared) * _PAGE

    def exact(self, place: str, otherwise: int) -> int:
        del otherwise
        task = self.tasks[int(place)]
        pages, sharers = task.anonymous | task.shared, self.sharers()
        return round(sum(_PAGE / sharers[page] for page in pages))

    def sharers(self) -> Counter[int]:
        tasks = self.tasks.values()
        return Counter(page for task in tasks for page in task.anonymous | task.shared)

    @property
    def used(self) -> int:
        return len(set().union(*(task.anonymous | task.shared for task in self.tasks.values())))

    def new_pages(self, count: int) -> range:
        self.pages += count
        return range(self.pages - count, self.pages)

    def one(self, choice: int) -> Task:
        return list(self.tasks.values())[choice % len(self.tasks)]

    @rule(choice=st.integers(0), count=st.integers(1, 120))
    def take(self, choice: int, count: int) -> None:
        task = self.one(choice)
        task.anonymous |= set(self.new_pages(count))
        task.faults += count
        task.settle()

    @rule(count=st.integers(1, 120))
    def all_map_the_same(self, count: int) -> None:
        pages = set(self.new_pages(count))
        for task in self.tasks.values():
            task.shared |= pages
            task.faults += count
            task.settle()

    @precondition(lambda self: len(self.tasks) < 6)
    @rule(choice=st.integers(0))
    def fork(self, choice: int) -> None:
        parent = self.one(choice)
        child = Task(max(self.tasks) + 1, parent.pid)
        child.anonymous, child.shared = set(parent.anonymous), set(parent.shared)
        child.settle()
        self.tasks[child.pid] = child

    @rule(choice=st.integers(0), share=st.integers(1, 4))
    def copy_on_write(self, choice: int, share: int) -> None:
        task = self.one(choice)
        sharers = self.sharers()
        copied = [page for page in task.anonymous if page % share == 0 and sharers[page] > 1]
        task.anonymous -= set(copied)
        task.anonymous |= set(self.new_pages(len(copied)))
        task.faults += len(copied)

    @rule(choice=st.integers(0), share=st.integers(1, 4))
    def free(self, choice: int, share: int) -> None:
        task = self.one(choice)
        task.anonymous = {page for page in task.anonymous if page % share}
        task.settle()

    @precondition(lambda self: len(self.tasks) > 1)
    @rule(choice=st.integers(0))
    def end(self, choice: int) -> None:
        del self.tasks[self.one(choice).pid]

    @invariant()
    def nobody_is_wronged(self) -> None:
        over = self.gauge.over(list(self.tasks.values()))
        if over is not None:
            assert self.used * _PAGE >= over - len(self.tasks) * 2
            assert over > LIMIT * _PAGE
        else:
            assert self.gauge.used >= min(self.used, LIMIT) * _PAGE - len(self.tasks) * 2

    @invariant()
    def too_much_is_seen_in_time(self) -> None:
        self.gauge._measured = float("-inf")  # as if time had passed
        if self.used > LIMIT:
            assert self.gauge.over(list(self.tasks.values())) is not None


TestPageTables = PageTables.TestCase
TestPageTables.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


@pytest.fixture
def mapped() -> Iterator[mmap.mmap]:
    with mmap.mmap(-1, 20_000_000, flags=mmap.MAP_SHARED | mmap.MAP_ANONYMOUS) as memory:
        for at in range(0, 20_000_000, _PAGE):
            memory[at] = 1
        yield memory


def test_the_kernel_counts_a_shared_page_once(mapped: mmap.mmap) -> None:
    ready, tell = os.pipe()
    child = os.fork()
    if child == 0:
        sum(mapped[at] for at in range(0, 20_000_000, _PAGE))
        os.write(tell, b"x")
        time.sleep(30)
        os._exit(0)
    try:
        os.read(ready, 1)
        mine, theirs = f"/proc/{os.getpid()}", f"/proc/{child}"
        assert min(held_by(mine)[1], held_by(theirs)[1]) >= 20_000_000
        both = exactly_held_by(mine, 0) + exactly_held_by(theirs, 0)
        assert both < sum(held_by(mine)) + sum(held_by(theirs)) - 19_000_000
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
        os.close(ready)
        os.close(tell)


@given(st.integers(2**22 + 1, 2**31))
def test_who_is_gone_holds_nothing(pid: int) -> None:
    assert held_by(f"/proc/{pid}") == (0, 0)
    assert exactly_held_by(f"/proc/{pid}", 7) == 7
