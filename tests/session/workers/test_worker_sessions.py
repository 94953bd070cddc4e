"""The store of worker sessions: what is kept, until when, and what is refused."""

import asyncio
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from session.workers.session_errors import (
    WorkerProgramNotFound,
    WorkerSessionInvalid,
    WorkerSessionNotFound,
    WorkerSessionQuota,
    WorkerSessionUpdateFailed,
)
from session.workers.session_state import WorkerSession
from session.workers.sessions import Change, SessionStore
from session.workers.telemetry import Event, Telemetry
from tests.support.virtual_time import HandClock, VirtualLoop, run_virtually


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def store(clock: HandClock) -> SessionStore:
    return SessionStore(clock=clock)


def listening(clock: HandClock, limit: int) -> tuple[SessionStore, list[Event], Telemetry]:
    """A store, and the events that it announced by the time that the bus is drained."""
    bus, events = Telemetry(), list[Event]()
    bus.subscribe(events.append)
    return SessionStore(clock=clock, emit=bus.emit, max_sessions=limit), events, bus


def test_a_session_is_made_found_changed_and_deleted(store: SessionStore, clock: HandClock) -> None:
    made = store.create("a", metadata={"user": "ada"}, programs={"model": 1}, ttl_s=60)
    assert (made.created_at, made.last_accessed, made.ttl_s) == (1000, 1000, 60)
    clock.advance(5)
    assert store.get("a").last_accessed == 1005
    store.update("a", lambda one: one.with_program("more", 2).without_program("model"))
    store.update("a", lambda one: one.with_metadata("seen", True))
    found = store.get("a")
    assert found.programs == {"more": 2}
    assert found.metadata == {"user": "ada", "seen": True}
    assert store.delete("a") is True
    assert store.delete("a") is False
    assert not store.exists("a")
    with pytest.raises(WorkerSessionNotFound, match="no worker session 'a'"):
        store.get("a")


def test_named_values_are_put_found_and_taken_out(store: SessionStore, clock: HandClock) -> None:
    store.create("a", ttl_s=10)
    clock.advance(8)
    store.put_program("a", "model", [1])
    clock.advance(8)
    assert store.get_program("a", "model") == [1]
    clock.advance(8)
    store.delete_program("a", "model")
    store.delete_program("a", "model")
    with pytest.raises(WorkerProgramNotFound, match="has nothing named 'model'"):
        store.get_program("a", "model")
    with pytest.raises(WorkerSessionNotFound):
        store.get_program("b", "model")
    with pytest.raises(WorkerSessionInvalid):
        store.put_program("a", 7, "value")  # type: ignore[arg-type]  # on purpose


def test_making_one_that_is_there_finds_it(store: SessionStore, clock: HandClock) -> None:
    store.create("a", metadata={"n": 1})
    clock.advance(10)
    again = store.create("a", metadata={"n": 2}, ttl_s=1)
    assert (again.metadata, again.created_at, again.last_accessed) == ({"n": 1}, 1000, 1010)
    assert again.ttl_s == 3600
    assert store.stats().created == 1


def test_it_lives_to_the_very_moment_and_not_longer(store: SessionStore, clock: HandClock) -> None:
    store.create("a", ttl_s=10)
    clock.advance(10)
    assert store.exists("a")
    assert store.cleanup_expired() == 0
    clock.advance(0.001)
    assert not store.exists("a")
    assert store.list() == ()
    assert store.stats().current == 0
    with pytest.raises(WorkerSessionNotFound):
        store.get("a")
    assert store.cleanup_expired() == 0  # the look had thrown it out
    assert store.stats().expired == 1


def test_a_time_to_live_of_nothing_ends_as_soon_as_time_passes(
    store: SessionStore, clock: HandClock
) -> None:
    store.create("a", ttl_s=0)
    store.create("b", ttl_s=math.inf)
    assert store.exists("a")
    clock.advance(1)
    assert store.cleanup_expired() == 1
    clock.advance(1e9)
    assert [one.id for one in store.list()] == ["b"]


def test_looking_does_not_keep_it_alive_and_using_does(
    store: SessionStore, clock: HandClock
) -> None:
    store.create("a", ttl_s=10)
    store.create("b", ttl_s=10)
    for _ in range(4):
        clock.advance(4)
        store.exists("a")
        store.list()
        store.update("b", lambda one: one)
    assert [one.id for one in store.list()] == ["b"]


