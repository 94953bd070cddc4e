"""The rules that a project is checked against before it is sealed: one table.

Each rule has a stable code, a severity and a description; its check is a function from the
subject to findings. Documentation and tests go through `RULES`.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from shipper.events import Severity
from shipper.formats.glob import matches
from shipper.formats.permission import GRANTED_BY_IMPORT
from shipper.formats.toml_place import find_key
from shipper.source.companions import FILE_LIMIT
from shipper.validate.configurations import configurations_lead_somewhere
from shipper.validate.entry import entry_exists, function_exists
from shipper.validate.fixes import (
    fix_declared,
    fix_granted,
    fix_literal,
    fix_missing_module,
    fix_platform,
    nearest,
    nearest_path,
    other_case,
)
from shipper.validate.imports import missing_modules
from shipper.validate.names import collisions, portability_fault
from shipper.validate.subject import Finding, Subject
from shipper.validate.wanted import asking_modules

_HUGE_FILE = 100_000_000
_HUGE_PROJECT = 1_000_000_000
_MANY_FILES = 20_000
#: What a project may require of the Playhead that plays it.
FEATURES = frozenset({"cartridge", "notebook"})
_IMAGES = (".png", ".svg", ".ico", ".jpg", ".jpeg", ".gif", ".webp", ".icns")


class Rule(NamedTuple):
    """One rule."""

    code: str
    severity: Severity
    description: str
    check: Callable[[Subject], Iterable[Finding]]


def _at(subject: Subject, key: str) -> tuple[str | None, int | None, int | None]:
    line, column = find_key(subject.project.text, f"tool.playhead.{key}") or (None, None)
    return subject.project.manifest, line, column


def _kind_supported(subject: Subject) -> Iterator[Finding]:
    if subject.project.kind == "workflow":
        yield Finding(
            "This version cannot play workflows yet.",
            "Play its tasks one by one as scripts, or wait for a version that plays workflows.",
            *_at(subject, "kind"),
        )


def _entry_is_playable(subject: Subject) -> Iterator[Finding]:
    form, kind = subject.project.entry.form, subject.project.kind
    if (kind == "notebook") != (form == "notebook"):
        yield Finding(
            f"The project is a {kind}, and its entry `{subject.project.entry.target}` is not "
            "something that can be played as one.",
            "Let `kind` and `entry` agree: a notebook is an .ipynb or a py:percent file.",
            *_at(subject, subject.project.entry.key.removeprefix("tool.playhead.")),
        )


def _portable_names(subject: Subject) -> Iterator[Finding]:
    for path in subject.files:
        if fault := portability_fault(path):
            yield Finding(
                f"The name {path!r} is not portable: it {fault}.",
                "Rename it if the project is to be played on other systems.",
                path,
            )


def _colliding_names(subject: Subject) -> Iterator[Finding]:
    for path, first in collisions(subject.files):
        yield Finding(
            f"{path} and {first} are one and the same name on systems that ignore case.",
            "Rename one of them if the project is to be played on other systems.",
            path,
        )


def _huge_files(subject: Subject) -> Iterator[Finding]:
    for file in subject.files.values():
        if file.size > _HUGE_FILE:
            yield Finding(
                f"{file.path} is {file.size // 1_000_000:,} MB large.",
                "Leave it out with `exclude` if the project does not need it.",
                file.path,
            )


def _huge_project(subject: Subject) -> Iterator[Finding]:
    total = sum(file.size for file in subject.files.values())
    if total > _HUGE_PROJECT or len(subject.files) > _MANY_FILES:
        yield Finding(
            f"The image has {len(subject.files):,} files and {total // 1_000_000:,} MB.",
            "Leave out with `exclude` what the project does not need.",
        )


def _platform_fits(subject: Subject) -> Iterator[Finding]:
    platforms = subject.project.spec.platforms
    if platforms and subject.platform not in platforms:
        yield Finding(
            f"The project is for {', '.join(platforms)}, and this is {subject.platform}.",
            f'Add "{subject.platform}" to `platforms` if it plays here as well.',
            *_at(subject, "platforms"),
            fix=fix_platform(subject),
        )


def _features_known(subject: Subject) -> Iterator[Finding]:
    for feature in subject.project.spec.requires:
        if feature not in FEATURES:
            near = nearest(feature, FEATURES)
            meant = f"Did you mean `{near}`?" if near else "Use a newer Playhead."
            yield Finding(
                f"The project requires `{feature}`, which this version of Playhead has not.",
                f"{meant} This one knows {', '.join(sorted(FEATURES))}.",
                *_at(subject, "requires"),
                fix=fix_declared(subject.project, "tool.playhead.requires", feature, near),
            )


def _tools_present(subject: Subject) -> Iterator[Finding]:
    for tool in subject.project.spec.tools:
        if shutil.which(tool) is None:
            yield Finding(
                f"The tool `{tool}` that the project uses is not on PATH.",
                "Install it, or the project will not find it when it runs.",
                *_at(subject, "tools"),
            )


def _icon_present(subject: Subject) -> Iterator[Finding]:
    icon = subject.project.spec.icon
    if icon is not None and icon.removeprefix("./") not in subject.files:
        near = nearest_path(icon, (path for path in subject.files if path.endswith(_IMAGES)))
        yield Finding(
            f"The icon `{icon}` is not in the image.",
            f"Did you mean `{near}`?" if near else "Correct `icon`, or add the file.",
            *_at(subject, "icon"),
            fix=fix_declared(subject.project, "tool.playhead.icon", icon, near),
        )


def _modules_present(subject: Subject) -> Iterator[Finding]:
    for row in missing_modules(subject):
        where = f"cell {row.cell}" if row.cell else row.path
        yield Finding(
            f"{where}, line {row.line}: there is no module `{row.module}` to import.",
            f"Did you mean `{row.local}`?" if row.local else _declare(row.package, subject),
            row.path,
            row.line,
            fix=None if row.local else fix_missing_module(subject, row.package),
        )


def _declare(package: str, subject: Subject) -> str:
    project = subject.project
    if project.only is None:
        return f'Add "{package}" to `dependencies` under [project] of pyproject.toml.'
    if project.path.suffix == ".ipynb":
        return f'Play a folder whose pyproject.toml names "{package}" in its dependencies.'
    return f'Declare it in the script: `# /// script`, `# dependencies = ["{package}"]`, `# ///`.'


def _data_present(subject: Subject) -> Iterator[Finding]:
    project = subject.project
    for name, cell, line in project.absent:
        cells = [row for row, _ in subject.reports.get(project.entry.target, ()) if row]
        first = next((row.line for row in cells if row.index == cell), 1)
        place = first + line - 1
        near = other_case(project, name)
        yield Finding(
            f"cell {cell + 1}, line {place}: there is no `{name}` beside the notebook.",
            f"Did you mean `{near}`?" if near else "Put the file there, or correct its name.",
            project.entry.target,
            place,
            fix=fix_literal(project, place, name, near) if near else None,
        )


def _all_taken_along(subject: Subject) -> Iterator[Finding]:
    project = subject.project
    if project.cut_off:
        yield Finding(
            f"{project.entry.target} needs more than {FILE_LIMIT:,} files from beside it; "
            "the image has only the first of them.",
            "Give it a folder of its own with a pyproject.toml or main.py, and play the folder.",
            project.entry.target,
        )


def _include_inside(subject: Subject) -> Iterator[Finding]:
    for pattern in subject.project.spec.include:
        outside = ".." in pattern.split("/") or pattern.startswith("~")
        # A slash in front only says that the pattern begins at the project's folder.
        rooted = pattern.startswith("/") and not any(matches(pattern, p) for p in subject.files)
        if outside or rooted:
            yield Finding(
                f"The pattern `{pattern}` in `include` leads out of the project, so it adds "
                "nothing: an image holds files of its project only.",
                "Copy what is needed into the project, and write patterns relative to it.",
                *_at(subject, "include"),
            )


def _permissions_fit(subject: Subject) -> Iterator[Finding]:
    if not subject.project.spec.declared:
        return
    for permission, modules in asking_modules(subject).items():
        if permission not in GRANTED_BY_IMPORT:
            yield Finding(
                f"The project imports {', '.join(modules)} and does not ask for `{permission}`.",
                f"Add `{permission}` to [tool.playhead.permissions] if it needs it.",
                *_at(subject, "permissions"),
                fix=fix_granted(subject.project, permission),
            )


ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

RULES: tuple[Rule, ...] = (
    Rule(
        "workflow-unsupported",
        ERROR,
        "The project is of a kind that this version plays.",
        _kind_supported,
    ),
    Rule("entry-missing", ERROR, "What is to be played is in the image.", entry_exists),
    Rule("entry-malformed", ERROR, "The kind and the entry agree.", _entry_is_playable),
    Rule(
        "entry-function-missing",
        ERROR,
        "The function that is to be called is in its module.",
        function_exists,
    ),
    Rule("platform-unsupported", ERROR, "The project is for this platform.", _platform_fits),
    Rule("feature-unknown", ERROR, "Playhead has what the project requires.", _features_known),
    Rule(
        "configuration-lost",
        WARNING,
        "Every configuration leads to something that is there.",
        configurations_lead_somewhere,
    ),
    Rule("tool-missing", WARNING, "The tools that the project uses are here.", _tools_present),
    Rule("icon-missing", WARNING, "The icon is in the image.", _icon_present),
    Rule(
        "missing-module",
        WARNING,
        "Every import that the entry reaches leads somewhere.",
        _modules_present,
    ),
    Rule(
        "companions-too-many",
        WARNING,
        "What is played alone has all that it needs from beside it.",
        _all_taken_along,
    ),
    Rule("include-outside", WARNING, "No `include` leads out of the project.", _include_inside),
    Rule("data-missing", WARNING, "The files that a notebook reads are there.", _data_present),
    Rule("name-collision", WARNING, "No two names differ only in case.", _colliding_names),
    Rule("name-not-portable", WARNING, "Every name is good on every system.", _portable_names),
    Rule("file-huge", WARNING, "No file is larger than 100 MB.", _huge_files),
    Rule(
        "project-huge",
        WARNING,
        "The image has at most 20,000 files and 1 GB.",
        _huge_project,
    ),
    Rule(
        "permission-suggested",
        INFO,
        "The permissions fit what the project imports.",
        _permissions_fit,
    ),
)
