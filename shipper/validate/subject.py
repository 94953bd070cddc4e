"""What the rules look at: one prepared project, before it is sealed. Plain data."""

from typing import NamedTuple

from shipper.events import Severity
from shipper.formats.fix import Fix
from shipper.formats.interpreter import Environment, Interpreter
from shipper.formats.module_report import Reports
from shipper.formats.scan import LeftOut, StoredFile
from shipper.source.project import Project


class Subject(NamedTuple):
    """Everything that is known of a project when it is checked."""

    project: Project
    files: dict[str, StoredFile]
    left_out: tuple[LeftOut, ...]
    interpreter: Interpreter
    environment: Environment
    reports: Reports
    entry_source: bytes | None
    platform: str


class Finding(NamedTuple):
    """One thing that a rule has found. `severity` None means the rule's own."""

    message: str
    hint: str
    path: str | None = None
    line: int | None = None
    column: int | None = None
    severity: Severity | None = None
    fix: Fix | None = None
