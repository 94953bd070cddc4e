"""The door to the shipper: all that it says arrives, one to one, in order, and Stop is obeyed."""

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest

from session.adapters.shipper import ShipperPreparer, entry_of
from session.errors import PrepareFailed
from session.home import Home
from session.log.entry import Fix, Location, NewEntry, Severity, Source, Stream
from session.play_request import PlayRequest
from session.ports import NO_TOOL_RIGHTS, Prepared, PrepareRequest, Spawn, ToolRights
from session.run_id import RunId, new_run_id
from session.runtime.process_runtime import ProcessRuntime
from session.settings import SessionSettings
from shipper.events import Channel, PrepareEvent
from shipper.events import Severity as ShipperSeverity
from shipper.formats.fix import Fix as ShipperFix
from shipper.formats.way import Way
from tests.support.process_watch import members
from tests.support.workshop import Workshop, wait_until_settled

SOURCES = {
    Channel.BUILD: Source.BUILD,
    Channel.PACK_VALIDATION: Source.PACK_VALIDATION,
    Channel.PACK: Source.PACK,
}
SEVERITIES = {
    ShipperSeverity.DEBUG: Severity.DEBUG,
    ShipperSeverity.INFO: Severity.INFO,
    ShipperSeverity.WARNING: Severity.WARNING,
    ShipperSeverity.ERROR: Severity.ERROR,
}
PLACES: dict[tuple[str | None, int | None, int | None], Location | None] = {
    (None, None, None): None,
    ("data/level.txt", None, None): Location("data/level.txt"),
    ("main.py", 3, None): Location("main.py", 3),
    ("pkg/main.py", 3, 7): Location("pkg/main.py", 3, 7),
}
FINE: dict[str, str | bytes] = {
    "main.py": "import nowhere_to_be_found\nprint(1)\n",
    "img/a.png": b"\x89PNG",
    ".hidden": "z",
    "a.tmp": "left out",
    "pyproject.toml": "[tool.playhead]\nentry='main.py'\nexclude=['*.tmp']\n",
}
BROKEN: dict[str, str | bytes] = {
    "main.py": "print('fine')\n",
    "one.py": "x = 1\ndef f(:\n    pass\n",
    "two.py": "x = 1\nreturn x\n",
}


class Word(NamedTuple):
    """What one event or one entry says, in words that belong to neither side."""

    channel: str
    severity: str
    message: str
    step: str | None
    place: tuple[str | None, int | None, int | None]
    code: str | None
    hint: str | None


def word_of_event(event: PrepareEvent) -> Word:
    place = (event.path, event.line, event.column)
    channel, severity = event.channel.value, event.severity.value
    return Word(channel, severity, event.message, event.step, place, event.code, event.hint)


def word_of_entry(entry: NewEntry) -> Word:
    at = entry.location
    place = (at.path, at.line, at.column) if at else (None, None, None)
    source, severity = entry.source.value, entry.severity.word
    return Word(source, severity, entry.message, entry.origin, place, entry.code, entry.hint)


class Door:
    """The real adapter on a home of its own; `entries` are all that it has logged."""

    def __init__(self, folder: Path) -> None:
        self.preparer = ShipperPreparer(Home.under(folder))
        self.entries: list[NewEntry] = []
        #: What was said of the tools.
        self.told: list[NewEntry] = []

    async def prepare(self, project: Path, play: PlayRequest | None = None) -> Prepared:
        """Prepare with the real tools of a real run."""
        run_id = new_run_id()
        tools = ProcessRuntime(SessionSettings()).tool_spawner(run_id, self.told.append)
        try:
            return await self.begin(project, run_id, tools.spawn, play)
        finally:
            await tools.stop()
            assert members(run_id) == []

    async def begin(
        self, project: Path, run_id: RunId, spawn: Spawn, play: PlayRequest | None = None
    ) -> Prepared:
        """Prepare with the tools of `spawn`."""
        self.entries = []
        request = PrepareRequest(run_id, project, play or PlayRequest(), self.entries.append, spawn)
        return await self.preparer.prepare(request)

    @property
    def words(self) -> list[Word]:
        return [word_of_entry(entry) for entry in self.entries]


