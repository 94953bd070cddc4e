"""Makes environments: one for each lock and interpreter, built once and then only used.

An environment is built where it will stay. Until its marker is written it is nobody's; a build
that was killed is cleared away by the next one.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from shipper.build.context import Context
from shipper.build.locking import Lock
from shipper.build.tool import run_tool
from shipper.build.uv import RESOLUTION_SETTINGS, uv_binary, uv_cache, uv_environment
from shipper.build.uv_places import places_in, uv_reads
from shipper.build.uv_words import explain
from shipper.errors import StoreUnwritable
from shipper.events import ToolRights
from shipper.formats.interpreter import Interpreter
from shipper.journal import StepLog
from shipper.store.locking import exclusive
from shipper.store.writing import write_whole

_VERSION = 1
MARKER = "playhead-complete.json"
_SUFFIXES = (".py", ".so", ".pyd", ".pth")


class Built(NamedTuple):
    """A finished environment: its Python, its importable names, its number of packages."""

    python: Path
    marker: Path
    modules: frozenset[str]
    packages: int
    fresh: bool


def environment_key(lock: Lock, interpreter: Interpreter) -> str:
    """Return the name of the environment for a lock and an interpreter."""
    parts = [str(_VERSION), os.fspath(interpreter.path), interpreter.version, interpreter.platform]
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape"))
    digest.update(lock.text)
    return digest.hexdigest()[:32]


def find_environment(lock: Lock, interpreter: Interpreter, context: Context) -> Built | None:
    """Return the environment if it has been built."""
    folder = _folder(lock, interpreter, context)
    try:
        facts = json.loads((folder / MARKER).read_bytes())
        python = venv_python(folder)
        python.stat()  # a base interpreter that was removed leaves a dangling link
    except (OSError, ValueError):
        return None
    return Built(
        python, folder / MARKER, frozenset(facts["modules"]), facts["packages"], fresh=False
    )


def build_environment(
    lock: Lock,
    interpreter: Interpreter,
    requirements: tuple[str, ...],
    context: Context,
    log: StepLog,
) -> Built:
    """Build the environment, or wait for whoever is building it; raise PrepareFailed."""
    folder = _folder(lock, interpreter, context)
    with exclusive(
        folder.with_name(folder.name + ".lock"),
        lambda: log.say("waiting for another preparation that is building the same environment"),
        context.check,
    ):
        if built := find_environment(lock, interpreter, context):
            return built
        _clear(folder)
        _make(folder, interpreter, context, log)
        if lock.packages:
            _install(folder, lock, interpreter, requirements, context, log)
        _mark_complete(folder)
    built = find_environment(lock, interpreter, context)
    if built is None:
        raise StoreUnwritable(folder, OSError("it vanished while it was being built"))
    return built._replace(fresh=True)


def venv_python(folder: Path) -> Path:
    """Return the interpreter of a virtual environment."""
    scripts = folder / "Scripts" / "python.exe"
    return scripts if os.name == "nt" else folder / "bin" / "python"


def site_packages(folder: Path) -> list[Path]:
    """Return the folders in which a virtual environment's packages lie."""
    found = [*folder.glob("lib/python*/site-packages"), folder / "Lib" / "site-packages"]
    return [place for place in found if place.is_dir()]


def importable(places: list[Path]) -> tuple[frozenset[str], int, bool]:
    """Return the names that can be imported, the number of packages, and if there may be more."""
    names: set[str] = set()
    packages, open_ended = 0, False
    for entry in _entries(places):
        name = entry.name
        if name.endswith(".dist-info"):
            packages += 1
        elif name.endswith(".pth"):
            open_ended = open_ended or not name.startswith(("_virtualenv", "distutils-prec"))
        elif entry.is_dir() or name.endswith(_SUFFIXES):
            names.add(name.split(".")[0])
    return frozenset(names - {"__pycache__"}), packages, open_ended


def _entries(places: list[Path]) -> Iterator[os.DirEntry[str]]:
    for place in places:
        with os.scandir(place) as rows:
            yield from rows


def _folder(lock: Lock, interpreter: Interpreter, context: Context) -> Path:
    return context.cache / "environments" / environment_key(lock, interpreter)


def _clear(folder: Path) -> None:
    try:
        if folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        raise StoreUnwritable(folder, error) from error


def _make(folder: Path, interpreter: Interpreter, context: Context, log: StepLog) -> None:
    argv = [
        uv_binary(), "venv", "--no-project", "--no-config", "--color", "never",
        "--python", os.fspath(interpreter.path), os.fspath(folder),
    ]  # fmt: skip
    env = uv_environment(context.cache)
    # Its first line and its advice to activate are no news to anybody; a failure is told below.
    folder.mkdir(parents=True, exist_ok=True)  # so that it alone can be written
    rights = ToolRights((), (folder, uv_cache(context.cache)), (interpreter.path,))
    outcome = run_tool(context.spawn, argv, cwd=context.cache, env=env, rights=rights)
    if outcome.exit_code != 0:
        raise explain(outcome.stderr, ())
    log.say(f"made an environment for python {interpreter.version}")


def _install(
    folder: Path,
    lock: Lock,
    interpreter: Interpreter,
    requirements: tuple[str, ...],
    context: Context,
    log: StepLog,
) -> None:
    place = folder / lock.file_name
    write_whole(place, lock.text)
    argv = [
        uv_binary(), "pip", "sync", "--python", os.fspath(venv_python(folder)),
        "--only-binary", ":all:", "--color", "never", os.fspath(place),
    ]  # fmt: skip
    env = uv_environment(context.cache)
    if lock.file_name == "requirements.txt":
        argv.append("--require-hashes")
    else:
        env["UV_PREVIEW_FEATURES"] = "pylock"  # spares the user a warning about uv's own plans
    writes = (folder, uv_cache(context.cache))
    text = lock.text.decode("utf-8", "replace")
    may = ToolRights(
        uv_reads(context.cache, [text]), writes, (venv_python(folder), interpreter.path), net=True
    )
    # What is compiled is started: a package may have code for every start of its Python. It gets
    # no network, and nothing that the user's settings lead to.
    wheels = tuple(one for one in places_in(text, context.cache) if one.suffix == ".whl")
    alone = ToolRights(wheels, writes, may.pythons)
    still = {name: value for name, value in env.items() if name not in RESOLUTION_SETTINGS}
    compiling = ["--compile-bytecode", "--offline", "--no-config"]
    for more, rights, variables in (([], may, env), (compiling, alone, still)):
        outcome = run_tool(
            context.spawn,
            [*argv, *more],
            cwd=context.cache,
            env=variables,
            rights=rights,
            on_line=None if more else log.say,
            both=True,
        )
        if outcome.exit_code != 0:
            raise explain(outcome.stderr, requirements)


def _mark_complete(folder: Path) -> None:
    modules, packages, _ = importable(site_packages(folder))
    facts = {"modules": sorted(modules), "packages": packages}
    write_whole(folder / MARKER, json.dumps(facts).encode())
