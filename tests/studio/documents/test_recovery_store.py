"""Unsaved text survives a kill, and no studio takes a living one's."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.documents.recovery import RecoveryStore

#: Keeps a text a thousand times a second until it is killed; says what is on disk for sure.
_STUDIO = """
import sys, time
from pathlib import Path
from studio.documents.recovery import RecoveryStore
store = RecoveryStore(Path(sys.argv[1]))
store.keep(Path("/project/main.py"), "unsaved text", "digest of the file")
store.keep(None, "never had a file", "", "untitled 1")
store.flush()
print("kept", flush=True)
number = 0
while len(sys.argv) > 2:
    number += 1
    store.keep(Path("/project/main.py"), f"text {number} " * 2000, "digest of the file")
    time.sleep(0.001)
time.sleep(60)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "recovery"


@pytest.fixture
def store(folder: Path) -> Iterator[RecoveryStore]:
    found = RecoveryStore(folder)
    yield found
    found.close()


def _studio(folder: Path, *more: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", _STUDIO, str(folder), *more]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"kept\n"
    return process


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_a_living_studio_keeps_its_own_and_a_killed_one_leaves_it(
    folder: Path, store: RecoveryStore
) -> None:
    process = _studio(folder)
    try:
        assert store.left() == []
    finally:
        _end(process)
    found = {recovered.path: recovered for recovered in store.left()}
    assert set(found) == {Path("/project/main.py"), None}
    main = found[Path("/project/main.py")]
    assert (main.text, main.base_digest, main.name) == (
        "unsaved text",
        "digest of the file",
        "main.py",
    )
    assert found[None].name == "untitled 1"
    assert found[None].text == "never had a file"


def test_no_text_is_torn_by_a_kill(folder: Path, store: RecoveryStore) -> None:
    for _ in range(4):
        process = _studio(folder, "busily")
        _end(process)
    texts = [found.text for found in store.left() if found.path is not None]
    assert len(texts) == 4
    for text in texts:
        words = text.split()
        assert text == "unsaved text" or (len(words) == 4000 and len(set(words)) == 2)


def test_what_was_left_is_given_to_one_studio_only(folder: Path, store: RecoveryStore) -> None:
    _end(_studio(folder))
    second = RecoveryStore(folder)
    assert len(store.left()) == 2
    assert second.left() == []
    assert len(store.left()) == 2  # to the same one, again
    store.close()
    assert len(second.left()) == 2  # it was not dealt with
    for recovered in second.left():
        second.forget(recovered)
    assert second.left() == []
    second.close()
    assert [entry for entry in folder.iterdir() if entry.name != "backups"] == []


def test_dropping_removes_and_the_last_word_counts(folder: Path, store: RecoveryStore) -> None:
    path = Path("/project/main.py")
    for number in range(50):
        store.keep(path, f"text {number}", "digest")
    store.keep(Path("/project/other.py"), "x", "")
    assert store.flush()
    texts = {file.read_text().partition("\n")[2] for file in folder.glob("*/*.json")}
    assert texts == {"text 49", "x"}
    store.keep(path, "once more", "digest")
    store.drop(path)
    assert store.flush()
    assert len(list(folder.glob("*/*.json"))) == 1
    store.drop(Path("/project/other.py"))
    store.close()
    assert list(folder.iterdir()) == []


def test_what_is_kept_at_closing_is_found_by_the_next(folder: Path) -> None:
    first = RecoveryStore(folder)
    first.keep(Path("/a.py"), "odd \udce9 character \u2028", "")
    first.close()
    first.keep(Path("/b.py"), "too late", "")
    second = RecoveryStore(folder)
    assert [found.text for found in second.left()] == ["odd \udce9 character \u2028"]
    second.close()


def test_damaged_records_are_passed_over(folder: Path, store: RecoveryStore) -> None:
    _end(_studio(folder))
    (own,) = [entry for entry in folder.iterdir() if entry.is_dir()]
    (own / "torn.json").write_text('{"path": "/x"')
    (own / "odd.json").write_text('{"path": 3, "text": 4}')
    (own / "list.json").write_text("[]")
    assert len(store.left()) == 2


def test_a_store_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "recovery").write_text("a file is in the way")
    store = RecoveryStore(tmp_path / "recovery")
    store.keep(Path("/a.py"), "text", "")
    store.flush()
    assert store.failure is not None
    assert "Save often" in store.failure
    assert store.left() == []
    store.close()


def test_texts_are_for_their_owner_only(folder: Path, store: RecoveryStore) -> None:
    store.keep(Path("/a.py"), "secret", "")
    store.flush()
    (own,) = folder.iterdir()
    assert os.stat(own).st_mode & 0o077 == 0


def test_projects_that_look_at_the_same_time_are_all_told(tmp_path: Path) -> None:
    for turn in range(60):
        dead = tmp_path / str(turn) / "999-dead"
        dead.mkdir(parents=True)
        (dead / "lock").touch()
        head = '{"path": "/a", "name": "a", "base_digest": "", "at": 1}'
        (dead / "x.json").write_text(f"{head}\ntext")
        store = RecoveryStore(dead.parent)
        told: list[int] = []
        barrier = threading.Barrier(3)

        def look(
            store: RecoveryStore = store,
            told: list[int] = told,
            barrier: threading.Barrier = barrier,
        ) -> None:
            barrier.wait()
            told.append(len(store.left()))

        threads = [threading.Thread(target=look) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert told == [1, 1, 1]
        store.close()