async def test_shipper_output_arrives_without_collapsing_channels(tmp_path: Path) -> None:
    """Every event becomes exactly one entry; for a new project and for an unchanged one."""
    bench, door = Workshop(tmp_path), Door(tmp_path / "home")
    project = bench.project(FINE)
    wait_until_settled()
    for already in (False, True):
        await asyncio.to_thread(bench.prepare, project)
        await door.prepare(project)
        assert door.words == [word_of_event(event) for event in bench.events]
        said = {(word.channel, word.severity) for word in door.words}
        assert {channel for channel, _ in said} == {"build", "pack-validation", "pack"}
        assert {severity for _, severity in said} == {"debug", "info", "warning"}
        assert any(word.place == ("main.py", 1, None) and word.hint for word in door.words)
        unchanged = [word for word in door.words if "nothing has changed" in word.message]
        assert len(unchanged) == already


async def test_the_findings_of_a_failure_arrive_one_to_one(tmp_path: Path) -> None:
    bench, door = Workshop(tmp_path), Door(tmp_path / "home")
    project = bench.project(BROKEN)
    failure = await asyncio.to_thread(bench.fails, project)
    with pytest.raises(PrepareFailed) as caught:
        await door.prepare(project)
    assert door.words == [word_of_event(event) for event in bench.events]
    assert (caught.value.message, caught.value.code, caught.value.hint) == (
        failure.message,
        failure.code,
        failure.hint,
    )
    errors = [entry for entry in door.entries if entry.severity is Severity.ERROR]
    places = [entry.location for entry in errors]
    assert [(place.path, place.line) for place in places if place] == [("one.py", 2), ("two.py", 2)]


@pytest.mark.parametrize(
    ("channel", "severity", "place"), list(product(SOURCES, SEVERITIES, PLACES))
)
def test_an_event_becomes_the_entry_that_says_the_same(
    channel: Channel,
    severity: ShipperSeverity,
    place: tuple[str | None, int | None, int | None],
) -> None:
    fix = ShipperFix("Do it", "a.py", 1, 2, 3, 4, "old", "new") if place[0] else None
    event = PrepareEvent(channel, severity, "It is so.", "scan", *place, "a-code", "Do this.", fix)
    assert entry_of(event) == NewEntry(
        source=SOURCES[channel],
        severity=SEVERITIES[severity],
        message="It is so.",
        origin="scan",
        location=PLACES[place],
        code="a-code",
        hint="Do this.",
        fix=Fix("Do it", "a.py", 1, 2, 3, 4, "old", "new") if fix else None,
    )


def test_no_channel_and_no_severity_is_without_its_counterpart() -> None:
    assert set(SOURCES) == set(Channel)
    assert set(SEVERITIES) == set(ShipperSeverity)
    assert len(set(SOURCES.values())) == len(SOURCES)
    assert len(set(SEVERITIES.values())) == len(SEVERITIES)


def test_what_an_event_lacks_its_entry_lacks_too() -> None:
    event = PrepareEvent(Channel.PACK, ShipperSeverity.INFO, "sealed", "seal")
    entry = entry_of(event)
    assert (entry.location, entry.code, entry.hint, entry.fix) == (None, None, None, None)


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"main.py": "def f(:\n"}, "syntax-error"),
        (
            {"main.py": "", "pyproject.toml": "[tool.playhead]\nentyr = 'x'\n"},
            "manifest-unknown-key",
        ),
        ({"readme.txt": "no program"}, "not-a-project"),
        (None, "project-missing"),
    ],
)
async def test_a_failing_preparation_raises_with_code_and_hint(
    tmp_path: Path, files: Mapping[str, str | bytes] | None, code: str
) -> None:
    door = Door(tmp_path / "home")
    project = tmp_path / "absent" if files is None else Workshop(tmp_path).project(files)
    with pytest.raises(PrepareFailed) as caught:
        await door.prepare(project)
    assert caught.value.code == code
    assert caught.value.hint
    assert caught.value.message.endswith(".")
    errors = [entry for entry in door.entries if entry.severity is Severity.ERROR]
    assert [error.code for error in errors] == [code]
    assert errors[0].hint == caught.value.hint
    assert errors[0].source in SOURCES.values()


