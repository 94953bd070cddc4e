"""Stop, kill and loss, at the door that every front end uses: the session service."""

import asyncio
import os
import signal
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from session.compose import build_service
from session.events import SessionEvent, StopRequested
from session.execution_session import ExecutionSession
from session.history import RunHistory
from session.home import Home
from session.log.entry import LogEntry, Stream
from session.play_request import PlayRequest
from session.run_id import RunId
from session.service import SessionService
from session.settings import SessionSettings
from session.state import SessionState
from tests.bench.figure import Figure
from tests.support.playhead import playing, processes_of

PROGRAMS = Path(__file__).parents[1] / "e2e" / "fixtures" / "programs"
CYCLES = int(os.environ.get("PLAYHEAD_BENCH_STOPS", "200"))
KILLS = int(os.environ.get("PLAYHEAD_BENCH_KILLS", "50"))
FLOODS = int(os.environ.get("PLAYHEAD_BENCH_FLOODS", "20"))
GRACE_S = 0.3


def figures() -> list[Figure]:
    """Measure Stop, the killed studio, and the million lines."""
    with tempfile.TemporaryDirectory(prefix="playhead-bench-") as folder:
        return [
            *asyncio.run(stop_figures(Path(folder) / "stop")),
            *kill_figures(Path(folder) / "kill"),
            *asyncio.run(loss_figures(Path(folder) / "loss")),
        ]


async def stop_figures(folder: Path) -> list[Figure]:
    """Play the six processes and stop them, again and again."""
    service = service_in(folder)
    session = service.open(PROGRAMS / "tree_of_six.py")
    await stop_once(session, ["--cooperative"])  # environments are made, files opened
    before = held()
    times: dict[str, list[float]] = {"--cooperative": [], "--deaf": []}
    survivors = 0
    for number in range(CYCLES):
        how = "--deaf" if number % 10 == 9 else "--cooperative"
        times[how].append(await stop_once(session, [how]))
        survivors += len(processes_of(str(session.run_id)))
    leaked = {name: held()[name] - before[name] for name in before}
    deaf = service.open(PROGRAMS / "ignores_signals.py")
    deaf_times = [await stop_once(deaf, [], marker="deaf") - GRACE_S for _ in range(20)]
    left = left_folders(folder)
    await service.close()
    return [
        Figure(
            "Stop of six processes: survivors",
            f"0 in {CYCLES} cycles",
            str(survivors),
            survivors == 0,
            "every process that carries the run's id, after `stopped`",
        ),
        Figure(
            "Stop: leaked children, descriptors, folders",
            "0, 0, 0",
            f"{leaked['children']}, {leaked['fds']}, {len(left)}",
            leaked["children"] <= 0 and leaked["fds"] <= 0 and not left,
            f"before and after {CYCLES} cycles",
        ),
        time_figure("Press to `stopped`, cooperative, p95", 150, times["--cooperative"]),
        time_figure("End of the grace to `stopped`, deaf, p95", 250, deaf_times),
    ]


async def stop_once(session: ExecutionSession, args: list[str], marker: str = "ready") -> float:
    """Play until the marker is printed, press Stop, and return the seconds to `stopped`."""
    pressed = [0.0]

    def heard(event: SessionEvent) -> None:
        if isinstance(event, StopRequested):
            pressed[0] = time.perf_counter()

    unsubscribe = session.subscribe(heard)
    session.play(PlayRequest(tuple(args)))
    await printed(session, marker)
    session.stop()
    await session.wait()
    unsubscribe()
    assert session.state is SessionState.STOPPED
    return time.perf_counter() - pressed[0]


async def printed(session: ExecutionSession, text: str) -> None:
    """Wait until the program has printed a line."""
    seen = 0
    while True:
        log = session.log
        assert log is not None
        assert session.state.active, f"it ended before it printed {text}: {session.exit}"
        for row in log.read(after=seen):
            seen = row.seq
            if isinstance(row, LogEntry) and row.stream and row.message == text:
                return
        await asyncio.sleep(0.002)


