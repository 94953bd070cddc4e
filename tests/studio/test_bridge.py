"""The bridge: what a session does reaches Qt, coalesced, whoever listens."""

from pathlib import Path

from session.play_request import PlayRequest
from session.state import SessionState
from studio.bridge import SessionBridge
from studio.desk import Desk
from tests.support.qt_loop import QtRunner, until

_FLOOD = "for n in range(200_000):\n    print('line', n)\n"
_ASKS = "print(input('name? '))\n"


def _program(tmp_path: Path, source: str) -> Path:
    path = tmp_path / "main.py"
    path.write_text(source)
    return path


def test_a_flood_is_told_in_frames_and_the_end_after_everything(
    qt: QtRunner, desk: Desk, tmp_path: Path
) -> None:
    async def scenario() -> None:
        assert desk.service is not None
        session = desk.service.open(_program(tmp_path, _FLOOD))
        bridge = SessionBridge(session)
        seen: list[str] = []
        rows: list[int] = []
        bridge.run_started.connect(lambda run_id: seen.append(f"started {run_id}"))
        bridge.log_grew.connect(lambda: rows.append(session.log.last_seq if session.log else 0))
        bridge.run_ended.connect(lambda ended: seen.append(f"ended {ended.state}"))
        run_id = session.play(PlayRequest())
        await session.wait()
        assert seen == [f"started {run_id}", "ended stopped"]
        assert session.log is not None
        assert rows == sorted(rows)
        assert rows[-1] == session.log.last_seq > 200_000
        assert len(rows) < 2_000, "one signal a frame, not one a chunk"
        bridge.close()
        await session.close()

    qt.run(scenario())


def test_a_prompt_is_told_and_use_is_sampled_while_it_runs(
    qt: QtRunner, desk: Desk, tmp_path: Path
) -> None:
    async def scenario() -> None:
        assert desk.service is not None
        session = desk.service.open(_program(tmp_path, _ASKS))
        bridge = SessionBridge(session)
        tails: list[int] = []
        bridge.tail_changed.connect(lambda: tails.append(1))
        session.play()
        await until(lambda: bool(bridge.usage) and bridge.usage[-1].awaits_input)
        assert tails
        assert bridge.usage[-1].memory > 1_000_000
        session.send_input(b"Ada\n")
        await session.wait()
        count = len(bridge.usage)
        assert bridge.controls.play
        assert not bridge.controls.stop
        session.play()
        assert not bridge.usage, "the samples are those of the run"
        assert count
        session.stop(force=True)
        await session.wait()
        bridge.close()
        await session.close()

    qt.run(scenario())


def test_a_stop_request_is_told_at_once(qt: QtRunner, desk: Desk, tmp_path: Path) -> None:
    async def scenario() -> None:
        assert desk.service is not None
        session = desk.service.open(_program(tmp_path, "import time\ntime.sleep(60)\n"))
        bridge = SessionBridge(session)
        badges: list[str] = []
        bridge.state_changed.connect(lambda: badges.append(bridge.controls.badge))
        session.play()
        await until(lambda: session.state is SessionState.RUNNING)
        session.stop()
        assert badges[-1] == "stopping"
        await session.wait()
        assert badges[-1] == "stopped"
        assert badges[:3] == ["preparing", "connecting", "running"]
        bridge.close()
        badges.clear()
        session.play()
        session.stop(force=True)
        await session.wait()
        assert badges == [], "a closed bridge is silent"
        await session.close()

    qt.run(scenario())