async def test_arguments_follow_the_manifests_own(tmp_path: Path) -> None:
    manifest = "[tool.playhead]\nentry='main.py'\nargs=['own']\n"
    project = Workshop(tmp_path).project({"main.py": "", "pyproject.toml": manifest})
    prepared = await Door(tmp_path / "home").prepare(project, PlayRequest(("--more", "a b")))
    assert prepared.args == ("own", "--more", "a b")
    assert prepared.root == project
    assert [file.path for file in prepared.files] == ["main.py", "pyproject.toml"]


class HeldTool:
    """A tool that talks, then hangs until it is released; whoever calls it is held."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.released = threading.Event()

    def __call__(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        stdin: bytes = b"",
        rights: ToolRights = NO_TOOL_RIGHTS,
        on_output: Callable[[Stream, bytes], None],
    ) -> int:
        on_output(Stream.STDERR, b"before\n")
        self.reached.set()
        assert self.released.wait(50), "the test never released it"
        on_output(Stream.STDERR, b"after\n")
        return 0


def preparing(run_id: RunId) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if run_id in thread.name]


async def test_cancelling_in_mid_preparation_ends_the_thread_and_all_it_says(
    tmp_path: Path,
) -> None:
    door, tool, run_id = Door(tmp_path / "home"), HeldTool(), new_run_id()
    project = Workshop(tmp_path).project(FINE)
    others = set(threading.enumerate())
    task = asyncio.create_task(door.begin(project, run_id, tool))
    try:
        assert await asyncio.to_thread(tool.reached.wait, 30)
        assert preparing(run_id)
        task.cancel()
        await asyncio.sleep(0.05)
        assert not task.done(), "it does not return before its thread has ended"
    finally:
        tool.released.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    said = list(door.entries)
    async with asyncio.timeout(20):
        while preparing(run_id) or {*threading.enumerate()} - others - executor_threads():
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.2)
    assert door.entries == said, "nothing is logged afterwards"
    assert not any("sealed" in entry.message for entry in said)


def executor_threads() -> set[threading.Thread]:
    """The threads that `asyncio.to_thread` keeps for later."""
    return {thread for thread in threading.enumerate() if thread.name.startswith("asyncio_")}


async def test_a_cancelled_preparation_can_be_begun_again(tmp_path: Path) -> None:
    door, tool = Door(tmp_path / "home"), HeldTool()
    project = Workshop(tmp_path).project(FINE)
    task = asyncio.create_task(door.begin(project, new_run_id(), tool))
    assert await asyncio.to_thread(tool.reached.wait, 30)
    task.cancel()
    tool.released.set()
    await asyncio.wait({task})
    prepared = await door.prepare(project)
    assert prepared.content_id.startswith("sha256:")
    assert {word.channel for word in door.words} == {"build", "pack-validation", "pack"}


def test_both_sides_mean_the_same_by_a_way_of_playing() -> None:
    assert Way._fields == PlayRequest._fields[:4], "grants are the session's alone"
    assert Way() == Way(*PlayRequest()[:4])


async def test_the_whole_request_reaches_the_shipper(tmp_path: Path) -> None:
    bench, door = Workshop(tmp_path), Door(tmp_path / "home")
    manifest = "[tool.playhead.configurations.a]\nargs = ['x']\nenv = {A = '1', B = '1'}\n"
    files = {"main.py": "", "pyproject.toml": manifest, "data/x": ""}
    project = bench.project(files)
    play = PlayRequest(("y",), "a", (("B", "2"),), "data")
    prepared = await door.prepare(project, play)
    assert (prepared.args, prepared.env, prepared.cwd) == (
        ("x", "y"),
        (("A", "1"), ("B", "2")),
        "data",
    )
    with pytest.raises(PrepareFailed) as caught:
        await door.prepare(project, PlayRequest(configuration="b"))
    assert caught.value.code == "configuration-unknown"


async def test_what_a_project_says_about_workers_arrives(tmp_path: Path) -> None:
    bench, door = Workshop(tmp_path), Door(tmp_path / "home")
    manifest = "[tool.playhead.worker]\nheartbeat = {dependent = true}\n"
    prepared = await door.prepare(bench.project({"main.py": "", "pyproject.toml": manifest}))
    assert prepared.worker == {"heartbeat": {"dependent": True}}
