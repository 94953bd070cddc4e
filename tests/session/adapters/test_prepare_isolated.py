"""A preparation whose tools are isolated: uv works as ever, and code of the project's gets out
of nothing.
"""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from session.adapters.shipper import ShipperPreparer
from session.home import Home
from session.log.entry import NewEntry
from session.play_request import PlayRequest
from session.ports import Prepared, PrepareRequest
from session.run_id import new_run_id
from session.runtime.process_runtime import ProcessRuntime
from session.settings import SessionSettings
from session.worker.isolation import landlock
from shipper.build.uv import uv_binary
from tests.support.hostile_world import listening
from tests.support.registry import PREFIX, Registry, serve_registry

pytestmark = pytest.mark.skipif(not landlock.abi(), reason="this kernel has no Landlock")
LEAF = PREFIX + "leaf"
MAIN = "import playhead_test_leaf\nprint(playhead_test_leaf.version)\n"


def manifest(*dependencies: str, more: str = "") -> str:
    return f'[project]\nname = "x"\nversion = "1"\ndependencies = {list(dependencies)!r}\n{more}'


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """The only registry that uv knows of."""
    with serve_registry(tmp_path / "registry") as registry:
        registry.wheel("leaf", "1.0")
        monkeypatch.setenv("UV_DEFAULT_INDEX", registry.url)
        monkeypatch.setenv("UV_HTTP_RETRIES", "0")
        yield registry


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a program, in the user's home."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "main.py").write_text(MAIN)
    return folder


async def prepare(project: Path, profile: str = "strict") -> tuple[Prepared, list[NewEntry]]:
    run_id, told = new_run_id(), list[NewEntry]()
    runtime = ProcessRuntime(SessionSettings(isolation=profile))
    tools = runtime.tool_spawner(run_id, told.append)
    request = PrepareRequest(run_id, project, PlayRequest(), told.append, tools.spawn)
    try:
        return await ShipperPreparer(Home.under(project.parent / "home")).prepare(request), told
    finally:
        await tools.stop()


def run(*argv: object) -> str:
    """Run something without any isolation, and return what it printed."""
    words = list(map(str, argv))
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


def installed(image: Prepared) -> str:
    """Import the package in the image's environment, and return its version."""
    return run(image.python, "-c", MAIN)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def venv_that_copies(secret: Path, leaks: Path) -> Path:
    """Give the project an environment whose Python copies a secret; return that Python."""
    folder = leaks.parent / ".venv"
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    python, real = folder / "bin" / "python", os.path.realpath(sys.executable)
    python.unlink()
    copies = f"cat {shlex.quote(str(secret))} > {shlex.quote(str(leaks))}"
    python.write_text(f'#!/bin/sh\n{copies}\nexec {shlex.quote(real)} "$@"\n')
    python.chmod(0o755)
    return python


def module_of(image: Prepared) -> Path:
    """The package's module, in the environment."""
    (module,) = image.python.parent.parent.glob("lib/python*/site-packages/playhead_test_leaf.py")
    return module


@pytest.mark.usefixtures("registry")
async def test_an_environment_is_locked_linked_and_compiled(project: Path) -> None:
    (project / "pyproject.toml").write_text(manifest(LEAF))
    image, told = await prepare(project)
    assert installed(image) == "1.0"
    module = module_of(image)
    assert module.stat().st_nlink > 1  # one file with uv's cache
    assert list((module.parent / "__pycache__").glob("playhead_test_leaf.*.pyc"))
    said = [entry.message for entry in told if entry.code == "isolation"]
    assert len(said) == 1


@pytest.mark.usefixtures("registry")
async def test_a_lock_of_the_projects_is_read(project: Path) -> None:
    (project / "pyproject.toml").write_text(manifest(LEAF))
    run(uv_binary(), "lock", "-q", "--project", project)
    image, _told = await prepare(project)
    assert installed(image) == "1.0"
    assert names_in(project) == ["main.py", "pyproject.toml", "uv.lock"]


async def test_packages_in_a_folder_that_the_settings_name(
    project: Path, registry: Registry
) -> None:
    wheels = registry.folder / "simple" / LEAF
    more = f'[tool.uv]\nno-index = true\nfind-links = ["{wheels}"]\n'
    (project / "pyproject.toml").write_text(manifest(LEAF, more=more))
    image, _told = await prepare(project)
    assert installed(image) == "1.0"


async def test_packages_in_a_folder_that_a_variable_names(
    project: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_FIND_LINKS", str(registry.folder / "simple" / LEAF))
    monkeypatch.setenv("UV_NO_INDEX", "1")
    (project / "pyproject.toml").write_text(manifest(LEAF))
    image, _told = await prepare(project)
    assert installed(image) == "1.0"
    assert list((module_of(image).parent / "__pycache__").glob("playhead_test_leaf.*.pyc"))


@pytest.mark.parametrize("profile", ["strict", "portable"])
async def test_the_python_of_the_project_gets_out_of_nothing(project: Path, profile: str) -> None:
    (project / "main.py").write_text("print('plays')\n")
    secret, leaks = project.parent / "secret.txt", project / "leaks.txt"
    secret.write_text("not for the project")
    python = venv_that_copies(secret, leaks)
    if profile == "strict":  # what it would do
        run(python, "-c", "")
        assert leaks.read_text() == secret.read_text()
        leaks.unlink()
    image, _told = await prepare(project, profile)
    assert image.files
    assert not leaks.exists()


async def test_a_package_that_is_compiled_reaches_no_network(
    project: Path, registry: Registry
) -> None:
    """A line for every start of its Python runs when it is installed."""
    with listening(2, ("127.0.0.1", 0)) as server:
        address = server.getsockname()
        line = f"import socket; socket.create_connection({address}, 5).sendall(b'x')\n"
        registry.wheel("leaf", "2.0", planted=line)
        (project / "pyproject.toml").write_text(manifest(LEAF))
        image, _told = await prepare(project)
        server.settimeout(0.2)
        with pytest.raises(TimeoutError):
            server.accept()
        assert installed(image) == "2.0"
        server.accept()[0].close()  # started without isolation it does
