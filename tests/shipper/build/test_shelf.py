"""Kept environments: listed with who uses them, found broken, removed while nobody is in them."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shipper.build.ensuring import ensure_environment
from shipper.build.environment import MARKER
from shipper.build.packages import check_lock, check_packages
from shipper.build.shelf import find_stored, remove_stored, stored_environments
from shipper.errors import EnvironmentBusy, EnvironmentUnknown, PrepareFailed, ToolTimedOut
from shipper.store.last_use import note_use
from tests.support.registry import PREFIX, Registry, serve_registry
from tests.support.workshop import Workshop

LEAF, BRANCH = PREFIX + "leaf", PREFIX + "branch"


@pytest.fixture
def registry(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """The only registry that uv knows of."""
    with serve_registry(shop.folder / "registry") as registry:
        registry.wheel("leaf", "1.0")
        registry.wheel("leaf", "2.0")
        registry.wheel("branch", "1.0", "leaf<2")
        monkeypatch.setenv("UV_DEFAULT_INDEX", registry.url)
        monkeypatch.setenv("UV_HTTP_RETRIES", "0")
        yield registry


def a_project(shop: Workshop, name: str, *dependencies: str) -> Path:
    manifest = f'[project]\nname = "{name}"\nversion = "1"\ndependencies = {list(dependencies)!r}\n'
    return shop.project({"main.py": "", "pyproject.toml": manifest}, name)


@pytest.mark.usefixtures("registry")
def test_what_is_kept_is_told_with_who_uses_it(shop: Workshop) -> None:
    first, second = a_project(shop, "first", BRANCH), a_project(shop, "second", BRANCH)
    image = shop.prepare(first)
    shop.prepare(second)
    (kept,) = stored_environments(shop.cache)
    assert kept.projects == (first, second)
    assert kept.packages == 2
    assert kept.python == "{}.{}.{}".format(*sys.version_info[:3])
    assert kept.size > 1000
    assert len(kept.lock) == 64
    assert kept.fault is None
    assert time.time() - kept.last_used < 600
    assert image.python.is_relative_to(kept.folder)

    shutil.rmtree(first)
    a_project(shop, "second", LEAF)
    shop.prepare(second)
    now = {bool(one.projects): one for one in stored_environments(shop.cache)}
    assert now[True].projects == (second,)
    assert now[False].name == kept.name


@pytest.mark.usefixtures("registry")
def test_a_broken_one_is_named_removed_and_made_anew(shop: Workshop) -> None:
    project = a_project(shop, "broken", BRANCH)
    image = shop.prepare(project)
    (kept,) = stored_environments(shop.cache)
    (info,) = kept.folder.glob("lib/python*/site-packages/playhead_test_leaf-1.0.dist-info")
    shutil.rmtree(info)
    assert stored_environments(shop.cache)[0].fault == f"{LEAF}==1.0 is missing"

    remove_stored(find_stored(shop.cache, kept.name[:8]))
    assert stored_environments(shop.cache) == []
    assert shop.prepare(project).content_id == image.content_id
    assert stored_environments(shop.cache)[0].fault is None

    (kept.folder / MARKER).unlink()
    assert stored_environments(shop.cache)[0].fault == "it was never finished"


@pytest.mark.usefixtures("registry")
def test_one_that_a_process_runs_in_is_left_alone(shop: Workshop) -> None:
    image = shop.prepare(a_project(shop, "busy", LEAF))
    (kept,) = stored_environments(shop.cache)
    command = [str(image.python), "-c", "print('up', flush=True); import time; time.sleep(60)"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        try:
            with pytest.raises(EnvironmentBusy) as caught:
                remove_stored(kept)
        finally:
            process.kill()
    assert f"process {process.pid} runs in it" in caught.value.message
    remove_stored(kept)
    assert not kept.folder.exists()


def test_a_python_that_is_gone_and_names_that_are_none(shop: Workshop) -> None:
    assert stored_environments(shop.cache) == []
    shop.prepare(shop.project({"main.py": ""}))
    (kept,) = stored_environments(shop.cache)
    (kept.folder / "bin" / "python").unlink()
    assert stored_environments(shop.cache)[0].fault == "the Python that it was made with is gone"
    for name in ("", "zzzz", "../.."):
        with pytest.raises(EnvironmentUnknown):
            find_stored(shop.cache, name)


def test_a_use_is_noted_once_an_hour(tmp_path: Path) -> None:
    environments = tmp_path / "environments"
    environments.mkdir()
    mark = environments / "abc.used"
    python = environments / "abc" / "bin" / "python"
    note_use(tmp_path, python)
    first = mark.stat().st_mtime_ns
    note_use(tmp_path, python)
    assert mark.stat().st_mtime_ns == first
    os.utime(mark, (1, 1))
    note_use(tmp_path, python)
    assert mark.stat().st_mtime > time.time() - 600
    note_use(tmp_path, Path(sys.executable))
    note_use(tmp_path / "nowhere", tmp_path / "nowhere/environments/x/bin/python")
    assert sorted(environments.iterdir()) == [mark]


@pytest.mark.usefixtures("registry")
def test_packages_that_are_named_get_an_environment(shop: Workshop) -> None:
    told: list[str] = []
    built = ensure_environment([BRANCH], shop.cache, told.append)
    program = "import playhead_test_leaf; print(playhead_test_leaf.version)"
    assert subprocess.check_output([built.python, "-c", program], text=True) == "1.0\n"
    assert built.fresh
    assert any("locking" in line for line in told)
    again = ensure_environment([BRANCH], shop.cache, told.append)
    assert (again.python, again.fresh) == (built.python, False)
    with pytest.raises(PrepareFailed) as caught:
        ensure_environment([PREFIX + "nothing"], shop.cache, told.append)
    assert caught.value.hint
    with pytest.raises(PrepareFailed) as caught:
        ensure_environment(["?"], shop.cache, told.append)
    assert caught.value.code == "requirement-broken"
    with pytest.raises(ToolTimedOut) as late:
        ensure_environment([LEAF], shop.cache, told.append, within_s=0.001)
    assert late.value.hint


def package(place: Path, name: str, version: str, *requires: str) -> None:
    folder = place / f"{name}-{version}.dist-info"
    folder.mkdir(parents=True)
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {one}" for one in requires]
    (folder / "METADATA").write_text("\n".join(lines) + "\n")


def test_what_is_missing_is_found_through_all_that_is_required(tmp_path: Path) -> None:
    package(tmp_path, "top", "2.0", "Mid_dle>=1", 'extra-only; extra == "more"', "not a word !!")
    package(tmp_path, "mid.dle", "1.5", 'old; python_version < "3"', "bottom<2")
    package(tmp_path, "bottom", "3.0")
    assert check_packages(["top"], [tmp_path]).missing == ("bottom<2",)
    assert check_packages(["top[more]"], [tmp_path]).missing == ("extra-only", "bottom<2")
    assert check_packages(["top>=3", "gone"], [tmp_path]).missing == ("top>=3", "gone")
    assert check_packages(['x; python_version < "3.5"'], [tmp_path], "3.11.0").all_installed
    assert not check_packages(['x; python_version < "3.5"'], [tmp_path], "3.4.0").all_installed
    assert check_packages([], [tmp_path]).all_installed


def test_locks_are_checked_to_the_version(tmp_path: Path) -> None:
    package(tmp_path, "Some.Thing", "1.0")
    lock = b'some-thing==1.0 \\\n    --hash=sha256:00\nother==2 ; sys_platform == "win32"\n'
    assert check_lock(lock, "requirements.txt", [tmp_path]).all_installed
    assert check_lock(b"some-thing==1.1\n", "requirements.txt", [tmp_path]).missing == (
        "some-thing==1.1",
    )
    toml = b'[[packages]]\nname = "some-thing"\nversion = "2"\n'
    assert check_lock(toml, "pylock.toml", [tmp_path]).missing == ("some-thing==2",)
