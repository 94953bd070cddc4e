"""What a service tells of the workers that there are: runs, those in waiting, and pools."""

import asyncio
from pathlib import Path

import pytest

from session.compose import build_service
from session.home import Home
from session.state import SessionState
from session.worker_row import WorkerKind
from session.workers.pool_member import MemberStatus
from session.workers.pool_rows import PoolRows
from session.workers.pool_settings import PoolSettings
from tests.support.pooling import real_pool, until


@pytest.mark.timeout(120)
async def test_a_run_is_a_row_while_it_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "hello"
    folder.mkdir()
    (folder / "main.py").write_text("import time\ntime.sleep(100)\n")
    service = build_service(Home.under(tmp_path / "home"))
    try:
        assert await service.workers() == ()
        session = service.open(folder)
        run_id = session.play()
        await until(lambda: session.state is SessionState.RUNNING, "it does not run", 60)
        (row,) = await service.workers()
        assert (row.id, row.kind, row.title) == (run_id, WorkerKind.RUN, "hello")
        assert row.health == "answers"
        assert row.pid is not None
        assert row.memory is None or row.memory > 0
        assert not service.end_worker("nobody")
        assert service.end_worker(row.id)
        await asyncio.wait_for(session.wait(), 60)
        assert await service.workers() == ()
    finally:
        await service.close()


@pytest.mark.timeout(120)
async def test_workers_of_a_pool_are_rows_for_as_long_as_they_are_shown(tmp_path: Path) -> None:
    service = build_service(Home.under(tmp_path / "home"))
    async with real_pool(tmp_path, PoolSettings(size=2), isolation="strict") as pool:
        forget = service.show_workers(PoolRows(pool, "strict"))
        await pool.execute("nap", {"seconds": 0.0})
        await until(
            lambda: all(one.heartbeat.pongs_received for one in pool.status().workers),
            "no heartbeat is answered",
        )
        rows = await service.workers()
        assert [row.kind for row in rows] == [WorkerKind.POOL] * 2
        assert sum(row.requests or 0 for row in rows) == 1
        assert {row.health for row in rows} == {"answers"}
        assert all(row.memory and row.memory > 1_000_000 for row in rows), rows
        assert {row.isolation for row in rows} == {"strict"}
        assert service.end_worker(rows[0].id)
        await until(lambda: rows[0].id not in _ids(pool.status().workers), "it stays")
        forget()
        assert await service.workers() == ()
    await service.close()


def _ids(rows: tuple[MemberStatus, ...]) -> set[str]:
    return {row.id for row in rows}
