"""Settings: in force at once, kept key by key, and no file is too broken to start with."""

import fcntl
import json
import os
import subprocess
import sys
import threading
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.settings.kept_file import LARGEST
from studio.settings.store import DEFAULTS, SettingsStore
from studio.settings.values import CHOICES, RANGES, StudioSettings, read_settings
from studio.settings.writer import Writer

KEYS = st.sampled_from(list(asdict(StudioSettings())))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(KEYS | st.text(max_size=8), JSON, max_size=6)

not_root = pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")


@pytest.fixture
def path(tmp_path: Path, qapp: QApplication) -> Path:
    """A place for a settings file; nothing is there yet."""
    return tmp_path / "config" / "settings.json"


def kept(path: Path) -> dict[str, Any]:
    """What the file holds."""
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def write(path: Path, document: object) -> None:
    """Put something where the settings are kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))


@given(document=DOCUMENTS)
def test_any_document_gives_settings_that_are_fit(document: dict[str, Any]) -> None:
    found, faults = read_settings(document)

    values = asdict(found)
    assert all(values[key] in words for key, words in CHOICES.items())
    assert all(low <= values[key] <= high for key, (low, high) in RANGES.items())
    assert all(isinstance(values[key], type(value)) for key, value in asdict(DEFAULTS).items())
    assert len(faults) <= len(document.keys() & values.keys())


@given(document=DOCUMENTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_a_change_leaves_what_else_the_file_holds(document: dict[str, Any], path: Path) -> None:
    write(path, document)
    store = SettingsStore(path)
    size = 20 if store.current.code_pixels != 20 else 21
    store.update(code_pixels=size)

    others = {key: value for key, value in document.items() if key != "code_pixels"}
    left = {key: value for key, value in kept(path).items() if key != "code_pixels"}
    assert json.dumps(left, sort_keys=True) == json.dumps(others, sort_keys=True)  # NaN too
    assert SettingsStore(path).current.code_pixels == size


@given(data=st.binary(max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_any_bytes_are_survived_and_never_lost(data: bytes, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    SettingsStore(path).update(tab_width=7)

    assert kept(path)["tab_width"] == 7
    try:
        understood = isinstance(json.loads(data), dict)
    except ValueError:
        understood = False
    asides = [found.read_bytes() for found in path.parent.glob("*.broken-*")]
    assert understood or data in asides
    for found in path.parent.glob("*.broken-*"):
        found.unlink()


def test_a_damaged_file_is_set_aside_and_said_so(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text('{"theme": "da')
    store = SettingsStore(path)

    (aside,) = path.parent.glob("settings.json.broken-*")
    assert aside.read_text() == '{"theme": "da'
    assert store.current == StudioSettings()
    assert "was damaged" in store.problems[0]
    assert str(aside) in store.problems[0]


def test_two_damaged_files_are_both_kept(path: Path) -> None:
    for text in ("{1", "{2"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        SettingsStore(path)

    asides = {found.read_text() for found in path.parent.glob("*.broken-*")}
    assert asides == {"{1", "{2"}


def test_a_huge_or_deep_file_is_damaged(path: Path) -> None:
    for text in ('{"theme": "dark", "x": "' + "x" * LARGEST + '"}', '{"x":' * 100_000):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        assert "was damaged" in SettingsStore(path).problems[0]


def test_a_folder_in_the_place_of_the_file(path: Path) -> None:
    path.mkdir(parents=True)
    store = SettingsStore(path)
    said: list[str] = []
    store.not_kept.connect(said.append)
    store.update(tab_width=2)

    assert "could not be read" in store.problems[0]
    assert store.current.tab_width == 2
    assert len(said) == 1


def test_a_pipe_in_the_place_of_the_file_is_not_waited_for(path: Path) -> None:
    path.parent.mkdir()
    os.mkfifo(path)
    assert "not a file" in SettingsStore(path).problems[0]


def test_an_unfit_value_is_named_and_left_for_the_version_that_wrote_it(path: Path) -> None:
    write(path, {"theme": "sepia", "tab_width": True, "future": [1], "grace_s": 3})
    store = SettingsStore(path)

    assert store.current == StudioSettings(grace_s=3.0)
    assert sorted(problem.split("`")[1] for problem in store.problems) == ["tab_width", "theme"]
    store.update(tab_width=8)
    assert kept(path) == {"theme": "sepia", "tab_width": 8, "future": [1], "grace_s": 3}


def test_an_unfit_change_changes_nothing(path: Path) -> None:
    store = SettingsStore(path)
    with pytest.raises(ValueError, match="tab_width"):
        store.update(tab_width=0, theme="dark")
    assert store.current == StudioSettings()
    assert not path.exists()


def test_a_default_is_not_written_down(path: Path) -> None:
    store = SettingsStore(path)
    store.update(theme="dark", tab_width=2)
    store.reset("theme")
    assert kept(path) == {"tab_width": 2}
    assert store.current.theme == "system"


def test_two_studios_keep_each_others_changes(path: Path) -> None:
    one, other = SettingsStore(path), SettingsStore(path)
    one.update(theme="dark", shortcuts={"run.play": "F9", "run.stop": "F10"})
    other.update(tab_width=2, shortcuts={"file.save": "F2"})
    one.update(shortcuts={"run.play": "F9"})

    assert kept(path) == {
        "theme": "dark",
        "tab_width": 2,
        "shortcuts": {"run.play": "F9", "file.save": "F2"},
    }


def test_many_writers_at_once_lose_nothing(path: Path) -> None:
    def write_some(name: str) -> None:
        store = SettingsStore(path)
        for number in range(10):
            before = store.current.shortcuts
            store.update(shortcuts={**before, f"{name}.{number}": "F1"})

    threads = [threading.Thread(target=write_some, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept(path)["shortcuts"]) == 30


def test_a_file_that_goes_away_is_written_anew_with_all_that_is_in_force(path: Path) -> None:
    store = SettingsStore(path)
    store.update(theme="dark")
    path.unlink()
    store.update(tab_width=2)
    assert kept(path) == {"theme": "dark", "tab_width": 2}


def test_a_file_damaged_in_between_is_set_aside_and_said_so(path: Path) -> None:
    store = SettingsStore(path)
    said: list[str] = []
    store.not_kept.connect(said.append)
    store.update(theme="dark")
    path.write_text("[]")
    store.update(tab_width=2)

    assert kept(path) == {"theme": "dark", "tab_width": 2}
    assert len(said) == 1
    assert "set aside" in said[0]


def test_a_link_stays_a_link(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    real = tmp_path / "dotfiles.json"
    real.write_text("{}")
    path.symlink_to(real)
    SettingsStore(path).update(theme="light")
    assert path.is_symlink()
    assert kept(real) == {"theme": "light"}


def test_nothing_is_left_lying_about(path: Path) -> None:
    SettingsStore(path).update(theme="light")
    left = {found.name for found in path.parent.iterdir()}
    assert left == {"settings.json", ".settings.json.lock"}


def test_what_cannot_be_kept_is_in_force_said_once_and_kept_later(path: Path) -> None:
    path.parent.write_text("a file where the folder should be")
    store = SettingsStore(path)
    said: list[str] = []
    store.not_kept.connect(said.append)
    store.update(theme="dark")
    store.update(shortcuts={"run.play": "F9"})

    assert store.current.theme == "dark"
    assert len(said) == 1
    assert "cannot be kept" in said[0]
    path.parent.unlink()
    store.update(tab_width=2)
    assert kept(path) == {"theme": "dark", "shortcuts": {"run.play": "F9"}, "tab_width": 2}


@not_root
def test_a_folder_without_permission(path: Path) -> None:
    write(path, {"theme": "dark"})
    path.parent.chmod(0o500)
    try:
        store = SettingsStore(path)
        said: list[str] = []
        store.not_kept.connect(said.append)
        store.update(tab_width=2)
        assert store.current.tab_width == 2
        assert len(said) == 1
        assert kept(path) == {"theme": "dark"}
    finally:
        path.parent.chmod(0o700)


def test_whoever_listens_is_told_of_changes_only(path: Path) -> None:
    store = SettingsStore(path)
    told: list[int] = []
    store.changed.connect(lambda: told.append(store.current.tab_width))
    store.update(tab_width=2)
    store.update(tab_width=2)
    assert told == [2]


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from studio.settings.store import SettingsStore

application = QCoreApplication([])
store = SettingsStore(Path(sys.argv[1]))
store.not_kept.connect(print)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (8, 8))
store.update(tab_width=2)
assert store.current.tab_width == 2
"""


