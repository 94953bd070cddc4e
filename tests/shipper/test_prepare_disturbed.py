"""Preparations that are stopped, disturbed, or share their place with others."""

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from shipper.errors import Cancelled, PrepareFailed
from shipper.events import ToolRights
from tests.support.spawn import CountingSpawn
from tests.support.workshop import PHASES, Workshop, names_in, read, snapshot, wait_until_settled


def test_stop_before_anything(shop: Workshop) -> None:
    project = shop.project({"main.py": ""})
    shop.cancelled = lambda: True
    with pytest.raises(Cancelled):
        shop.prepare(project)
    assert shop.events == []


@pytest.mark.parametrize("phase", PHASES[:-1])
def test_stop_in_every_phase(shop: Workshop, phase: str) -> None:
    """Once a phase has spoken, the host stops; what is left behind harms nobody."""
    project = shop.project({"main.py": "", "a.py": ""})
    shop.cancelled = lambda: any(event.step == phase for event in shop.events)
    with pytest.raises(Cancelled):
        shop.prepare(project, workers=2)
    shop.cancelled = lambda: False
    assert names_in(shop.prepare(project)) == ["a.py", "main.py"]


class HostStopped(BaseException):
    """What a host raises from its spawn."""


class RaisingSpawn(CountingSpawn):
    """Raises instead of starting one tool."""

    def __init__(self, tool: str, raised: BaseException) -> None:
        super().__init__()
        self.tool = tool
        self.raised = raised

    def __call__(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        stdin: bytes = b"",
        rights: ToolRights,
        on_output: Callable[[str, bytes], None],
    ) -> int:
        if any(part.endswith(self.tool) for part in argv):
            raise self.raised
        return super().__call__(
            argv, cwd=cwd, env=env, stdin=stdin, rights=rights, on_output=on_output
        )


@pytest.mark.parametrize("tool", ["compile_check.py", "venv"])
@pytest.mark.parametrize("kind", [HostStopped, OSError, RuntimeError])
def test_what_spawn_raises_passes_through(
    shop: Workshop, tool: str, kind: type[BaseException]
) -> None:
    project = shop.project({"main.py": ""})
    raised = kind("stopped")

    shop.spawn = RaisingSpawn(tool, raised)
    with pytest.raises(kind) as caught:
        shop.prepare(project)
    assert caught.value is raised
    shop.spawn = CountingSpawn()
    assert names_in(shop.prepare(project)) == ["main.py"]