def test_an_expired_id_can_be_made_anew(clock: HandClock) -> None:
    store, events, bus = listening(clock, 1)
    store.create("a", ttl_s=1, metadata={"n": 1})
    clock.advance(2)
    assert store.create("a").metadata == {}
    bus.drain()
    told = [event.name for event in events if event.name != "session.accumulation_warning"]
    assert told == ["session.created", "session.pruned", "session.created"]
    assert store.stats()[:4] == (1, 2, 0, 1)


def test_a_full_store_refuses_and_throws_out_nobody_who_lives(clock: HandClock) -> None:
    store = SessionStore(clock=clock, max_sessions=2)
    store.create("a", ttl_s=10)
    store.create("b", ttl_s=100)
    with pytest.raises(WorkerSessionQuota, match="There are 2 worker sessions"):
        store.create("c")
    with pytest.raises(WorkerSessionQuota):
        store.store_worker_session("c", "w1")
    assert store.create("a").id == "a"  # takes no room
    assert store.stats().refused == 2
    clock.advance(11)
    store.create("c")
    assert [one.id for one in store.list()] == ["b", "c"]
    store.delete("b")
    store.create("d")
    with pytest.raises(WorkerSessionQuota):
        store.create("e")


def test_without_a_limit_there_is_none(clock: HandClock) -> None:
    store = SessionStore(clock=clock, max_sessions=None)
    for number in range(2000):
        store.create(str(number))
    assert store.stats().current == 2000


