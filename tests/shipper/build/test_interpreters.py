"""The Pythons of a machine: each once, with what it is, and why one is of no use."""

import hashlib
import os
import sys
from pathlib import Path

import pytest

from shipper.build.context import Context
from shipper.build.environment import venv_python
from shipper.build.interpreters import find_interpreters, interpreter_hash
from shipper.machine.timed_spawn import TimedSpawn
from shipper.store.blobs import BlobStore
from shipper.store.results import ResultStore
from tests.support.spawn import CountingSpawn

REAL = os.path.realpath(getattr(sys, "_base_executable", sys.executable))


@pytest.fixture
def spawn() -> CountingSpawn:
    return CountingSpawn()


@pytest.fixture
def context(tmp_path: Path, spawn: CountingSpawn) -> Context:
    cache = tmp_path / "cache"
    cache.mkdir()
    return Context(cache, BlobStore(cache), ResultStore(cache), spawn, lambda: False, 1)


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with one folder on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    return folder


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def answer(version: str) -> str:
    facts = f'{{"path": "/x", "version": "{version}", "platform": "p", "cache_tag": "pypy-39"'
    return f"echo '{facts}, \"stdlib\": []}}'"


def test_our_own_is_the_first_and_told_once(
    context: Context, bare: Path, spawn: CountingSpawn
) -> None:
    (bare / "python3").symlink_to(REAL)
    (bare / "python3.99").symlink_to(REAL)
    (own,) = find_interpreters(context)
    assert own.origin == "playhead"
    assert own.version == "{}.{}.{}".format(*sys.version_info[:3])
    assert own.implementation == sys.implementation.name
    assert own.sha256 == hashlib.sha256(Path(REAL).read_bytes()).hexdigest()
    assert own.fault is None
    calls = len(spawn.calls)
    assert find_interpreters(context) == [own]
    assert len(spawn.calls) == calls, "what it said is kept"


def test_each_place_is_looked_at(context: Context, bare: Path, tmp_path: Path) -> None:
    venv_python(tmp_path / ".venv").parent.mkdir(parents=True)
    venv_python(tmp_path / ".venv").symlink_to(REAL)
    script(tmp_path / "uv" / "some" / "bin" / "python3.10", answer("3.10.1"))
    script(tmp_path / "pyenv" / "versions" / "3.8.1" / "bin" / "python3.8", answer("3.8.1"))
    script(bare / "python3.12", answer("3.12.0"))
    script(bare / "python3-config", "exit 1")
    (bare / "python3.13").write_text("not to be run")
    found = find_interpreters(context, tmp_path)
    assert [(one.origin, one.version.rpartition(".")[0]) for one in found[2:]] == [
        ("uv", "3.10"),
        ("pyenv", "3.8"),
        ("path", "3.12"),
    ]
    assert [one.origin for one in found[:2]] == ["playhead", "venv"]
    assert [bool(one.fault) for one in found] == [False, False, False, True, False]
    assert found[3].fault == "It is too old to play anything: 3.9 is the oldest."
    assert found[2].implementation == "pypy"


def test_scripts_of_a_version_manager_stand_for_nothing(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(tmp_path / "shims" / "python3", "exit 127")
    monkeypatch.setenv("PATH", str(tmp_path / "shims"))
    assert len(find_interpreters(context)) == 1


@pytest.mark.parametrize("text", ["exit 3", "echo nonsense", "kill -9 $$"])
def test_a_broken_one_is_listed_with_its_fault(context: Context, bare: Path, text: str) -> None:
    path = script(bare / "python3.11", text)
    _, broken = find_interpreters(context)
    assert broken.path == path
    assert broken.version == ""
    assert "does not start" in str(broken.fault)


def test_one_that_hangs_is_not_waited_for(bare: Path, tmp_path: Path) -> None:
    script(bare / "python3.11", "/bin/sleep 60 & wait")
    cache = tmp_path / "cache"
    cache.mkdir()
    timed = Context(cache, BlobStore(cache), ResultStore(cache), TimedSpawn(5), lambda: False, 1)
    _, slow = find_interpreters(timed)
    assert slow.fault == "python3.11 did not finish within 5 s and was ended."


def test_a_replaced_file_has_another_hash(context: Context, bare: Path) -> None:
    path = script(bare / "python3.11", "exit 1")
    first = interpreter_hash(path, context)
    script(path, "exit 2")
    assert interpreter_hash(path, context) != first
