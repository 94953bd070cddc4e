"""A help page as a Qt document in the studio's look, and its headings."""

import re
from typing import NamedTuple

from PySide6.QtGui import (
    QColor,
    QFont,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFragment,
)

from studio.look.appearance import Appearance
from studio.look.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XL

_FENCE = (QTextFormat.Property.BlockCodeFence, QTextFormat.Property.BlockCodeLanguage)


class Heading(NamedTuple):
    """A heading: its level from 1, its text, and where it begins in the document."""

    level: int
    text: str
    position: int


def title_of(markdown: str, otherwise: str) -> str:
    """Return a page's first heading."""
    found = re.search(r"^#\s+(.+?)\s*#*$", markdown, re.MULTILINE)
    return found.group(1) if found else otherwise


def slug(text: str) -> str:
    """Return the anchor of a heading, as links in Markdown write it."""
    return re.sub(r"[^\w\- ]", "", text.casefold()).strip().replace(" ", "-")


def headings_of(document: QTextDocument) -> list[Heading]:
    """Return the headings of a page, from the top."""
    return [
        Heading(block.blockFormat().headingLevel(), block.text(), block.position())
        for block in _blocks(document)
        if block.blockFormat().headingLevel() > 0
    ]


def show_page(document: QTextDocument, markdown: str, appearance: Appearance) -> None:
    """Fill a document from Markdown, in the colours and fonts of now."""
    document.setMarkdown(markdown)
    document.setDocumentMargin(SPACE_XL)
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    for block in _blocks(document):
        cursor.setPosition(block.position())
        _format_block(cursor, block, appearance)
        _format_fragments(cursor, block, appearance)
    cursor.endEditBlock()
    document.clearUndoRedoStacks()


def _blocks(document: QTextDocument) -> list[QTextBlock]:
    found = []
    block = document.begin()
    while block.isValid():
        found.append(block)
        block = block.next()
    return found


def _is_code(block: QTextBlock) -> bool:
    return any(block.blockFormat().hasProperty(key) for key in _FENCE)


def _format_block(cursor: QTextCursor, block: QTextBlock, appearance: Appearance) -> None:
    form = QTextBlockFormat()
    level = block.blockFormat().headingLevel()
    if _is_code(block):
        form.setBackground(QColor(appearance.tokens.raised))
        form.setLeftMargin(SPACE_M)
        form.setTopMargin(0 if _is_code(block.previous()) else SPACE_S)
        form.setBottomMargin(0 if _is_code(block.next()) else SPACE_L)
    elif level:
        form.setTopMargin(SPACE_XL if level > 1 and block.blockNumber() else 0)
        form.setBottomMargin(SPACE_S)
    else:
        form.setLineHeight(130, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        form.setBottomMargin(
            SPACE_S if block.blockFormat().objectIndex() >= 0 else SPACE_L - SPACE_S // 2
        )
    cursor.mergeBlockFormat(form)


def _format_fragments(cursor: QTextCursor, block: QTextBlock, appearance: Appearance) -> None:
    level = block.blockFormat().headingLevel()
    spans: list[QTextFragment] = []
    at = block.begin()
    while not at.atEnd():
        spans.append(at.fragment())
        at += 1
    for span in spans:
        kept = span.charFormat()
        form = QTextCharFormat()
        if kept.isAnchor():
            form.setForeground(QColor(appearance.tokens.link))
        elif kept.fontFixedPitch() or _is_code(block):
            form.setFontFamilies([appearance.code_font().family()])
            form.setForeground(QColor(appearance.tokens.text))
            if not _is_code(block) and not level:
                form.setBackground(QColor(appearance.tokens.raised))
        elif level:
            form.setFontWeight(QFont.Weight.Bold)
        if form.propertyCount():
            cursor.setPosition(span.position())
            cursor.setPosition(span.position() + span.length(), QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(form)
