"""Ordinary programs go on working in both profiles, without any permission."""

import importlib.util
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from session.rights import Rights
from tests.support.playing import make_launch, play
from tests.support.xvfb import Display, missing, xvfb

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

PROGRAMS = Path(__file__).parent / "fixtures" / "ordinary"
NAMES = sorted(path.stem for path in PROGRAMS.glob("*.py"))
#: Programs that need a package.
NEEDS = {"numbers": "numpy", "figures": "matplotlib", "game": "pygame", "window": "pygame"}
IN_A_WINDOW = "window"
profiles = pytest.mark.parametrize("profile", ["strict", "portable"])


def _need(package: str | None) -> None:
    """Skip where the interpreter has not got a package of its own: nothing else is handed over."""
    found = importlib.util.find_spec(package) if package else None
    if package and (found is None or not (found.origin or "").startswith(sys.prefix)):
        pytest.skip(f"{package} is not installed here")


async def _play(folder: Path, name: str, profile: str, *, display: Display | None = None) -> str:
    """Play one program; what it printed."""
    _need(NEEDS.get(name))
    files: dict[str, str | bytes] = {"main.py": (PROGRAMS / f"{name}.py").read_bytes()}
    ours = {**os.environ, **(display.environ if display else {})}
    launch = make_launch(folder, files, environ=ours, python=sys.executable, trees=True)
    if display is not None:
        rights = Rights(display=True)
        launch = replace(launch, prepared=replace(launch.prepared, rights=rights))
    played = await play(launch, isolation=profile)
    got = (played.execution.isolation or {}).get("profile")
    if got != profile:
        pytest.skip(f"this machine allows no more than the {got} profile")
    assert played.exit.cause == "finished", played.stdout + played.stderr
    assert played.stderr == ""
    return played.stdout


@profiles
@pytest.mark.parametrize("name", [name for name in NAMES if name != IN_A_WINDOW])
async def test_an_ordinary_program_works(tmp_path: Path, name: str, profile: str) -> None:
    assert (await _play(tmp_path, name, profile)).endswith("works\n")


@pytest.fixture
def display(tmp_path: Path) -> Iterator[Display]:
    """Return a real display, to which only those with the cookie have access."""
    if (lacking := missing()) is not None:
        pytest.skip(lacking)
    with xvfb(tmp_path) as there:
        yield there


@profiles
async def test_a_game_has_a_window_with_the_permission(
    tmp_path: Path, profile: str, display: Display
) -> None:
    said = await _play(tmp_path, IN_A_WINDOW, profile, display=display)
    assert said.endswith("x11\nworks\n")


@profiles
async def test_a_game_has_no_window_without_the_permission(
    tmp_path: Path, profile: str, display: Display
) -> None:
    files: dict[str, str | bytes] = {"main.py": (PROGRAMS / "window.py").read_bytes()}
    _need("pygame")
    named = {**os.environ, **display.environ, "SDL_VIDEODRIVER": "x11"}
    launch = make_launch(tmp_path, files, environ=named, env_names=["DISPLAY", "XAUTHORITY"])
    played = await play(launch, isolation=profile)
    assert played.exit.cause == "exception", played.stdout
    assert "x11" not in played.stdout
