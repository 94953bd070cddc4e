"""The runs on disk: listed, found, copied from, pruned, and never deleted while they live."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from session.errors import LeadsOutside, RunIsLive, RunNotFound
from session.exit_info import Cause, ExitInfo
from session.history import RunHistory
from session.home import Home
from session.log.entry import NewEntry, Severity, Source
from session.log.store import LogStore
from session.record import RunRecord
from session.recovery import recover
from session.run_folder import RunFolder
from session.run_id import RunId
from session.state import SessionState

END = ExitInfo(Cause.FINISHED, "Finished.", 0)


def begin(history: RunHistory, project: Path, number: int) -> tuple[RunFolder, RunRecord]:
    record = RunRecord(
        RunId(f"20260101-0000{number:02}-aaaaa{number % 10}"), project, ("--fast",), 1e9 + number
    )
    return history.begin(record), record


def finish(history: RunHistory, folder: RunFolder, record: RunRecord) -> RunRecord:
    ended = record.with_end(SessionState.STOPPED, END, record.started + 1, ())
    history.end(folder, ended)
    return ended


@pytest.fixture
def history(tmp_path: Path) -> RunHistory:
    return RunHistory(Home.under(tmp_path / "home"), keep=3)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def test_a_record_survives_the_way_to_disk_and_back(project: Path) -> None:
    record = RunRecord(
        RunId("20260101-000000-aaaaaa"),
        project,
        ("a", "ü"),
        1.5,
        title="Grüße",
        content_id="sha256:00",
        state=SessionState.RUNTIME_FAILED,
        ended=2.5,
        exit=ExitInfo(Cause.SIGNAL, "Ended by SIGKILL.", None, 9, "Look at the log."),
        written=("out/a.txt",),
    )
    assert RunRecord.from_json(record.to_json()) == record
    assert RunRecord.from_json(replace(record, exit=None).to_json()).exit is None


def test_a_record_takes_paths_that_are_no_unicode(tmp_path: Path) -> None:
    odd = os.fsdecode(b"caf\xe9\n.txt")
    history = RunHistory(Home.under(tmp_path / "home"))
    folder, record = begin(history, tmp_path / odd, 1)
    ended = record.with_end(SessionState.STOPPED, END, 2.0, (odd,))
    history.end(folder, ended)
    assert history.find(record.run_id) == ended


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"run_id": 1}', "\0"])
def test_a_broken_record_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - json and record faults alike
        RunRecord.from_json(text)


def test_a_record_of_a_later_version_is_read_all_the_same(project: Path) -> None:
    record = RunRecord(RunId("20260101-000000-aaaaaa"), project, (), 1.5)
    later = record.to_json().replace("{", '{"layers": {"net": true},', 1)
    assert RunRecord.from_json(later) == record


def test_a_live_run_whose_record_is_torn_is_still_found_by_its_id(
    history: RunHistory, project: Path
) -> None:
    folder, record = begin(history, project, 1)
    folder.release()
    (folder.path / "run.json").write_text('{"run_id": "2026')
    ((adopted, found),) = history.left_behind()
    assert found.run_id == record.run_id
    finish(history, adopted, found)
    assert list(history.left_behind()) == []


def test_runs_are_listed_newest_first_and_by_project(
    history: RunHistory, project: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    records = [finish(history, *begin(history, project, n)) for n in (1, 2)]
    third = finish(history, *begin(history, other, 3))
    assert history.list() == [third, records[1], records[0]]
    assert history.list(project) == records[::-1]
    assert history.list(tmp_path / "nothing") == []


def test_a_run_is_found_by_id_unique_beginning_or_last(history: RunHistory, project: Path) -> None:
    first = finish(history, *begin(history, project, 1))
    last = finish(history, *begin(history, project, 2))
    assert history.find(first.run_id) == first
    assert history.find(first.run_id[:15]) == first
    assert history.find("last") == last
    for name in ("2026", "", "nothing", "../runs", "live"):
        with pytest.raises(RunNotFound):
            history.find(name)


def test_the_oldest_finished_runs_are_pruned_and_a_live_one_never(
    history: RunHistory, project: Path
) -> None:
    live_folder, live = begin(history, project, 1)
    for number in range(2, 9):
        finish(history, *begin(history, project, number))
    kept = [record.run_id for record in history.list(project)]
    assert live.run_id in kept
    assert [r[-1] for r in kept if r != live.run_id] == ["8", "7", "6"]
    with pytest.raises(RunIsLive):
        history.delete(live.run_id)
    finish(history, live_folder, live)
    history.delete(history.find("last").run_id)
    assert len(history.list(project)) <= 3


def test_a_run_of_another_process_is_live_until_that_process_dies(
    history: RunHistory, project: Path, tmp_path: Path
) -> None:
    script = (
        "import sys, pathlib\n"
        "from session.history import RunHistory; from session.home import Home\n"
        "from session.record import RunRecord\n"
        "h = RunHistory(Home.under(pathlib.Path(sys.argv[1])))\n"
        "f = h.begin(RunRecord('20260101-000001-aaaaa1', pathlib.Path(sys.argv[2]), (), 1.0))\n"
        "print('begun', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "home"), str(project)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        run_id = RunId("20260101-000001-aaaaa1")
        assert history.is_live(run_id)
        assert list(history.left_behind()) == []
        process.kill()
        process.wait()
    assert not history.is_live(run_id)
    ((folder, record),) = history.left_behind()
    assert record.run_id == run_id
    assert history.is_live(run_id)  # adopted: two starts never both clean up one run
    finish(history, folder, record)
    assert list(history.left_behind()) == []


def test_what_a_run_wrote_is_copied_into_the_project_on_request(
    history: RunHistory, project: Path
) -> None:
    folder, record = begin(history, project, 1)
    (folder.path / "written" / "out").mkdir(parents=True)
    (folder.path / "written" / "out" / "score.txt").write_text("9")
    (folder.path / "written" / "save.json").write_text("new")
    (project / "save.json").write_text("old")
    ended = replace(record, written=("out/score.txt", "save.json"))
    history.end(folder, ended)
    assert history.copy_written(ended) == ["out/score.txt"]
    assert (project / "save.json").read_text() == "old"
    assert history.copy_written(ended, overwrite=True) == ["out/score.txt", "save.json"]
    assert (project / "save.json").read_text() == "new"


def test_a_run_whose_record_is_damaged_is_still_listed_and_its_log_is_read(
    history: RunHistory, project: Path
) -> None:
    folder, record = begin(history, project, 1)
    log = LogStore.create(folder.path, record.run_id)
    log.append(NewEntry(Source.BUILD, Severity.INFO, "kept"))
    log.close()
    finish(history, folder, record)
    (folder.path / "run.json").write_text("{")
    (found,) = history.list()
    assert found.run_id == record.run_id
    assert "damaged" in found.title
    assert history.find(record.run_id) == found
    assert [row.message for row in history.open_log(found.run_id).read()] == ["kept"]  # type: ignore[union-attr]


def test_strange_things_among_the_markers_disturb_nobody(
    history: RunHistory, project: Path, tmp_path: Path
) -> None:
    live = tmp_path / "home" / "runs" / "live"
    (live / "folder").mkdir(parents=True)
    (live / "20260101-000000-gone00").touch()
    assert list(history.left_behind()) == []
    assert not (live / "20260101-000000-gone00").exists()


class Unwilling:
    """Leftovers of which some cannot be dealt with."""

    def end(self, record: RunRecord) -> list[str]:
        if record.run_id.endswith("1"):
            raise PermissionError(record.run_id)
        return []

    def tidy(self, folder: Path) -> None:
        return

    def clear(self, runs: Path) -> None:
        return


def test_one_run_that_cannot_be_tidied_keeps_no_other_from_it(
    history: RunHistory, project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for number in (1, 2):
        folder, _record = begin(history, project, number)
        folder.release()
    (recovered,) = recover(history, Unwilling())
    assert recovered.record.run_id.endswith("2")
    assert "cannot be tidied" in caplog.text


@pytest.mark.parametrize("name", ["../outside", "/tmp/outside", "a/../../outside"])
def test_nothing_outside_the_project_is_written(
    history: RunHistory, project: Path, name: str
) -> None:
    folder, record = begin(history, project, 1)
    ended = replace(record, written=(name,))
    history.end(folder, ended)
    assert history.copy_written(ended, overwrite=True) == []


def test_a_link_in_the_project_leads_no_copy_out_of_it(
    history: RunHistory, project: Path, tmp_path: Path
) -> None:
    folder, record = begin(history, project, 1)
    (folder.path / "written" / "out").mkdir(parents=True)
    (folder.path / "written" / "out" / "rc").write_text("evil")
    (folder.path / "written" / "fine.txt").write_text("fine")
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "rc").write_text("precious")
    (project / "out").symlink_to(victim)
    ended = replace(record, written=("fine.txt", "out/rc"))
    history.end(folder, ended)
    with pytest.raises(LeadsOutside, match="nothing was copied"):
        history.copy_written(ended, overwrite=True)
    assert (victim / "rc").read_text() == "precious"
    assert not (project / "fine.txt").exists()
    (project / "out").unlink()
    (project / "out").mkdir()
    assert history.copy_written(ended, overwrite=True) == ["fine.txt", "out/rc"]
