"""What the rules look at: one prepared project, before it is sealed. Plain data."""

from typing import TYPE_CHECKING, NamedTuple

from shipper.events import Severity
from shipper.formats.fix import Fix
from shipper.formats.interpreter import Environment, Interpreter
from shipper.formats.module_report import Reports
from shipper.formats.scan import LeftOut, StoredFile
from shipper.source.project import Project

if TYPE_CHECKING:
    from shipper.machine.hardware import Hardware


class Subject(NamedTuple):
    """Everything that is known of a project when it is checked.

    `hardware` is None where the project needs nothing of the machine.
    """

    project: Project
    files: dict[str, StoredFile]
    left_out: tuple[LeftOut, ...]
    interpreter: Interpreter
    environment: Environment
    reports: Reports
    entry_source: bytes | None
    platform: str
    hardware: "Hardware | None" = None


class Finding(NamedTuple):
    """One thing that a rule has found. `severity` None means the rule's own."""

    message: str
    hint: str
    path: str | None = None
    line: int | None = None
    column: int | None = None
    severity: Severity | None = None
    fix: Fix | None = None