def test_two_prepare_one_project_at_once(shop: Workshop) -> None:
    files = {f"m{n}.py": f"x = {n}\n" for n in range(200)} | {"main.py": ""}
    project = shop.project(files)
    program = (
        "import sys, pathlib\n"
        "from shipper.pipeline import prepare\n"
        "from tests.support.spawn import CountingSpawn\n"
        "image = prepare(pathlib.Path(sys.argv[1]), cache=pathlib.Path(sys.argv[2]),\n"
        "    emit=lambda event: None, spawn=CountingSpawn(), cancelled=lambda: False)\n"
        "print(image.content_id)\n"
    )
    argv = [sys.executable, "-c", program, str(project), str(shop.cache)]
    root = Path(__file__).parents[2]
    running = [
        subprocess.Popen(argv, cwd=root, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    answers = [process.communicate()[0].strip() for process in running]
    assert [process.returncode for process in running] == [0] * 4
    assert len(set(answers)) == 1
    image = shop.prepare(project)
    assert image.content_id == answers[0]
    assert shop.spawn.calls == []
    assert not list(shop.cache.rglob("*.tmp"))
    assert not (shop.cache / "quarantine").exists()


def test_names_that_are_no_text_around_the_project(shop: Workshop) -> None:
    """The folder above a project may be called anything; what is told stays text."""
    folder = os.fsdecode(os.fsencode(shop.folder) + b"/caf\xe9\nx")
    try:
        os.mkdir(folder)
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    project = Path(folder)
    (project / "main.py").write_text("x = 1\n")
    image = shop.prepare(project)
    assert image.title == "caf\\xe9\\nx"
    assert image.root == project
    assert shop.prepare(project) == image
    (project / "main.py").unlink()
    failure = shop.fails(project)
    for text in [str(failure), failure.message, *(event.message for event in shop.events)]:
        text.encode()
        assert "\n" not in text


def test_broken_names_in_a_project_are_told_on_one_line(warm_shop: Workshop) -> None:
    warm_shop.prepare(warm_shop.project({"main.py": "", "a\nb.txt": "", ".c\rd": ""}))
    for event in warm_shop.events:
        assert event.message.isprintable()
    (left,) = warm_shop.coded("left-out")
    assert left.path == ".c\\rd"


def test_notebook_in_another_language(warm_shop: Workshop) -> None:
    text = '{"nbformat": 4, "metadata": {"kernelspec": {"language": "R"}}, "cells": []}'
    failure = warm_shop.fails(warm_shop.project({"a.ipynb": text}) / "a.ipynb")
    assert failure.code == "notebook-language"


def test_crash_of_the_compiler_blames_one_file(warm_shop: Workshop) -> None:
    """A source that kills the check does not hide what is wrong with the others."""
    deep = "-" * 200_000 + "1\n"
    files = {"main.py": "", "a.py": "x = (", "b.py": f"x = {deep}", "c.py": "y = ("}
    warm_shop.fails(warm_shop.project(files))
    assert [event.path for event in warm_shop.coded("syntax-error")] == ["a.py", "b.py", "c.py"]


def test_waiting_for_another_builder_can_be_stopped(shop: Workshop) -> None:
    project = shop.project({"main.py": ""})
    image = shop.prepare(project)
    environment = image.python.parent.parent
    (environment / "playhead-complete.json").unlink()
    with environment.with_name(environment.name + ".lock").open("r+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shop.cancelled = lambda: any("waiting for" in event.message for event in shop.events)
        with pytest.raises(Cancelled):
            shop.prepare(project)
    shop.cancelled = lambda: False
    assert shop.prepare(project) == image


def test_manifest_written_to_while_it_is_read(shop: Workshop) -> None:
    """The manifest in the image is the one that was understood, or there is no image."""
    project = shop.project({"main.py": "", "pyproject.toml": '[project]\nname = "x"\n'})
    polls = iter(range(100))

    def cancelled() -> bool:
        if next(polls) == 2:
            shop.project({"pyproject.toml": '[project]\nname = "y"\n'})
        return False

    shop.cancelled = cancelled
    try:
        image = shop.prepare(project)
    except PrepareFailed as failure:
        assert failure.code == "project-changed"  # noqa: PT017 - either end is fine
    else:
        assert image.title.encode() in read(image, "pyproject.toml")


def test_project_deleted_while_it_is_prepared(shop: Workshop) -> None:
    project = shop.project({f"m{n}.py": f"x = {n}" for n in range(300)} | {"main.py": ""})
    polls = iter(range(1000))

    def cancelled() -> bool:
        if next(polls) == 5:
            shutil.rmtree(project)
        return False

    shop.cancelled = cancelled
    assert shop.fails(project).code in ("project-changed", "project-missing")
    assert shop.fails(project).code == "project-missing"


def other_pythons() -> list[str]:
    """Return the versions of the Pythons in the system's folders that are not like our own."""
    places = [*Path("/usr/bin").glob("python3.*"), *Path("/usr/local/bin").glob("python3.*")]
    program = "import sys; print('{}.{}.{}'.format(*sys.version_info[:3]))"
    found = set()
    for place in places:
        if re.fullmatch(r"python3\.\d+", place.name):
            argv = [str(place), "-I", "-c", program]
            done = subprocess.run(argv, capture_output=True, text=True, check=False)
            found |= set(done.stdout.split())
    return sorted(found - {"{}.{}.{}".format(*sys.version_info[:3])})


def test_other_python_of_this_machine_is_found(shop: Workshop) -> None:
    """A requirement that our own Python does not meet, and another on PATH does."""
    others = other_pythons()
    if not others:
        pytest.skip("there is only one Python here")
    wanted = others[0]
    manifest = f'[project]\nname = "x"\nrequires-python = "=={wanted}"\n'
    image = shop.prepare(shop.project({"main.py": "", "pyproject.toml": manifest}))
    assert f"python {wanted}" in image.interpreter
    shop.project({"main.py": "x = 2"})
    shop.prepare(image.root)
    assert len(shop.spawn.calls) == 1, "only the changed file is compiled"


def test_unchanged_project_is_prepared_where_nothing_can_be_written(shop: Workshop) -> None:
    """A full or read-only cache is no hindrance to what is in it."""
    project = shop.project({f"m{n}.py": "" for n in range(50)} | {"main.py": "", "b": "x" * 10**7})
    image = shop.prepare(project)
    wait_until_settled()
    wait_until_settled()
    (memo,) = (shop.cache / "projects").glob("*.json")
    limit = "resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))"
    program = (
        "import pathlib, resource, signal, sys\n"
        "from tests.support.workshop import Workshop\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"{limit}\n"
        "shop = Workshop(pathlib.Path(sys.argv[1]))\n"
        "print(shop.prepare(shop.folder / 'project').content_id, len(shop.spawn.calls))\n"
    )
    argv = [sys.executable, "-c", program, str(shop.folder)]
    root = Path(__file__).parents[2]
    before = memo.read_bytes()
    answer = subprocess.check_output(argv, cwd=root, text=True)
    assert answer.split() == [image.content_id, "0"]
    assert memo.read_bytes() == before
    assert shop.prepare(project) == image
    assert memo.read_bytes() != before, "many fresh files are noted as settled"
    settled = snapshot(shop.cache)
    shop.prepare(project)
    assert snapshot(shop.cache) == settled
