"""Reports of our own faults: told with the traceback, without the user's home."""

import logging
import os
from pathlib import Path

import pytest

from studio import reports


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's home and Playhead's own below it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PLAYHEAD_HOME", str(tmp_path / "playhead"))
    return tmp_path


def failed(text: str) -> Exception:
    """An error that was raised, with its traceback."""
    with pytest.raises(ValueError, match="invalid literal") as caught:
        int(text)
    return caught.value


def test_a_report_has_versions_and_traceback_and_not_the_home(home: Path) -> None:
    text = reports.report_text(failed(f"no {home}/secret.py"), part="the studio")
    assert text.startswith("the studio on Python 3.")
    assert "Traceback (most recent call last)" in text
    assert "~/secret.py" in text
    assert str(home) not in text


def test_a_report_ends_with_the_newest_lines_of_the_log(home: Path) -> None:
    keeper = reports._OwnLog()
    for number in range(50):
        keeper.emit(logging.makeLogRecord({"msg": f"note {number}", "levelno": logging.WARNING}))
    text = reports.report_text(failed("x"), log_lines=3)
    assert [line[-7:] for line in text.splitlines()[-3:]] == ["note 47", "note 48", "note 49"]
    assert "note 46" not in text


def test_a_report_is_kept_under_the_home(home: Path) -> None:
    kept = reports.write_report("what happened")
    assert kept is not None
    assert kept.parent == home / "playhead" / "reports"
    assert kept.read_text() == "what happened"


def test_a_home_that_cannot_be_written_keeps_none(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYHEAD_HOME", os.devnull)
    assert reports.write_report("what happened") is None
    assert reports.last_log_lines(5) == []


def test_a_log_that_holds_nothing_has_no_heading(home: Path) -> None:
    assert "last lines" not in reports.report_text(failed("x"), log_lines=3)
