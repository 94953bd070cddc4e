"""The help: every bundled page with its index, find, and links that lead somewhere."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from resources import help_names, help_page
from studio.desk import Desk
from studio.shell.dialogs.about import AboutDialog, about_lines
from studio.shell.help_page import HelpDialog, read_pages
from studio.shell.help_text import headings_of, slug, title_of

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def dialog(desk: Desk) -> HelpDialog:
    """The help, open."""
    QApplication.setQuitOnLastWindowClosed(False)
    dialog = HelpDialog(desk)
    dialog.show()
    return dialog


def test_every_page_is_there_with_its_headings(dialog: HelpDialog) -> None:
    assert [page.name for page in read_pages()] == list(help_names())
    for name in help_names():
        markdown = help_page(name).read_text()
        assert dialog._items[name, ""].text(0) == title_of(markdown, "")
        code_free = re.sub(r"```.*?```", "", markdown, flags=re.DOTALL)
        headings = re.findall(r"^##+ (.+)$", code_free, re.MULTILINE)
        shown = [item.text(0) for (page, anchor), item in dialog._items.items() if page == name]
        assert shown[1:] == [re.sub(r"[`*]", "", text) for text in headings]


def test_the_index_leads_to_its_heading(dialog: HelpDialog) -> None:
    for (page, anchor), item in dialog._items.items():
        dialog.index.setCurrentItem(item)
        assert dialog.page == page
        if anchor:
            assert dialog.browser.textCursor().block().text() == item.text(0)


def test_links_inside_the_pages_lead_somewhere(dialog: HelpDialog) -> None:
    for page in read_pages():
        for target in re.findall(r"\]\(([^)]+)\)", page.markdown):
            url = QUrl(target)
            if url.scheme() or not (url.path().endswith(".md") or url.fragment()):
                continue
            name = Path(url.path()).stem or page.name
            assert name in help_names(), target
            anchors = [slug(one.text) for one in headings_of(dialog._documents[name])]
            assert not url.fragment() or url.fragment() in anchors, target


def test_links_to_pages_actions_and_the_web(
    dialog: HelpDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    opened: list[str] = []
    dialog.action_requested.connect(asked.append)
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    dialog.follow_link(QUrl("action:run.play"))
    dialog.follow_link(QUrl("https://example.org/x"))
    dialog.follow_link(QUrl("troubleshooting.md"))
    assert asked == ["run.play"]
    assert opened == ["https://example.org/x"]
    assert dialog.page == "troubleshooting"
    dialog.follow_link(QUrl("nowhere.md"))
    assert dialog.page == "troubleshooting"


def test_find_goes_through_all_pages(dialog: HelpDialog) -> None:
    pages = {page.name: page.markdown for page in read_pages()}
    assert all("PLAY" in text.upper() for text in pages.values())
    dialog.search.setText("play")
    total = len(dialog._matches)
    assert dialog.count.text() == f"1 of {total}"
    seen = []
    for _ in range(total):
        seen.append((dialog.page, dialog.browser.textCursor().position()))
        QTest.keyClick(dialog.search, Qt.Key.Key_Return)
    assert len(set(seen)) == total
    assert {page for page, _ in seen} == set(help_names())
    assert dialog.count.text() == f"1 of {total}"
    dialog.find_next(-1)
    assert dialog.count.text() == f"{total} of {total}"
    dialog.search.setText("no such words")
    assert dialog.count.text() == "Not found"
    dialog.search.clear()
    assert dialog.count.text() == ""


def test_typing_stays_in_the_search_field(dialog: HelpDialog) -> None:
    dialog.search.setFocus()
    QTest.keyClicks(dialog.search, "debug")
    assert dialog.focusWidget() is dialog.search
    assert dialog.search.text() == "debug"


def test_the_theme_is_followed_in_place(dialog: HelpDialog, desk: Desk) -> None:
    dialog.search.setText("play")
    dialog.find_next()
    at, page = dialog.count.text(), dialog.page
    desk.appearance.set_theme("light")
    assert (dialog.count.text(), dialog.page) == (at, page)
    assert dialog.browser.extraSelections()


def test_titles_and_anchors() -> None:
    assert title_of("# First steps #\n\n# Second", "x") == "First steps"
    assert title_of("no heading", "x") == "x"
    assert slug("It says “no module named”: why?") == "it-says-no-module-named-why"


def test_about_can_be_copied(desk: Desk) -> None:
    dialog = AboutDialog()
    dialog.open()
    assert dialog.focusWidget() is dialog.close_button, "one button is marked, not two"
    dialog.copy_button.click()
    text = QGuiApplication.clipboard().text()
    for word, value in about_lines():
        assert f"{word}: {value}" in text
    assert {"Playhead", "Python", "Qt", "PySide6"} <= {word for word, _ in about_lines()}
    dialog.accept()
