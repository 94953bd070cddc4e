"""Gives a project the environment it is played in.

Declared or locked dependencies get a cached environment of their own; a project that declares
nothing gets its `.venv` if it has one, unsealed, and an empty environment otherwise.
"""

import os

from shipper.build.context import Context
from shipper.build.environment import (
    Built,
    build_environment,
    find_environment,
    importable,
    site_packages,
)
from shipper.build.interpreter import own_venv
from shipper.build.locking import Lock, make_lock, own_lock
from shipper.events import Severity
from shipper.formats.amounts import count
from shipper.formats.interpreter import Environment, Interpreter
from shipper.formats.scan import StoredFile
from shipper.journal import StepLog
from shipper.source.project import Project


def provide_environment(
    project: Project,
    files: dict[str, StoredFile],
    interpreter: Interpreter,
    context: Context,
    log: StepLog,
) -> Environment:
    """Return the environment for the project; raise PrepareFailed where there is none."""
    _note_requirements_file(project, files, log)
    declared = project.spec.dependencies is not None or own_lock(project, files) is not None
    venv = own_venv(project)
    if not declared and venv is not None:
        return _own_environment(project, interpreter, log)
    lock = make_lock(project, files, interpreter, context, log)
    built = find_environment(lock, interpreter, context)
    if built is None:
        requirements = project.spec.dependencies or ()
        built = build_environment(lock, interpreter, requirements, context, log)
    return _cached(lock, built, interpreter, declared, log)


def _cached(
    lock: Lock, built: Built, interpreter: Interpreter, declared: bool, log: StepLog
) -> Environment:
    if lock.packages:
        state = f"locked, {count(built.packages, 'package')}"
    else:
        state = "no packages declared" if declared else "standard library only"
    words = f"python {interpreter.version} ({state})"
    origin = "new" if built.fresh else "from the store"
    log.sum_up(f"environment: {words}, {origin}", f"environment: {words}, from the store")
    return Environment(
        built.python,
        words,
        sealed=True,
        packages=built.packages,
        modules=built.modules,
        lock=lock.text or None,
        watched=(os.fspath(built.marker), os.fspath(built.python)),
    )


def _own_environment(project: Project, interpreter: Interpreter, log: StepLog) -> Environment:
    folder = project.root / ".venv"
    python = own_venv(project) or folder
    places = site_packages(folder)
    modules, packages, open_ended = importable(places)
    words = f"python {interpreter.version} (the project's .venv, {count(packages, 'package')})"
    log.sum_up(f"environment: {words}")
    log.find(
        Severity.WARNING,
        "The project is played with its own .venv, which nothing pins.",
        code="environment-unsealed",
        hint="Declare the dependencies in [project] of pyproject.toml to have them locked.",
    )
    watched = [os.fspath(python), os.fspath(folder / "pyvenv.cfg"), *map(os.fspath, places)]
    return Environment(python, words, False, packages, modules, open_ended, watched=tuple(watched))


def _note_requirements_file(project: Project, files: dict[str, StoredFile], log: StepLog) -> None:
    if project.spec.dependencies is None and "requirements.txt" in files:
        log.find(
            Severity.WARNING,
            "requirements.txt is not read: it does not say what the project itself needs.",
            code="requirements-file-unused",
            hint="Name what it lists in `dependencies` under [project] of pyproject.toml.",
            path="requirements.txt",
        )
