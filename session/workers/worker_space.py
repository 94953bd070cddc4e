"""The folder of one worker: its scratch space, and what it may reach. Blocking: use a thread."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from session.ports import Launch, Prepared
from session.run_id import RunId
from session.runtime.environment import build_environment
from session.runtime.isolation import limits_of, policy_of
from session.runtime.own_folder import OwnFolder
from session.runtime.scratch import make_scratch, plan_links
from session.workers.adapter import AdapterPlan

#: Numeric libraries start a thread for every core unless they are told; a pool multiplies that.
_THREADS = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB")


class Ground(NamedTuple):
    """What a worker is started with. `isolation` None: nothing is put on."""

    env: Mapping[str, str]
    cwd: Path
    isolation: Mapping[str, Any] | None
    limits: Mapping[str, Any] | None


class WorkerSpace:
    """A folder that lives as long as the worker. Raises OSError where it cannot be made."""

    def __init__(self, plan: AdapterPlan, run_id: RunId) -> None:
        self._plan = plan
        self._run_id = run_id
        self._own = OwnFolder.of(Path(tempfile.mkdtemp(prefix="playhead-worker-")))
        self._folder = self._own.path
        self.links = plan_links(self._folder / "scratch")

    def prepare(self, ours: Mapping[str, str], profile: str | None) -> Ground:
        """Make the folders; `profile` None puts no isolation on."""
        plan = self._plan
        scratch = make_scratch(self._folder / "scratch", self.links)
        work, data = self._folder / "work", self._folder / "data"
        for one in (work, data):
            one.mkdir()
        cwd = plan.cwd or work
        launch = self._launch(cwd, data)
        policy = None if profile is None else policy_of(launch, work, scratch, profile)
        rights, threads = plan.rights, {f"{name}_NUM_THREADS": "1" for name in _THREADS}
        names = rights.env if isinstance(rights.env, tuple) else ()
        env = build_environment(ours, names, self._run_id, scratch, data, (), rights)
        return Ground(threads | env | dict(plan.env), cwd, policy, limits_of(policy, launch))

    def _launch(self, cwd: Path, data: Path) -> Launch:
        """A worker in the words of a run, so that both get their isolation from one place."""
        plan = self._plan
        read = plan.rights.read
        reads = read if isinstance(read, bool) and read else (*(read or ()), str(cwd))
        prepared = Prepared(
            content_id="",
            kind="worker",
            title="worker",
            root=cwd,
            data_key="",
            entry_form="serve",
            entry="",
            args=(),
            python=plan.python,
            interpreter="",
            sealed=False,
            files=(),
            rights=plan.rights._replace(read=reads),
            own=plan.own,
        )
        return Launch(self._run_id, prepared, self._folder, data, reduced=plan.reduced)

    def remove(self) -> None:
        """Remove everything; call it when every process is gone."""
        for link in self.links:
            link.unlink(missing_ok=True)
        self._own.remove()
