"""What is kept of how a run was played: enough to play it again just so."""

import json
from pathlib import Path

import pytest

from session.home import Home
from session.play_request import PlayRequest
from session.record import RunRecord
from session.run_id import RunId
from tests.support.simulated import simulated_service

RUN = RunId("20260101-000000-aaaaaa")
REQUEST = PlayRequest(("a", "ü"), "fast", (("LEVEL", "3"), ("B", "")), "data")


def test_a_record_plays_again_as_it_was_played() -> None:
    record = RunRecord.of_request(RUN, Path("/game"), REQUEST, 1.5)
    assert record.request == REQUEST
    assert RunRecord.from_json(record.to_json()) == record
    assert RunRecord.from_json(record.to_json()).request == REQUEST


def test_an_old_record_has_arguments_only() -> None:
    fields = json.loads(RunRecord(RUN, Path("/game"), ("x",), 1.5).to_json())
    for name in ("configuration", "env", "cwd", "played_args"):
        del fields[name]
    old = RunRecord.from_json(json.dumps(fields))
    assert old.request == PlayRequest(("x",))
    assert old.played_args is None


@pytest.mark.parametrize("env", [3, "xyz", [1], [["a"]], [["a", "b", "c"]]])
def test_a_damaged_record_is_a_value_error(env: object) -> None:
    fields = json.loads(RunRecord(RUN, Path("/game"), (), 1.5).to_json()) | {"env": env}
    with pytest.raises(ValueError):  # noqa: PT011 - json and record faults alike
        RunRecord.from_json(json.dumps(fields))


async def test_a_session_files_what_it_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "game").mkdir()
    service = simulated_service(tmp_path)
    try:
        session = service.open(tmp_path / "game")
        run_id = session.play(REQUEST)
        await session.wait()
        assert session.record is not None
        assert session.record.request == REQUEST
        assert service.history.find(run_id).request == REQUEST
        assert service.history.find(run_id).played_args == session.record.played_args == ()
        session.play(service.history.find(run_id).request)
        await session.wait()
        assert [one.request for one in service.history.list()] == [REQUEST, REQUEST]
    finally:
        await service.close()
    assert Home.under(tmp_path / "home").runs.is_dir()