def test_that_they_pile_up_is_said_once_and_again_after_room(clock: HandClock) -> None:
    store, events, bus = listening(clock, 10)
    for number in range(10):
        store.create(str(number))
    for number in range(5):
        store.delete(str(number))
    for number in range(5):
        store.create(str(number))
    bus.drain()
    warnings = [event for event in events if event.name == "session.accumulation_warning"]
    assert [event.fields for event in warnings] == [{"current": 8, "limit": 10}] * 2


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda one: replace(one, id="b"), "invalid_id"),
        (lambda one: replace(one, programs=[]), "invalid_programs"),
        (lambda one: replace(one, programs={1: 2}), "invalid_programs"),
        (lambda one: replace(one, metadata=None), "invalid_metadata"),
        (lambda one: replace(one, created_at=1.0), "invalid_created_at"),
        (lambda one: replace(one, last_accessed="now"), "invalid_last_accessed"),
        (lambda one: replace(one, last_accessed=math.inf), "invalid_last_accessed"),
        (lambda one: replace(one, ttl_s=-1), "invalid_ttl"),
        (lambda one: replace(one, ttl_s=math.nan), "invalid_ttl"),
        (lambda one: replace(one, ttl_s=True), "invalid_ttl"),
        (lambda one: replace(one, last_worker_id=7), "invalid_last_worker_id"),
        (lambda _: None, "not_a_session"),
        (lambda _: {"id": "a"}, "not_a_session"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_changed(
    store: SessionStore, change: Change, kind: str
) -> None:
    before = store.create("a")
    with pytest.raises(WorkerSessionInvalid) as caught:
        store.update("a", change)
    assert caught.value.kind == kind
    assert store.list() == (before,)


def test_a_time_before_it_was_made_is_refused() -> None:
    with pytest.raises(WorkerSessionInvalid) as caught:
        WorkerSession("a", created_at=2.0, last_accessed=1.0).checked()
    assert caught.value.kind == "invalid_timestamps"


@pytest.mark.parametrize("session_id", ["", "x" * 257, None, 7])
def test_an_id_is_text_of_some_length(store: SessionStore, session_id: object) -> None:
    with pytest.raises(WorkerSessionInvalid) as caught:
        store.create(session_id)  # type: ignore[arg-type]  # on purpose
    assert caught.value.kind == "invalid_id"
    assert store.list() == ()


def test_what_a_change_raises_is_contained(store: SessionStore) -> None:
    before = store.create("a", programs={"n": 1})
    with pytest.raises(WorkerSessionUpdateFailed, match="ZeroDivisionError") as caught:
        store.update("a", lambda _: 1 / 0)  # type: ignore[arg-type,return-value]  # on purpose
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert store.list() == (before,)


def test_a_change_that_uses_the_store_itself_does_not_undo_what_it_did(
    store: SessionStore,
) -> None:
    store.create("a")

    def change(session: WorkerSession) -> WorkerSession:
        store.delete("a")
        return session

    with pytest.raises(WorkerSessionUpdateFailed, match="from elsewhere"):
        store.update("a", change)
    assert not store.exists("a")


def test_tables_are_copies_of_their_own(store: SessionStore) -> None:
    metadata = {"n": 1}
    session = store.create("a", metadata=metadata)
    metadata["n"] = 2
    assert store.get("a").metadata == {"n": 1}
    with pytest.raises(TypeError):
        session.metadata["n"] = 3  # type: ignore[index]  # on purpose


def test_the_worker_of_a_session_is_noted_and_the_session_made(store: SessionStore) -> None:
    assert store.store_worker_session("a", "w1").last_worker_id == "w1"
    assert store.store_worker_session("a", "w2").last_worker_id == "w2"
    assert store.stats().created == 1
    with pytest.raises(WorkerSessionInvalid):
        store.store_worker_session("b", "")
    assert not store.exists("b")


def test_it_is_cleaned_up_again_and_again_until_cancelled() -> None:
    loop = VirtualLoop()
    store = SessionStore(clock=loop.clock)

    async def work() -> None:
        store.create("a", ttl_s=90)
        cleaning = asyncio.create_task(store.keep_clean())
        await asyncio.sleep(601)
        cleaning.cancel()
        await asyncio.wait([cleaning])

    run_virtually(work(), loop)
    assert (store.stats().expired, store.stats().cleanup_runs) == (1, 10)


def test_what_is_held_is_estimated(store: SessionStore) -> None:
    store.create("a")
    little = store.stats().memory_bytes
    store.create("b", programs={"text": "x" * 10_000})
    assert store.stats().memory_bytes > little + 10_000


@given(st.integers(0, 100), st.integers(0, 100))
def test_touching_never_makes_it_older(was: int, now: int) -> None:
    session = WorkerSession("a", created_at=0, last_accessed=was)
    assert session.touched(now).last_accessed == max(was, now)


class StoreMachine(RuleBasedStateMachine):
    """Whatever is done in whatever order, the store agrees with a plain table."""

    LIMIT = 4
    ids = st.sampled_from(["a", "b", "c", "d", "e", "f"])

    def __init__(self) -> None:
        super().__init__()
        self.clock = HandClock()
        self.store = SessionStore(clock=self.clock, max_sessions=self.LIMIT)
        self.ends: dict[str, tuple[float, float]] = {}  # id: last use, time to live

    def living(self) -> set[str]:
        now = self.clock.now
        return {one for one, (used, ttl) in self.ends.items() if used + ttl >= now}

    @rule(session_id=ids, ttl=st.integers(0, 5))
    def create(self, session_id: str, ttl: int) -> None:
        if session_id in self.living():
            self.store.create(session_id, ttl_s=ttl)
            self.ends[session_id] = (self.clock.now, self.ends[session_id][1])
        elif len(self.living()) < self.LIMIT:
            self.store.create(session_id, ttl_s=ttl)
            self.ends[session_id] = (self.clock.now, ttl)
        else:
            with pytest.raises(WorkerSessionQuota):
                self.store.create(session_id, ttl_s=ttl)

    @rule(session_id=ids)
    def get(self, session_id: str) -> None:
        if session_id in self.living():
            self.store.get(session_id)
            self.ends[session_id] = (self.clock.now, self.ends[session_id][1])
        else:
            with pytest.raises(WorkerSessionNotFound):
                self.store.get(session_id)

    @rule(session_id=ids, ttl=st.integers(0, 5))
    def live_for(self, session_id: str, ttl: int) -> None:
        if session_id in self.living():
            self.store.update(session_id, lambda one: replace(one, ttl_s=ttl))
            self.ends[session_id] = (self.clock.now, ttl)

    @rule(session_id=ids)
    def delete(self, session_id: str) -> None:
        self.store.delete(session_id)
        self.ends.pop(session_id, None)

    @rule(seconds=st.integers(1, 4))
    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @rule()
    def clean(self) -> None:
        self.store.cleanup_expired()
        assert self.store.cleanup_expired() == 0

    @invariant()
    def agrees(self) -> None:
        assert {one.id for one in self.store.list()} == self.living()
        stats = self.store.stats()
        assert stats.current == len(self.living()) <= self.LIMIT
        assert stats.created >= stats.deleted + stats.expired + stats.current


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(max_examples=30, stateful_step_count=40)
