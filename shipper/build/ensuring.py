"""Makes an environment for packages that are named, outside of any project and of any run."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from shipper.build.context import Context
from shipper.build.environment import Built, build_environment, find_environment, site_packages
from shipper.build.interpreter import own_interpreter
from shipper.build.locking import make_lock
from shipper.build.packages import check_packages
from shipper.errors import HostRaised, PrepareFailed
from shipper.events import Channel
from shipper.formats.project_spec import ProjectSpec
from shipper.journal import Journal, Phase, StepLog
from shipper.machine.timed_spawn import TimedSpawn
from shipper.source.project import Entry, Project
from shipper.store.blobs import BlobStore
from shipper.store.results import ResultStore

_PHASE: Final = Phase("dependencies", Channel.BUILD)
#: How long one tool may take: a slow network, and large packages.
WITHIN_S: Final = 300


def ensure_environment(
    requirements: Sequence[str],
    cache: Path,
    tell: Callable[[str], None],
    within_s: float = WITHIN_S,
) -> Built:
    """Return the cached environment with these packages, built if need be.

    `tell` gets what happens, line by line, from any thread. Raises PrepareFailed, with what to do,
    and ToolTimedOut where a tool takes longer than `within_s`.
    """
    interpreter = own_interpreter()
    check_packages(requirements, [], interpreter.version)  # for what cannot be read at all
    cache.mkdir(parents=True, exist_ok=True)
    spawn = TimedSpawn(within_s)
    context = Context(cache, BlobStore(cache), ResultStore(cache), spawn, lambda: False, 1)
    log = StepLog(_PHASE, Journal([_PHASE], lambda event: tell(event.message)))
    project = _nothing_but(requirements, cache)
    try:
        lock = make_lock(project, {}, interpreter, context, log)
        built = find_environment(lock, interpreter, context) or build_environment(
            lock, interpreter, tuple(requirements), context, log
        )
    except HostRaised as foreign:
        raise foreign.original from None
    folder = built.marker.parent
    check = check_packages(requirements, site_packages(folder), interpreter.version)
    if not check.all_installed:
        message = f"The environment {folder.name[:12]} lacks {', '.join(check.missing)}."
        hint = f"Remove it, then try again: playhead environments --remove {folder.name[:12]}"
        raise PrepareFailed(message, hint, code="environment-broken")
    return built


def _nothing_but(requirements: Sequence[str], cache: Path) -> Project:
    spec = ProjectSpec(dependencies=tuple(requirements))
    return Project(cache, cache, spec, "cartridge", Entry("file", "main.py"), "packages", only=())
