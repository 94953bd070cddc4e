"""The files of a project as a Qt model: folders are read in threads, when they are unfolded.

Owns what is known of the folders. It changes nothing on disk.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final

import shiboken6
from PySide6.QtCore import (
    QAbstractItemModel,
    QCoreApplication,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QUrl,
    Signal,
)
from PySide6.QtGui import QBrush, QColor

from studio.look.appearance import Appearance
from studio.widgets.plain import plain_tip
from studio.workspaces.editor.alive import start
from studio.workspaces.editor.folder_listing import Entry, Kind, Listing, list_folder

Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
#: The path of a row, as text.
PATH_ROLE: Final = int(_Role.UserRole)
#: The parent of a top-level row.
_NOWHERE: Final = QModelIndex()


#: Indexes hold a number, not an object: one that is out of date finds nothing, and no crash.
_numbers: Final = count(1)


@dataclass(eq=False)
class Node:
    """One file or folder that is known. `children` is None where a folder was not read."""

    path: Path
    entry: Entry
    parent: "Node | None" = None
    children: "list[Node] | None" = None
    reading: bool = False
    stale: bool = False
    #: A line in place of what cannot be shown: why a folder is not read, or how much is left out.
    note: str = ""
    #: A row that is being named, and is not on disk yet.
    draft: bool = False
    number: int = field(default_factory=_numbers.__next__)
    listing: Listing = field(default_factory=lambda: Listing(()))

    @property
    def is_note(self) -> bool:
        """Whether this is a line that says something, and no file."""
        return bool(self.note)


class FileTree(QAbstractItemModel):
    """The tree. Rows keep their identity over updates, and so selection and unfolding last."""

    #: A folder has been read (its path).
    folder_read = Signal(object)
    #: A file or folder was renamed in place (its path, the new name).
    rename_requested = Signal(object, str)
    #: A new row was named (its folder, the name, whether it is a folder).
    create_requested = Signal(object, str, bool)
    #: Files or folders were dropped on a folder (paths, the folder).
    move_requested = Signal(object, object)

    def __init__(
        self, root: Path, appearance: Appearance, only: str | None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._only = only
        self.show_muted = False
        self._nodes: dict[int, Node] = {}
        self.root = Node(root, Entry(root.name, Kind.FOLDER, muted=False, link=False))

    @property
    def only(self) -> str | None:
        """The one name that is shown of the root; None for all."""
        return self._only

    def show_only(self, name: str | None) -> None:
        """Show one file of the root alone, or everything."""
        self._only = name
        self._relist(self.root)

    def set_show_muted(self, show: bool) -> None:
        """Show what is no part of the project too, or not."""
        self.show_muted = show
        self._relist(self.root)

    # -- what is where

    def node(self, index: Index) -> Node:
        """Return what an index stands for; the root for none."""
        return self._nodes.get(index.internalId(), self.root) if index.isValid() else self.root

    def index_of(self, node: Node) -> QModelIndex:
        """Return the index of a node."""
        if node.parent is None:
            return _NOWHERE
        return self.createIndex((node.parent.children or []).index(node), 0, node.number)

    def find(self, path: Path) -> Node | None:
        """Return what is known at a path; None where its folder was not read."""
        if path == self.root.path:
            return self.root
        if not path.is_relative_to(self.root.path):
            return None
        node: Node | None = self.root
        for name in path.relative_to(self.root.path).parts:
            node = _child(node, name) if node is not None else None
        return node

    # -- reading

    def read(self, node: Node) -> None:
        """Have a folder read (again); what is shown of it stays until then."""
        if node.is_note or node.draft or not node.entry.is_folder:
            return
        if node.reading:
            node.stale = True
            return
        node.reading = True
        start(self, self.read_now(node))

    async def reach(self, path: Path) -> Node | None:
        """Read folders until a path is known; None where there is nothing."""
        node = self.root
        for name in path.relative_to(self.root.path).parts:
            found = _child(node, name)
            if found is None:
                await self.read_now(node)
                found = _child(node, name)
            if found is None:
                return None
            node = found
        return node

    def known_folders(self) -> list[Node]:
        """Return every folder that was read, parents first, without the root."""
        found: list[Node] = []
        folders = deque([self.root])
        while folders:
            read = [node for node in folders.popleft().children or [] if node.children is not None]
            found += read
            folders += read
        return found

    async def read_now(self, node: Node) -> None:
        """Read a folder in a thread and show what it holds."""
        node.reading = True
        listing = await asyncio.to_thread(list_folder, node.path)
        if not shiboken6.isValid(self):
            return
        if node is not self.root and node.number not in self._nodes:
            return  # its row went meanwhile
        node.reading = False
        node.listing = listing
        self._show(node)
        self.folder_read.emit(node.path)
        if node.stale:
            node.stale = False
            self.read(node)

    def _relist(self, node: Node) -> None:
        """Show what is known once more, with the filter of now."""
        if node.children is not None:
            self._show(node)
            for child in node.children:
                self._relist(child)

    def _show(self, node: Node) -> None:
        """Make the rows of a folder what its listing says, row by row."""
        wanted = self._wanted(node)
        if node.children is None:
            node.children = []
        keep = set(wanted)
        gone = [c.is_note or not (c.draft or c.entry in keep) for c in node.children]
        for first, end in reversed(_runs(gone)):
            self._remove(node, first, end)
        known = {child.entry for child in node.children if not child.draft}
        offset = sum(child.draft for child in node.children)
        for first, end in _runs([entry not in known for entry in wanted]):
            new = [Node(node.path / e.name, e, node) for e in wanted[first:end]]
            self._insert(node, first + offset, new)
        blank = Entry("", Kind.OTHER, muted=True, link=False)
        notes = [Node(node.path, blank, node, note=note) for note in _notes(node.listing)]
        self._insert(node, len(node.children), notes)

    def _insert(self, node: Node, row: int, new: list[Node]) -> None:
        if not new or node.children is None:
            return
        self.beginInsertRows(self.index_of(node), row, row + len(new) - 1)
        node.children[row:row] = new
        self._nodes |= {child.number: child for child in new}
        self.endInsertRows()

    def _remove(self, node: Node, start: int, end: int) -> None:
        children = node.children or []
        self.beginRemoveRows(self.index_of(node), start, end - 1)
        for child in children[start:end]:
            self._forget(child)
        del children[start:end]
        self.endRemoveRows()

    def _forget(self, node: Node) -> None:
        self._nodes.pop(node.number, None)
        for child in node.children or []:
            self._forget(child)

    # -- naming something new

    def begin_draft(self, folder: Node, kind: Kind) -> QModelIndex:
        """Put a nameless row on top of a folder that was read; it becomes a file by `setData`."""
        draft = Node(folder.path, Entry("", kind, muted=False, link=False), folder, draft=True)
        self._insert(folder, 0, [draft])
        return self.index_of(draft)

    def end_drafts(self) -> None:
        """Take away rows that were not named."""
        for draft in [node for node in self._nodes.values() if node.draft]:
            parent = draft.parent
            if parent is not None and parent.children is not None:
                row = parent.children.index(draft)
                self._remove(parent, row, row + 1)

    def _wanted(self, node: Node) -> list[Entry]:
        entries = node.listing.entries
        if node is self.root and self._only is not None:
            return [entry for entry in entries if entry.name == self._only]
        return [entry for entry in entries if self.show_muted or not entry.muted]

    # -- the model, as Qt asks for it

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        """Qt's own question."""
        children = self.node(parent).children or []
        if not 0 <= row < len(children) or column != 0:
            return QModelIndex()
        return self.createIndex(row, column, children[row].number)

    def parent(self, index: Index = _NOWHERE) -> QModelIndex:  # type: ignore[override]  # two in one
        """Qt's own question."""
        node = self.node(index)
        return self.index_of(node.parent) if node.parent is not None else QModelIndex()

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802 - Qt's name
        """Qt's own question."""
        return len(self.node(parent).children or [])

    def columnCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802, ARG002 - Qt's name
        """Qt's own question."""
        return 1

    def hasChildren(self, parent: Index = _NOWHERE) -> bool:  # noqa: N802 - Qt's name
        """Qt's own question; a folder that was not read may have some."""
        node = self.node(parent)
        if node.is_note or node.draft or not node.entry.is_folder:
            return False
        return node.children is None or bool(node.children)

    def canFetchMore(self, parent: Index) -> bool:  # noqa: N802 - Qt's name
        """Qt's own question."""
        node = self.node(parent)
        return self.hasChildren(parent) and node.children is None

    def fetchMore(self, parent: Index) -> None:  # noqa: N802 - Qt's name
        """Qt's own wish: a folder is unfolded."""
        node = self.node(parent)
        if not node.reading:
            self.read(node)

    def data(self, index: Index, role: int = int(_Role.DisplayRole)) -> Any:  # noqa: ANN401 - Qt's
        """Return name, icon, colour, tooltip or path of a row."""
        node = self.node(index)
        if role in (_Role.DisplayRole, _Role.EditRole):
            return node.note or node.entry.name
        if role == _Role.ForegroundRole and (node.is_note or node.entry.muted):
            return QBrush(QColor(self._appearance.tokens.muted))
        if role == _Role.DecorationRole and not node.is_note:
            return self._appearance.icon(node.entry.kind.value, "muted")
        if role == PATH_ROLE and not node.is_note:
            return str(node.path)
        if role == _Role.ToolTipRole:
            return plain_tip(node.note or str(node.path))
        if role == _Role.AccessibleTextRole and not node.is_note:
            kind = self.tr("folder") if node.entry.is_folder else self.tr("file")
            return f"{node.entry.name}, {kind}"
        return None

    def setData(self, index: Index, value: Any, role: int = int(_Role.EditRole)) -> bool:  # noqa: ANN401, N802 - Qt's
        """A name was typed in place: told as a wish, done by whoever owns the disk."""
        node = self.node(index)
        if role != _Role.EditRole or node.is_note or str(value) == node.entry.name:
            return False
        if node.draft:
            self.create_requested.emit(node.path, str(value), node.entry.is_folder)
            return False
        self.rename_requested.emit(node.path, str(value))
        return False

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Qt's own question."""
        flag = Qt.ItemFlag
        node = self.node(index)
        if node.is_note:
            return flag.ItemIsEnabled
        flags = flag.ItemIsEnabled | flag.ItemIsDropEnabled
        if node is not self.root:
            flags |= flag.ItemIsSelectable | flag.ItemIsEditable | flag.ItemIsDragEnabled
        if not node.entry.is_folder:
            flags |= flag.ItemNeverHasChildren
        return flags

    # -- drag and drop

    def mimeTypes(self) -> list[str]:  # noqa: N802 - Qt's name
        """Qt's own question."""
        return ["text/uri-list"]

    def supportedDropActions(self) -> Qt.DropAction:  # noqa: N802 - Qt's name
        """Only moves: a copy is made in the file manager."""
        return Qt.DropAction.MoveAction

    def mimeData(self, indexes: list[QModelIndex]) -> QMimeData:  # type: ignore[override]  # noqa: N802 - Qt's name; a list
        """Return the paths of rows, as other programs take them too."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(self.node(index).path)) for index in indexes])
        return data

    def dropMimeData(  # noqa: N802 - Qt's name
        self,
        data: QMimeData,
        action: Qt.DropAction,
        row: int,  # noqa: ARG002 - a tree of files has no order of its own
        column: int,  # noqa: ARG002
        parent: Index,
    ) -> bool:
        """Tell where something was dropped; False, so that Qt removes nothing by itself."""
        node = self.node(parent)
        folder = node.path if node.entry.is_folder and not node.is_note else node.path.parent
        paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        inside = [p for p in paths if p.is_relative_to(self.root.path) and p != self.root.path]
        if action == Qt.DropAction.MoveAction and inside:
            self.move_requested.emit(inside, folder)
        return False


def _child(node: Node, name: str) -> Node | None:
    return next((child for child in node.children or [] if child.entry.name == name), None)


def _say(text: str) -> str:
    return QCoreApplication.translate("FileTree", text)


def _notes(listing: Listing) -> list[str]:
    if listing.failure is not None:
        return [_say("cannot be read: {0}").format(listing.failure)]
    if not listing.left_out:
        return []
    return [_say("and {0} more").format(f"{listing.left_out:,}")]


def _runs(flags: list[bool]) -> list[tuple[int, int]]:
    """Return start and end of each stretch of true flags."""
    runs: list[tuple[int, int]] = []
    for at, flag in enumerate(flags):
        if flag and runs and runs[-1][1] == at:
            runs[-1] = (runs[-1][0], at + 1)
        elif flag:
            runs.append((at, at + 1))
    return runs
