"""Chooses the Python that will play a project.

Our own base interpreter, as long as the project's `requires-python` allows it; otherwise one that
is found on this machine. Nothing is ever downloaded. A project without declared dependencies is
played by its own `.venv`, if it has one.
"""

import json
import os
import re
import sys
import sysconfig
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from shipper.build.context import Context
from shipper.build.tool import plain_environment, run_tool
from shipper.build.uv import uv_binary, uv_cache, uv_environment
from shipper.errors import ManifestBroken, PrepareFailed
from shipper.events import ToolRights
from shipper.formats.fix import Fix
from shipper.formats.interpreter import Interpreter
from shipper.formats.manifest_edit import MANIFEST, fix_value
from shipper.formats.toml_place import find_key
from shipper.journal import StepLog
from shipper.source.project import Project
from shipper.store.memo import path_stamp
from shipper.store.results import step_key

_PROBE = Path(__file__).with_name("interpreter_probe.py")
_VERSION = 1


def own_venv(project: Project) -> Path | None:
    """Return the Python of the `.venv` in a project folder, if there is one."""
    if project.only is not None:
        return None
    places = (
        project.root / ".venv" / "bin" / "python",
        project.root / ".venv" / "Scripts" / "python.exe",
    )
    return next((place for place in places if place.exists()), None)


def uses_own_venv(project: Project, locked: bool) -> bool:
    """Tell whether nothing but the folder's `.venv` says what the project needs."""
    return project.spec.dependencies is None and not locked and own_venv(project) is not None


def choose_interpreter(
    project: Project, locked: bool, context: Context, log: StepLog
) -> Interpreter:
    """Return the interpreter for the project; raise PrepareFailed where there is none."""
    wanted = _wanted(project)
    venv = own_venv(project) if uses_own_venv(project, locked) else None
    if venv is not None:
        found = probe(venv, context)
        _require(found, wanted, f"the project's .venv, {venv}")
    else:
        found = own_interpreter()
        if wanted is not None and not wanted.contains(found.version, prereleases=True):
            found = _search(str(wanted), found, context)
    log.sum_up(f"python {found.version} at {found.path}", dull=True)
    return found


def _wanted(project: Project) -> SpecifierSet | None:
    text = project.spec.requires_python
    if text is None:
        return None
    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        place = find_key(project.text, "project.requires-python") or (None, None)
        message = f"`requires-python` is `{text}`, which is no version range."
        raise ManifestBroken(
            message,
            'Write it like ">=3.11".',
            code="requires-python-broken",
            path=project.manifest,
            line=place[0],
            column=place[1],
            fix=_as_range(project, text),
        ) from None


def _as_range(project: Project, text: str) -> Fix | None:
    """Return the fix for a plain version: that one or a newer."""
    if project.manifest != MANIFEST or not re.fullmatch(r"\s*\d+(\.\d+)*\s*", text):
        return None
    right = f">={text.strip()}"
    return fix_value(MANIFEST, project.text, "project.requires-python", text, right)


def _require(found: Interpreter, wanted: SpecifierSet | None, what: str) -> None:
    if wanted is not None and not wanted.contains(found.version, prereleases=True):
        message = f"The project requires Python {wanted}, and {what} is {found.version}."
        raise PrepareFailed(
            message,
            "Make the .venv anew with such a Python, or declare the dependencies so that "
            "Playhead makes the environment.",
            code="python-mismatch",
        )


def own_interpreter() -> Interpreter:
    """Return the interpreter we run on ourselves, outside of any virtual environment."""
    base = getattr(sys, "_base_executable", None) or sys.executable
    return Interpreter(
        Path(os.path.realpath(base)),
        "{}.{}.{}".format(*sys.version_info[:3]),
        sysconfig.get_platform(),
        sys.implementation.cache_tag or sys.implementation.name,
        frozenset(sys.stdlib_module_names),
    )


def _search(wanted: str, own: Interpreter, context: Context) -> Interpreter:
    key = step_key("find-python", _VERSION, [wanted, os.environ.get("PATH", "")])
    known = context.results.get("find-python", key)
    if isinstance(known, str) and Path(known).exists():
        return probe(Path(known), context)
    outcome = run_tool(
        context.spawn,
        [uv_binary(), "python", "find", "--system", "--no-project", "--no-config", wanted],
        cwd=context.cache,
        env=uv_environment(context.cache),
        # It looks everywhere, and starts what it finds: Pythons of the user's, and no project's.
        rights=ToolRights(read=(Path("/"),), write=(uv_cache(context.cache),)),
    )
    path = outcome.stdout.decode("utf-8", "surrogateescape").strip()
    if outcome.exit_code != 0 or not path:
        message = (
            f"The project requires Python {wanted}; Playhead runs on {own.version}, and no other "
            "Python on this machine fits."
        )
        raise PrepareFailed(
            message,
            "Install such a Python so that it is found on PATH, or widen `requires-python`.",
            code="python-missing",
        )
    context.results.put("find-python", key, path)
    return probe(Path(path), context)


def probe(python: Path, context: Context) -> Interpreter:
    """Ask a Python what it is; the answer is kept as long as the file is the same."""
    key = step_key("probe", _VERSION, [os.fspath(python), path_stamp(os.fspath(python))])
    facts = context.results.get("probe", key)
    if facts is None:
        outcome = run_tool(
            context.spawn,
            [os.fspath(python), "-I", "-S", os.fspath(_PROBE)],
            cwd=_PROBE.parent,
            env=plain_environment(),
            rights=ToolRights(read=(_PROBE,)),
        )
        facts = _facts(outcome.stdout) if outcome.exit_code == 0 else None
        if facts is None:
            message = f"The Python at {python} does not start (exit code {outcome.exit_code})."
            raise PrepareFailed(
                message,
                "Repair or remove that installation; a .venv can simply be made anew.",
                code="python-broken",
            )
        context.results.put("probe", key, facts)
    return Interpreter(
        Path(os.path.realpath(facts["path"])),
        facts["version"],
        facts["platform"],
        facts["cache_tag"],
        frozenset(facts["stdlib"]),
    )


def _facts(answer: bytes) -> dict[str, str] | None:
    try:
        facts = json.loads(answer)
    except ValueError:
        return None
    return facts if isinstance(facts, dict) else None
