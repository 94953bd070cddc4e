"""Text on its way into a QTextDocument and back, without a character being changed. Pure.

Qt ends a paragraph at three characters besides the newline, and its `toPlainText` turns hard
spaces into soft ones. A file may hold any of them, and gets them back.
"""

from typing import Final

#: What Qt takes for the end of a paragraph, and the private characters that stand for it here.
_ENDS: Final = "\u2029\ufdd0\ufdd1\r"
_STANDINS: Final = "\U000fea29\U000feadd\U000feade\U000fea0d"
_TO: Final = str.maketrans(_ENDS, _STANDINS)
_FROM: Final = str.maketrans("\u2029" + _STANDINS, "\n" + _ENDS)


def to_shown(text: str) -> str:
    r"""Return a text of "\n" lines as a document is to hold it."""
    return text.translate(_TO) if any(end in text for end in _ENDS) else text


def from_shown(raw: str) -> str:
    r"""Return what a document holds (`toRawText`, `selectedText`) as a text of "\n" lines."""
    if raw.isascii():
        return raw
    if any(character in raw for character in _STANDINS):
        return raw.translate(_FROM)
    return raw.replace("\u2029", "\n")