def test_a_full_disk_loses_nothing(path: Path) -> None:
    write(path, {"theme": "dark"})
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
    assert "cannot be kept" in done.stdout
    assert kept(path) == {"theme": "dark"}
    assert {found.name for found in path.parent.iterdir()} == {
        "settings.json",
        ".settings.json.lock",
    }


def test_a_lock_that_another_studio_holds_does_not_hold_up_the_window(path: Path) -> None:
    write(path, {})
    held = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(held, fcntl.LOCK_EX)
    writer = Writer()
    store = SettingsStore(path, writer)
    told: list[bool] = []
    store.changed.connect(lambda: told.append(True))
    try:
        store.update(theme="light")
        assert kept(path) == {}, "nobody waited for the lock"
        assert (store.current.theme, told) == ("light", [True])
    finally:
        os.close(held)
    writer.close()
    assert kept(path) == {"theme": "light"}


def test_what_a_thread_could_not_keep_is_told_and_kept_with_the_next_change(
    path: Path, qtbot: QtBot
) -> None:
    path.parent.mkdir(parents=True)
    path.mkdir()  # no file, so nothing can be kept in it
    writer = Writer()
    store = SettingsStore(path, writer)
    told: list[str] = []
    store.not_kept.connect(told.append)
    store.update(theme="light")
    qtbot.waitUntil(lambda: len(told) == 1)
    path.rmdir()
    store.update(tab_width=8)
    writer.close()
    assert kept(path) == {"theme": "light", "tab_width": 8}


def test_a_writer_goes_on_after_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    done: list[int] = []

    def fail() -> None:
        message = "broken"
        raise RuntimeError(message)

    writer = Writer()
    for work in (partial(done.append, 1), fail, partial(done.append, 2)):
        writer.write(work)
    writer.close()
    assert done == [1, 2]
    assert "could not be written" in caplog.text
