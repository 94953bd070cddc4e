"""Turns what a project requires into a lock: exact versions with hashes, naming no registry."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from shipper.build.context import Context
from shipper.build.tool import run_tool
from shipper.build.uv import resolution_settings, uv_binary, uv_cache, uv_environment
from shipper.build.uv_places import uv_reads
from shipper.build.uv_words import explain
from shipper.events import ToolRights
from shipper.formats.interpreter import Interpreter
from shipper.formats.scan import StoredFile
from shipper.journal import StepLog
from shipper.source.project import LOCK_FILES, Project
from shipper.store.results import step_key

_VERSION = 1
_PINNED = re.compile(rb"(?m)^[A-Za-z0-9][\w.-]*(\[[^\]]*\])?\s*(==|@)|^\[\[packages\]\]")


class Lock(NamedTuple):
    """A lock: its text, the name of a file that uv takes it for, and how many packages it has."""

    text: bytes
    file_name: str
    packages: int
    fresh: bool


def own_lock(project: Project, files: dict[str, StoredFile]) -> StoredFile | None:
    """Return the lock that the project brings, if any."""
    if project.only is not None:
        return None
    return next((files[name] for name in LOCK_FILES if name in files), None)


def make_lock(
    project: Project,
    files: dict[str, StoredFile],
    interpreter: Interpreter,
    context: Context,
    log: StepLog,
) -> Lock:
    """Return the lock for this interpreter; raise PrepareFailed where there is none."""
    own = own_lock(project, files)
    if own is not None and own.path == "pylock.toml":
        text = context.blobs.read(own.sha256)
        return Lock(text, "pylock.toml", count_packages(text), fresh=False)
    if own is not None:
        inputs = [own.sha256, project.manifest_sha256 or ""]
        return _kept("export", inputs, [], project, interpreter, context, log)
    requirements = project.spec.dependencies or ()
    if not requirements:
        return Lock(b"", "requirements.txt", 0, fresh=False)
    params = [
        list(requirements),
        project.spec.requires_python,
        interpreter.version,
        interpreter.platform,
        os.fspath(interpreter.path),
        resolution_settings(),
        _tool_uv(project),
    ]
    return _kept("compile", [], params, project, interpreter, context, log)


def _tool_uv(project: Project) -> str:
    """Return the manifest's hash where it has settings for uv, which may then matter."""
    has = re.search(r"(?m)^\s*\[+tool\.uv\b", project.text)
    return project.manifest_sha256 or "" if has else ""


def _kept(
    how: str,
    inputs: list[str],
    params: Sequence[object],
    project: Project,
    interpreter: Interpreter,
    context: Context,
    log: StepLog,
) -> Lock:
    key = step_key("lock", _VERSION, [how, list(params)], inputs)
    known = context.results.get("lock", key)
    if isinstance(known, str) and context.blobs.is_whole(known):
        text = context.blobs.read(known)
        return Lock(text, "requirements.txt", count_packages(text), fresh=False)
    requirements = project.spec.dependencies or ()
    stdin = "".join(line + "\n" for line in requirements).encode()
    if how == "compile":
        python = os.fspath(str(params[4]))
        argv = _compile_argv(python)
        named = "dependency" if len(requirements) == 1 else "dependencies"
        log.say(f"locking {len(requirements)} declared {named}: {', '.join(requirements)}")
    else:
        argv, stdin = _export_argv(project.root, interpreter.path), b""
        log.say("reading the project's uv.lock")
    text = _run(argv, stdin, project, interpreter, context, log)
    context.results.put("lock", key, context.blobs.put(text).sha256)
    return Lock(text, "requirements.txt", count_packages(text), fresh=True)


def _compile_argv(python: str) -> list[str]:
    return [
        uv_binary(), "pip", "compile", "-", "--python", python, "--generate-hashes",
        "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links",
        "--only-binary", ":all:", "--color", "never",
    ]  # fmt: skip


def _export_argv(root: Path, python: Path) -> list[str]:
    return [
        uv_binary(), "export", "--frozen", "--no-emit-project", "--no-dev", "--no-header",
        "--no-annotate", "--format", "requirements-txt", "--project", os.fspath(root),
        "--no-cache", "--python", os.fspath(python), "--color", "never",
    ]  # fmt: skip


def _run(
    argv: list[str],
    stdin: bytes,
    project: Project,
    interpreter: Interpreter,
    context: Context,
    log: StepLog,
) -> bytes:
    # In the project's folder uv finds the project's own settings for it; it writes nothing there.
    cwd = project.root if _tool_uv(project) or not stdin else context.cache
    rights = _rights(cwd, stdin, project, interpreter, context)
    env = uv_environment(context.cache)
    outcome = run_tool(
        context.spawn, argv, cwd=cwd, env=env, rights=rights, stdin=stdin, on_line=log.say
    )
    if outcome.exit_code != 0:
        raise explain(outcome.stderr, project.spec.dependencies or ())
    return outcome.stdout


def _rights(
    cwd: Path, stdin: bytes, project: Project, interpreter: Interpreter, context: Context
) -> ToolRights:
    """A lock that is only read needs no network, and may look at the Python of the project."""
    pythons = (interpreter.path,)
    if not stdin:
        return ToolRights(read=(project.root,), pythons=pythons)
    own = (project.root,) if cwd == project.root else ()
    read = (*own, *uv_reads(cwd, [stdin.decode()]))
    return ToolRights(read, (uv_cache(context.cache),), pythons, net=True)


def count_packages(text: bytes) -> int:
    """Return how many packages a lock names."""
    return len(_PINNED.findall(text))
