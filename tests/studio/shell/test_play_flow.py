"""From the press of Play to the run: saving first, calling off, restart; with simulated runs."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from session.play_request import PlayRequest
from session.state import SessionState
from studio.desk import Desk
from studio.open_project import OpenProject
from studio.shell.play_flow import PlayFlow
from tests.support.qt_loop import QtRunner, until
from tests.support.simulated import SimulatedRuntime, open_ended, simulated_service


class Saver:
    """Saves when it is told to, and says what it was told."""

    def __init__(self, *, answer: bool = True) -> None:
        self.answer = answer
        self.policies: list[str] = []
        self.gate = asyncio.Event()

    async def save_for_play(self, policy: str) -> bool:
        self.policies.append(policy)
        await self.gate.wait()
        return self.answer


class Bench:
    """A project over simulated parts, and its flow."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.runtime: SimulatedRuntime = open_ended()
        self.service = simulated_service(folder, runtime=self.runtime)
        project = folder / "project"
        project.mkdir()
        (project / "main.py").write_text("")
        self.project = OpenProject(project, self.service, desk.notices)
        self.flow = PlayFlow(self.project, desk.settings)
        self.told: list[str] = []
        self.flow.changed.connect(lambda: self.told.append(self.flow.controls.badge))

    @property
    def state(self) -> SessionState:
        return self.project.session.state


@pytest.fixture
def bench(desk: Desk, qt: QtRunner, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(desk, tmp_path)
    yield made
    qt.run(made.project.close())
    made.project.deleteLater()


def test_play_is_answered_at_once_and_saves_as_the_setting_says(
    bench: Bench, desk: Desk, qt: QtRunner
) -> None:
    async def play() -> None:
        saver = bench.flow.saver = Saver()
        desk.settings.update(save_before_play="all")
        bench.flow.play()
        assert not bench.flow.controls.play  # before anything else could happen
        assert bench.told == ["saving"]
        await until(lambda: saver.policies == ["all"])
        assert bench.state is SessionState.IDLE
        saver.gate.set()
        await until(lambda: bench.state is SessionState.RUNNING)
        assert bench.flow.controls.stop

    qt.run(play())


def test_cancelling_the_save_plays_nothing(bench: Bench, qt: QtRunner) -> None:
    async def play() -> None:
        saver = bench.flow.saver = Saver(answer=False)
        saver.gate.set()
        bench.flow.play()
        await until(lambda: bench.flow.controls.play)
        assert bench.state is SessionState.IDLE
        assert bench.project.session.run_id is None

    qt.run(play())


def test_stop_calls_off_a_play_that_is_still_saving(bench: Bench, qt: QtRunner) -> None:
    async def play() -> None:
        saver = bench.flow.saver = Saver()
        bench.flow.play()
        await until(lambda: bool(saver.policies))
        bench.flow.stop()
        await until(lambda: bench.flow.controls.play)
        saver.gate.set()
        await asyncio.sleep(0.05)
        assert bench.project.session.run_id is None

    qt.run(play())


def test_a_second_press_while_saving_does_nothing(bench: Bench, qt: QtRunner) -> None:
    async def play() -> None:
        saver = bench.flow.saver = Saver()
        bench.flow.play()
        bench.flow.play()
        saver.gate.set()
        await until(lambda: bench.state is SessionState.RUNNING)
        assert saver.policies == ["project"]
        assert len(bench.runtime.executions) == 1

    qt.run(play())


def test_restart_stops_then_plays(bench: Bench, qt: QtRunner) -> None:
    async def play() -> None:
        bench.flow.play()
        await until(lambda: bench.state is SessionState.RUNNING)
        first = bench.project.session.run_id
        bench.flow.restart()
        await until(lambda: len(bench.runtime.executions) == 2)
        await until(lambda: bench.state is SessionState.RUNNING)
        assert bench.project.session.run_id != first
        assert bench.runtime.executions[0].calls == ["interrupt"]

    qt.run(play())


def test_a_workspace_may_ask_for_a_run_with_arguments(bench: Bench, qt: QtRunner) -> None:
    async def play() -> None:
        bench.project.play_requested.emit(PlayRequest(args=("--again",)))
        await until(lambda: bench.state is SessionState.RUNNING)
        record = bench.project.session.record
        assert record is not None
        assert record.args == ("--again",)

    qt.run(play())


def test_a_project_closed_while_saving_plays_nothing(bench: Bench, qt: QtRunner) -> None:
    async def play() -> None:
        saver = bench.flow.saver = Saver()
        bench.flow.play()
        await until(lambda: bool(saver.policies))
        await bench.project.close()
        saver.gate.set()
        await until(lambda: bench.told[-1] != "saving")
        assert bench.project.session.run_id is None

    qt.run(play())


def test_play_and_stop_in_one_breath_leave_play_usable(bench: Bench, qt: QtRunner) -> None:
    async def play() -> None:
        bench.flow.play()
        bench.flow.stop()  # before the saving has taken its first step
        await until(lambda: bench.told[-1] != "saving")
        bench.flow.play()
        await until(lambda: bench.state is SessionState.RUNNING)

    qt.run(play())
