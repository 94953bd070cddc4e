"""What is kept about one run: plain data, written as JSON into the run's folder."""

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from session.exit_info import Cause, ExitInfo
from session.play_request import PlayRequest
from session.ports import ProcessIdentity
from session.run_id import RunId
from session.state import SessionState


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run as the history tells it. Times are seconds since the epoch.

    `ended` is None while the run lives, and also when Playhead itself was killed in mid-run.
    `processes` are those that a next start looks for in that case. `written` lists what the
    program wrote, relative to the view. `args`, `configuration`, `env`, `cwd` and `grants` are what
    Play was asked for; see `request`. `played_args` are all that the program was given, those of
    the manifest and of the configuration before `args`; None until it is prepared, and in old
    records. `isolation` is what the launcher put on: profile, layers, gaps; None where nothing
    was. `denied` is what the program tried and may not, as it could be granted to the project of
    this `data_key`. `foreign` and `reduced_isolation` are Play's, too.
    """

    run_id: RunId
    project: Path
    args: tuple[str, ...]
    started: float
    title: str = ""
    kind: str = ""
    content_id: str | None = None
    interpreter: str = ""
    state: SessionState = SessionState.IDLE
    ended: float | None = None
    exit: ExitInfo | None = None
    processes: tuple[ProcessIdentity, ...] = field(default=())
    written: tuple[str, ...] = field(default=())
    configuration: str | None = None
    env: tuple[tuple[str, str], ...] = field(default=())
    cwd: str | None = None
    played_args: tuple[str, ...] | None = None
    grants: tuple[str, ...] = field(default=())
    isolation: dict[str, Any] | None = None
    denied: tuple[str, ...] = field(default=())
    data_key: str = ""
    foreign: bool = False
    reduced_isolation: bool = False

    @classmethod
    def of_request(cls, run_id: RunId, project: Path, request: PlayRequest, started: float) -> Self:
        """Return the record of a run that begins."""
        return cls(
            run_id,
            project,
            request.args,
            started,
            configuration=request.configuration,
            env=request.env,
            cwd=request.cwd,
            grants=request.grants,
            foreign=request.foreign,
            reduced_isolation=request.reduced_isolation,
        )

    @property
    def request(self) -> PlayRequest:
        """What plays the project again as it was played."""
        return PlayRequest(
            self.args,
            self.configuration,
            self.env,
            self.cwd,
            self.grants,
            self.foreign,
            self.reduced_isolation,
        )

    @property
    def grant_key(self) -> str:
        """What answers about it are remembered by; "" before it was prepared."""
        return (self.content_id or "") if self.foreign else self.data_key

    def with_end(
        self, state: SessionState, exit_info: ExitInfo, ended: float, written: tuple[str, ...]
    ) -> Self:
        """Return the record of the same run, now over."""
        return replace(self, state=state, exit=exit_info, ended=ended, written=written)

    def to_json(self) -> str:
        """Return the record as JSON text, in ASCII: a path may be no valid Unicode."""
        fields: dict[str, Any] = asdict(self) | {"project": str(self.project)}
        if self.exit is not None:
            fields["exit"] = self.exit._asdict()
        return json.dumps(fields, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the record that `to_json` wrote; raise ValueError for anything else."""
        try:
            # A later version may keep more; what is not known here is passed over.
            known = cls.__dataclass_fields__
            fields = {name: v for name, v in json.loads(text).items() if name in known}
            end, played = fields["exit"], fields.get("played_args")
            return cls(
                **fields
                | {
                    "project": Path(fields["project"]),
                    "args": tuple(fields["args"]),
                    "state": SessionState(fields["state"]),
                    "processes": tuple(ProcessIdentity(*one) for one in fields["processes"]),
                    "written": tuple(fields["written"]),
                    "grants": tuple(fields.get("grants", ())),
                    "denied": tuple(fields.get("denied", ())),
                    "env": tuple((name, value) for name, value in fields.get("env", ())),
                    "played_args": None if played is None else tuple(played),
                    "exit": end and ExitInfo(**end | {"cause": Cause(end["cause"])}),
                }
            )
        except (KeyError, TypeError, AttributeError) as error:
            msg = f"not a run record: {error}"
            raise ValueError(msg) from error
