"""Programs that are played and do not answer: told of to who watches, ended where nobody does."""

import asyncio
import json
import os
import signal
from pathlib import Path

import pytest

from session.exit_info import Cause, ExitInfo
from session.home import Home
from session.log.entry import Severity
from session.runtime.execution import ProcessExecution
from session.runtime.liveness import SILENT
from session.runtime.process_runtime import ProcessRuntime
from session.settings import SessionSettings
from session.workers.run_heartbeat import RunHeartbeats
from tests.support.playing import Recorder, finish, make_launch, start
from tests.support.pooling import until

SLEEPER = "import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(120)\n"


def runtime(
    folder: Path, *, unattended: bool, enabled: bool = True, timeout_ms: int = 300
) -> ProcessRuntime:
    """A runtime with a quick heartbeat, as the settings file says it."""
    home = Home.under(folder / "home")
    home.config.mkdir(parents=True)
    beat = {
        "enabled": enabled,
        "ping_interval_ms": 50,
        "timeout_ms": timeout_ms,
        "max_missed_heartbeats": 2,
    }
    (home.config / "settings.json").write_text(json.dumps({"worker": {"heartbeat": beat}}))
    watch = RunHeartbeats(home, unattended=unattended, first_s=0.05)
    return ProcessRuntime(SessionSettings(isolation="none"), watch=watch)


async def stand_still(execution: ProcessExecution, sink: Recorder) -> int:
    """Stop the program as Ctrl-Z would, and return its number."""
    flowing = asyncio.ensure_future(execution.wait())  # its output flows from here on
    _FLOWING.append(flowing)
    await sink.until("\n")
    pid = int(sink.stdout)
    await asyncio.sleep(0.3)  # it has answered by then
    os.kill(pid, signal.SIGSTOP)
    return pid


_FLOWING: list["asyncio.Future[ExitInfo]"] = []


async def end(execution: ProcessExecution) -> None:
    execution.kill()
    await asyncio.wait_for(execution.wait(), 30)


async def test_where_nobody_is_there_a_silent_program_is_ended(tmp_path: Path) -> None:
    launch = make_launch(tmp_path, {"main.py": SLEEPER})
    execution, sink = await start(launch, runtime(tmp_path, unattended=True))
    await stand_still(execution, sink)
    played = await finish(execution, sink, launch)
    assert played.exit.cause is Cause.WORKER_LOST
    assert "did not answer" in played.exit.message
    (said,) = sink.with_code("worker-silent")
    assert said.severity is Severity.WARNING


async def test_where_somebody_watches_it_is_told_and_goes_on(tmp_path: Path) -> None:
    launch = make_launch(tmp_path, {"main.py": SLEEPER})
    execution, sink = await start(launch, runtime(tmp_path, unattended=False))
    pid = await stand_still(execution, sink)
    await until(lambda: sink.health == [SILENT], "it is not told")
    (said,) = sink.with_code("worker-silent")
    assert "force" in str(said.hint)
    await asyncio.sleep(1)
    assert execution.ended is None
    os.kill(pid, signal.SIGCONT)
    await until(lambda: sink.health == [SILENT, ""], "it does not answer again")
    assert sink.with_code("worker-answers")
    await end(execution)


async def test_a_long_call_into_c_is_busy_and_not_dead(tmp_path: Path) -> None:
    """Nothing else of this interpreter runs meanwhile, its answering thread least of all."""
    source = "print('in', flush=True)\nsum(range(60_000_000))\nprint('out', flush=True)\n"
    launch = make_launch(tmp_path, {"main.py": source})
    execution, sink = await start(launch, runtime(tmp_path, unattended=True, timeout_ms=100))
    played = await finish(execution, sink, launch)
    assert played.exit.cause is Cause.FINISHED, [one.message for one in sink.entries]
    assert "out" in sink.stdout
    assert sink.with_code("worker-busy")


async def test_a_program_that_becomes_another_is_left_alone(tmp_path: Path) -> None:
    """After an exec nobody answers, and that is as it should be."""
    source = "import os\nos.execv('/bin/sleep', ['sleep', '2'])\n"
    launch = make_launch(tmp_path, {"main.py": source})
    execution, sink = await start(launch, runtime(tmp_path, unattended=True))
    played = await finish(execution, sink, launch)
    assert played.exit.cause is Cause.FINISHED
    assert not sink.with_code("worker-silent")


@pytest.mark.parametrize("isolation", ["strict", "none"])
async def test_a_program_that_waits_is_alive(tmp_path: Path, isolation: str) -> None:
    home = Home.under(tmp_path / "home")
    watch = RunHeartbeats(home, unattended=True, first_s=0.05)
    played_by = ProcessRuntime(SessionSettings(isolation=isolation), watch=watch)
    launch = make_launch(tmp_path, {"main.py": "import time\ntime.sleep(1.5)\n"})
    execution, sink = await start(launch, played_by)
    played = await finish(execution, sink, launch)
    assert played.exit.cause is Cause.FINISHED
    assert sink.health == []


async def test_heartbeats_of_runs_can_be_off(tmp_path: Path) -> None:
    launch = make_launch(tmp_path, {"main.py": SLEEPER})
    execution, sink = await start(launch, runtime(tmp_path, unattended=True, enabled=False))
    await stand_still(execution, sink)
    await asyncio.sleep(1.5)
    assert execution.ended is None
    assert sink.health == []
    await end(execution)


async def test_settings_that_make_no_sense_are_told(tmp_path: Path) -> None:
    played_by = runtime(tmp_path, unattended=True)
    settings = tmp_path / "home" / "config" / "settings.json"
    settings.write_text(json.dumps({"worker": {"heartbeet": {}}}))
    launch = make_launch(tmp_path, {"main.py": "import time\ntime.sleep(0.5)\n"})
    execution, sink = await start(launch, played_by)
    await finish(execution, sink, launch)
    assert "heartbeet" in sink.with_code("worker-settings")[0].message
