"""Dependencies: locked once, installed once, and every way in which that can fail told apart."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from shipper.errors import PrepareFailed
from shipper.events import Severity, ToolRights
from shipper.formats.sealed import SealedImage
from tests.support.registry import PREFIX, Registry, serve_registry
from tests.support.spawn import CountingSpawn
from tests.support.workshop import Workshop, snapshot


def manifest(*dependencies: str, more: str = "") -> str:
    """Return a pyproject.toml that declares dependencies."""
    return f'[project]\nname = "x"\nversion = "1"\ndependencies = {list(dependencies)!r}\n{more}'


LEAF = PREFIX + "leaf"
BRANCH = PREFIX + "branch"
VERSION = "import playhead_test_leaf; print(playhead_test_leaf.version)"


@pytest.fixture
def registry(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """The only registry that uv knows of."""
    with serve_registry(shop.folder / "registry") as registry:
        registry.wheel("leaf", "1.0")
        registry.wheel("leaf", "2.0")
        registry.wheel("branch", "1.0", "leaf<2")
        registry.sdist("sourceonly", "1.0")
        monkeypatch.setenv("UV_DEFAULT_INDEX", registry.url)
        monkeypatch.setenv("UV_HTTP_RETRIES", "0")
        yield registry


def installed(image: SealedImage) -> str:
    """Return the version of the leaf package in an image's environment."""
    return subprocess.check_output([image.python, "-I", "-c", VERSION], text=True).strip()


@pytest.mark.usefixtures("registry")
def test_declared_dependencies_are_locked_and_installed(shop: Workshop) -> None:
    project = shop.project(
        {
            "main.py": "import playhead_test_branch, playhead_test_leaf\n",
            "pyproject.toml": manifest(BRANCH),
        }
    )
    image = shop.prepare(project)
    assert image.sealed
    assert image.interpreter.endswith("(locked, 2 packages)")
    assert installed(image) == "1.0"
    assert not shop.found(Severity.WARNING)
    locks = list((shop.cache / "environments").glob("*/requirements.txt"))
    assert [line for line in locks[0].read_text().splitlines() if "--hash=sha256:" in line]
    assert "://" not in locks[0].read_text()


@pytest.mark.usefixtures("registry")
def test_output_of_uv_arrives_on_build_as_it_comes(shop: Workshop) -> None:
    at_spawn: list[int] = []

    class Spawn(CountingSpawn):
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
            def note(name: str, data: bytes) -> None:
                on_output(name, data)
                at_spawn.append(len(shop.events))

            if "sync" in argv:
                return super().__call__(
                    argv, cwd=cwd, env=env, stdin=stdin, rights=rights, on_output=note
                )
            return super().__call__(
                argv, cwd=cwd, env=env, stdin=stdin, rights=rights, on_output=on_output
            )

    shop.spawn = Spawn()
    shop.prepare(shop.project({"main.py": "", "pyproject.toml": manifest(LEAF + "==1.0")}))
    lines = [event.message for event in shop.events if event.step == "dependencies"]
    assert any(f"{LEAF}==1.0" in line for line in lines)
    sealed = len(shop.events)
    assert at_spawn
    assert at_spawn[-1] < sealed - 3, "the output came only with the end of the preparation"


def test_second_project_with_the_same_dependencies_needs_no_network(
    shop: Workshop, registry: Registry
) -> None:
    shop.prepare(shop.project({"main.py": "", "pyproject.toml": manifest(LEAF)}, name="one"))
    shutil.rmtree(registry.folder)
    two = shop.project({"main.py": "x = 2", "pyproject.toml": manifest(LEAF)}, name="two")
    assert "1 package" in shop.prepare(two).interpreter
    assert not [call for call in shop.spawn.calls if "uv" in Path(call[0]).name]


class Killed(Exception):
    """Ends a preparation as a host does."""


class KilledSpawn(CountingSpawn):
    """Ends the preparation when an installation is through, before it is noted as complete."""

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
        code = super().__call__(
            argv, cwd=cwd, env=env, stdin=stdin, rights=rights, on_output=on_output
        )
        if "sync" in argv:
            raise Killed
        return code


