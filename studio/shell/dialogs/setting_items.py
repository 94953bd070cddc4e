"""Every setting as people see it: its page, its words, what it does. Data; no widgets."""

from collections.abc import Mapping
from dataclasses import fields
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from studio.settings.values import CHOICES, RANGES, StudioSettings


class SettingItem(NamedTuple):
    """One setting. `words` are those of its choices; `unit` follows a number."""

    key: str
    label: str
    about: str = ""
    words: Mapping[str, str] = {}
    unit: str = ""

    @property
    def kind(self) -> str:
        """`choice`, `number`, `decimal` or `toggle`."""
        if self.key in CHOICES:
            return "choice"
        if self.key in RANGES:
            return "number" if isinstance(default_of(self.key), int) else "decimal"
        return "toggle"

    def shown(self, value: object) -> str:
        """Return a value as people read it."""
        if self.kind == "choice":
            return self.words[str(value)]
        if self.kind == "toggle":
            return _tr("on") if value else _tr("off")
        return f"{value:g} {self.unit}".strip()

    def matches(self, words: list[str]) -> bool:
        """Whether all of the words occur in what is said of it."""
        said = " ".join((self.label, self.about, *self.words.values())).casefold()
        return all(word in said for word in words)


class SettingPage(NamedTuple):
    """A page of the settings."""

    name: str
    title: str
    icon: str
    items: tuple[SettingItem, ...]


def default_of(key: str) -> object:
    """Return a setting's default."""
    return getattr(StudioSettings(), key)


def shown_keys(pages: tuple[SettingPage, ...]) -> set[str]:
    """Return the settings that some page shows; `shortcuts` has a page of its own."""
    return {item.key for page in pages for item in page.items} | {"shortcuts"}


def all_keys() -> set[str]:
    """Return the settings there are."""
    return {item.name for item in fields(StudioSettings)}


def setting_pages() -> tuple[SettingPage, ...]:
    """Return the pages in their order, in the language of now."""
    return (
        SettingPage("appearance", _tr("Appearance"), "eye", _appearance()),
        SettingPage("editor", _tr("Editor"), "edit", _editor()),
        SettingPage("playing", _tr("Playing"), "play", _playing()),
        SettingPage("log", _tr("Log"), "debug", _log()),
        SettingPage("keyboard", _tr("Keyboard"), "palette", ()),
    )


def _appearance() -> tuple[SettingItem, ...]:
    themes = {"system": _tr("As the system"), "dark": _tr("Dark"), "light": _tr("Light")}
    return (
        SettingItem("theme", _tr("Theme"), _tr("The colours of the whole studio."), themes),
        SettingItem(
            "code_pixels", _tr("Size of code and log"), _tr("Of the text, in pixels."), unit="px"
        ),
    )


def _editor() -> tuple[SettingItem, ...]:
    return (
        SettingItem(
            "tab_width",
            _tr("Tab width"),
            _tr("What the Tab key indents by, and how wide a tab is shown."),
            unit=_tr("columns"),
        ),
        SettingItem("wrap_code", _tr("Wrap long lines of code")),
        SettingItem(
            "close_brackets",
            _tr("Close brackets and quotes"),
            _tr("Typing an opening one adds the closing one."),
        ),
        SettingItem(
            "autosave",
            _tr("Save by itself"),
            _tr("Files are saved a while after the last key. Undo reaches past it."),
        ),
        SettingItem("autosave_delay_s", _tr("Wait before saving by itself"), unit="s"),
        SettingItem(
            "check_on_save",
            _tr("Check after opening and saving"),
            _tr("Looks for problems without playing."),
        ),
        SettingItem(
            "confirm_trash",
            _tr("Ask before moving files to the trash"),
            _tr("They can be taken out of the trash again either way."),
        ),
    )


def _playing() -> tuple[SettingItem, ...]:
    saves = {
        "all": _tr("All open files"),
        "project": _tr("The files of this project"),
        "ask": _tr("Ask which"),
    }
    closes = {
        "ask": _tr("Ask what to do"),
        "stop": _tr("Stop and close"),
        "keep": _tr("Keep running in the tray"),
    }
    return (
        SettingItem(
            "save_before_play",
            _tr("Saved when Play is pressed"),
            _tr("What is not saved is not played."),
            saves,
        ),
        SettingItem(
            "grace_s",
            _tr("Time to end after Stop"),
            _tr(
                "A program that still runs after it is ended at once. "
                "Counts for programs that are played from now on."
            ),
            unit="s",
        ),
        SettingItem(
            "keep_ready",
            _tr("Keep a worker ready for the next Play"),
            _tr(
                "Play starts at once then, for about 15 MB of memory. It is started when the "
                "machine is idle, and ended ten minutes after the last Play."
            ),
        ),
        SettingItem(
            "close_while_running",
            _tr("Closing the window while something runs"),
            _tr("Without a tray, nothing can be kept running and it is asked."),
            closes,
        ),
    )


def _log() -> tuple[SettingItem, ...]:
    times = {
        "since-play": _tr("Since Play"),
        "wall": _tr("Time of day"),
        "delta": _tr("Since the line before"),
        "none": _tr("No times"),
    }
    return (
        SettingItem("log_times", _tr("Times"), _tr("What stands before each line."), times),
        SettingItem("log_wrap", _tr("Wrap long lines of the log")),
        SettingItem(
            "log_collapse",
            _tr("Show repeated lines once"),
            _tr("With a count of how often they came."),
        ),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("SettingsDialog", text)