def kill_figures(folder: Path) -> list[Figure]:
    """Kill the playing command with SIGKILL in mid-run; look what lives and what is kept."""
    clean, kept = 0, 0
    (folder / "project").mkdir(parents=True)
    (folder / "project" / "main.py").write_text(
        "import subprocess, sys, time\n"
        "code = 'import time; time.sleep(60)'\n"
        "subprocess.Popen([sys.executable, '-S', '-c', code], start_new_session=True)\n"
        "for n in range(10**9):\n    print(n, flush=True)\n"
    )
    for _ in range(KILLS):
        with playing(folder / "home", folder / "project") as play:
            play.until_message("500")
            run_id = play.rows[0]["run"]
            play.process.send_signal(signal.SIGKILL)
            play.end()
            killed = time.monotonic()
            while processes_of(run_id) and time.monotonic() < killed + 2:
                time.sleep(0.01)
            clean += not processes_of(run_id)
            kept += lines_of(folder / "home", run_id)[: len(play.output())] == play.output()
    return [
        Figure(
            "Studio killed by SIGKILL: no survivor within 2 s",
            f"{KILLS} of {KILLS}",
            f"{clean} of {KILLS}",
            clean == KILLS,
            "`playhead play` killed in mid-flood",
        ),
        Figure(
            "… and every acknowledged line readable",
            f"{KILLS} of {KILLS}",
            f"{kept} of {KILLS}",
            kept == KILLS,
            "lines it had printed as JSON, compared with the log reopened",
        ),
    ]


def lines_of(home: Path, run_id: str) -> list[str]:
    """The program's lines in a run's log, reopened."""
    log = RunHistory(Home.under(home)).open_log(RunId(run_id))
    rows = log.read(limit=10**7)
    log.close()
    return [row.message for row in rows if isinstance(row, LogEntry) and row.stream]


async def loss_figures(folder: Path) -> list[Figure]:
    """Play a million lines on two streams that end in `os._exit(3)`."""
    service = service_in(folder)
    session = service.open(PROGRAMS / "million_lines.py")
    whole = 0
    for _ in range(FLOODS):
        session.play()
        await session.wait()
        whole += all(numbers(session, stream) for stream in Stream) and session.exit is not None
    await service.close()
    return [
        Figure(
            "1,000,000 lines, two streams, then `os._exit(3)`: all kept, in order",
            f"{FLOODS} of {FLOODS}",
            f"{whole} of {FLOODS}",
            whole == FLOODS,
            "the log read back line by line",
        )
    ]


def numbers(session: ExecutionSession, stream: Stream) -> bool:
    """Whether the stream's lines count from 0 to half a million."""
    log = session.log
    assert log is not None
    expected = 0
    for page in pages(log.last_seq):
        for row in log.read(after=page, limit=50_000):
            if isinstance(row, LogEntry) and row.stream is stream:
                if row.message != str(expected):
                    return False
                expected += 1
    return expected == 500_000


def pages(last: int) -> Iterator[int]:
    """Where each page of a log begins."""
    yield from range(0, last, 50_000)


def service_in(folder: Path) -> SessionService:
    """A real service whose files are in `folder`."""
    return build_service(Home.under(folder), SessionSettings(grace_s=GRACE_S, history_runs=3))


def left_folders(home: Path) -> list[Path]:
    """Folders that should be gone when no run is under way."""
    return [path for name in ("view", "scratch") for path in home.glob(f"runs/*/{name}")]


def held() -> dict[str, int]:
    """What this process holds: children and descriptors."""
    me = os.getpid()
    children = Path(f"/proc/{me}/task/{me}/children").read_text().split()
    return {"children": len(children), "fds": len(os.listdir("/proc/self/fd"))}


def time_figure(name: str, limit_ms: float, seconds: list[float]) -> Figure:
    """A figure of the 95th percentile of some times."""
    p95 = statistics.quantiles(seconds, n=20)[-1] * 1000
    middle = statistics.median(seconds) * 1000
    return Figure(
        name,
        f"≤ {limit_ms:.0f} ms",
        f"{p95:.0f} ms",
        p95 <= limit_ms,
        f"{len(seconds)} stops, median {middle:.0f} ms, through the session service",
    )