@pytest.mark.usefixtures("registry")
def test_environment_of_a_killed_build_is_not_used(shop: Workshop) -> None:
    project = shop.project({"main.py": "", "pyproject.toml": manifest(LEAF)})

    shop.spawn = KilledSpawn()
    with pytest.raises(Killed):
        shop.prepare(project)
    (half,) = [p for p in (shop.cache / "environments").iterdir() if p.is_dir()]
    (half / "left-behind").write_text("x")
    shop.spawn = CountingSpawn()
    image = shop.prepare(project)
    assert [call for call in shop.spawn.calls if "sync" in call]
    assert image.python.parent.parent == half
    assert not (half / "left-behind").exists()


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize(
    ("dependencies", "code", "words"),
    [
        ([LEAF + ">9"], "dependencies-unsolvable", "leaf>9"),
        ([BRANCH, LEAF + ">=2"], "dependencies-unsolvable", "branch"),
        ([PREFIX + "nonesuch"], "package-not-found", f"`{PREFIX}nonesuch`"),
        ([PREFIX + "sourceonly"], "needs-building", f"`{PREFIX}sourceonly`"),
        (["not a ! name"], "requirement-broken", "not a ! name"),
    ],
)
def test_failures_are_told_apart(
    shop: Workshop, dependencies: list[str], code: str, words: str
) -> None:
    project = shop.project({"main.py": "", "pyproject.toml": manifest(*dependencies)})
    failure = shop.fails(project)
    assert failure.code == code, failure.message
    assert words in failure.message
    assert "\n" not in failure.message


def test_no_network_for_a_new_dependency(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    project = shop.project({"main.py": "", "pyproject.toml": manifest(LEAF)})
    failure = shop.fails(project)
    assert failure.code == "no-network"
    monkeypatch.setenv("UV_OFFLINE", "1")
    assert shop.fails(project).code == "no-network"


@pytest.mark.usefixtures("registry")
def test_syntax_errors_are_told_beside_a_failed_lock(shop: Workshop) -> None:
    project = shop.project({"main.py": "x = (", "pyproject.toml": manifest(PREFIX + "nonesuch")})
    with pytest.raises(PrepareFailed):
        shop.prepare(project)
    assert {event.code for event in shop.found(Severity.ERROR)} == {
        "package-not-found",
        "syntax-error",
    }


@pytest.mark.usefixtures("registry")
def test_script_block_declares_dependencies(shop: Workshop) -> None:
    text = f'# /// script\n# dependencies = ["{LEAF}<2"]\n# ///\nimport playhead_test_leaf\n'
    image = shop.prepare(shop.project({"a.py": text}) / "a.py")
    assert image.interpreter.endswith("(locked, 1 package)")
    assert not shop.found(Severity.WARNING)


@pytest.mark.usefixtures("registry")
def test_plain_folder_with_dependencies_in_its_pyproject(shop: Workshop) -> None:
    project = shop.project(
        {"main.py": "import playhead_test_leaf", "pyproject.toml": manifest(LEAF)}
    )
    assert shop.prepare(project).interpreter.endswith("(locked, 1 package)")


def test_lock_of_the_project_is_used(shop: Workshop, registry: Registry) -> None:
    files = {"main.py": "import playhead_test_leaf", "pyproject.toml": manifest(LEAF + "<2")}
    project = shop.project(files)
    uv(shop, "lock", "--project", project)
    registry.wheel("leaf", "1.5")  # newer than the lock
    before = snapshot(project)
    image = shop.prepare(project)
    assert installed(image) == "1.0"
    assert snapshot(project) == before
    shop.project({"uv.lock": "nonsense ["})
    assert shop.fails(project).code == "lock-broken"


def test_pylock_of_the_project_is_used(shop: Workshop, registry: Registry) -> None:
    files = {"main.py": "import playhead_test_leaf", "pyproject.toml": manifest(LEAF + "<2")}
    project = shop.project(files)
    target, source = project / "pylock.toml", project / "pyproject.toml"
    uv(shop, "pip", "compile", "--format", "pylock.toml", "-o", target, source)
    registry.wheel("leaf", "1.5")
    assert installed(shop.prepare(project)) == "1.0"


def test_lock_without_hashes_is_refused(shop: Workshop, registry: Registry) -> None:
    wheels = registry.folder / "simple" / LEAF
    more = f'[tool.uv]\nno-index = true\nfind-links = ["{wheels}"]\n'
    project = shop.project({"main.py": "", "pyproject.toml": manifest(LEAF, more=more)})
    uv(shop, "lock", "--project", project)
    assert shop.fails(project).code == "lock-without-hashes"


def test_requirements_file_is_said_to_be_unused(warm_shop: Workshop) -> None:
    warm_shop.prepare(warm_shop.project({"main.py": "", "requirements.txt": "six\n"}))
    (told,) = warm_shop.coded("requirements-file-unused")
    assert told.severity is Severity.WARNING


@pytest.mark.network
def test_real_package_from_the_registry(shop: Workshop) -> None:
    project = shop.project({"main.py": "import iniconfig", "pyproject.toml": manifest("iniconfig")})
    image = shop.prepare(project)
    subprocess.run([image.python, "-c", "import iniconfig"], check=True)
    assert not shop.found(Severity.WARNING)


def uv(shop: Workshop, *argv: str | Path) -> None:
    """Run uv as the project's author would."""
    env = {**os.environ, "UV_CACHE_DIR": str(shop.folder / "uv")}
    subprocess.run([sys.executable, "-m", "uv", *argv, "--quiet"], env=env, check=True)
