"""Gathers what the command palette offers: actions, open projects, configurations."""

from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence

from studio.shell.frame import Frame
from studio.shell.palette_choices import Choice


def offer(window: Frame) -> list[Choice]:
    """Return everything that can be chosen now."""
    return [*_actions(window), *_projects(window), *_configurations(window)]


def _actions(window: Frame) -> list[Choice]:
    registry = window.registry
    found = []
    for one in registry.registered:
        name = one.spec.id
        if name == "view.palette" or not registry.enabled(name):
            continue
        keys = one.action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        text = one.action.text().replace("&", "")
        kind = "" if keys else one.spec.menu
        found.append(Choice(name, text, partial(registry.run, name), kind, keys, one.spec.icon))
    return found


def _projects(window: Frame) -> list[Choice]:
    projects = window.projects
    return [
        Choice(
            f"project:{opened.project.path}",
            projects.title(opened.project),
            partial(projects.bring, opened),
            QCoreApplication.translate("CommandPalette", "project"),
            icon="project",
        )
        for opened in projects.all
        if opened is not projects.front
    ]


def _configurations(window: Frame) -> list[Choice]:
    front = window.projects.front
    if front is None:
        return []
    known = window.toolbar.configuration.known
    kind = QCoreApplication.translate("CommandPalette", "configuration")
    default = QCoreApplication.translate("CommandPalette", "default")
    return [
        Choice(
            f"configuration:{name}",
            title or name or default,
            partial(front.project.choose_configuration, name),
            kind,
            icon="run-settings",
        )
        for name, title in [(None, default), *known]
        if known
    ]
