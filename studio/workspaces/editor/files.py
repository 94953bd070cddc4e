"""The panel with the project's files: looking, opening, making, naming, moving, deleting."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import shiboken6
from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QMenu,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from studio.desk import Desk
from studio.look.tokens import ROW_ICON, SPACE_XS
from studio.open_project import OpenProject, Place
from studio.widgets.empty_place import EmptyPlace
from studio.widgets.icon_button import IconButton
from studio.workspaces.editor.alive import start
from studio.workspaces.editor.bar import Bar, BarAction, BarText
from studio.workspaces.editor.file_operations import (
    Done,
    NoTrash,
    Refused,
    create,
    delete,
    move,
    trash,
)
from studio.workspaces.editor.file_tree import FileTree, Node
from studio.workspaces.editor.folder_listing import Kind
from studio.workspaces.editor.name_delegate import NameDelegate
from studio.workspaces.editor.project_files import ProjectFiles
from studio.workspaces.editor.question import ask
from studio.workspaces.editor.reveal import reveal

#: Under this name the project keeps what is unfolded and selected.
VIEW = "files"
#: By then it is known whether the folder can be watched, in milliseconds.
_WATCH_MS = 3_000


class FilesPanel(QWidget):
    """The tree, its tools, and a line that says what was done and takes it back."""

    def __init__(self, project: OpenProject, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._desk = desk
        self._files = ProjectFiles.of(project)
        self._undo: list[tuple[str, Callable[[], Done]]] = []
        single = self._files.single
        self.tree = FileTree(project.root, desk.appearance, single.name if single else None, self)
        self.view = self._build_view()
        self.bar = Bar(desk.appearance, self)
        self._empty = self._build_empty()
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.view)
        self._pages.addWidget(self._empty)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(self._build_tools())
        rows.addWidget(self._pages, 1)
        rows.addWidget(self.bar)
        self._listen()
        self._files.use(self)
        self._watching = QTimer(self, interval=_WATCH_MS, singleShot=True)
        self._watching.timeout.connect(self._tell_watch)
        self._watching.start()
        start(self, self._restore())

    # -- building

    def _build_view(self) -> QTreeView:
        view = QTreeView(self)
        view.setModel(self.tree)
        view.setAccessibleName(self.tr("Files"))
        view.setHeaderHidden(True)
        view.setUniformRowHeights(True)
        view.setIconSize(self._desk.appearance.size(ROW_ICON))
        view.setFrameShape(QTreeView.Shape.NoFrame)
        view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        view.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        view.setDefaultDropAction(Qt.DropAction.MoveAction)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._delegate = NameDelegate(view)
        view.setItemDelegate(self._delegate)
        return view

    def _build_tools(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(SPACE_XS, SPACE_XS, SPACE_XS, SPACE_XS)
        row.setSpacing(SPACE_XS)
        self._tool(row, "new", self.tr("New file"), self.new_file)
        self._tool(row, "new-folder", self.tr("New folder"), self.new_folder)
        row.addStretch(1)
        self._muted = self._tool(row, "eye-closed", self._muted_words(), None)
        self._muted.setCheckable(True)
        self._muted.toggled.connect(self._show_muted)
        self._tool(row, "collapse-all", self.tr("Fold all folders"), self.view.collapseAll)
        self._tool(row, "refresh", self.tr("Read the folders again"), self.refresh)
        return row

    def _tool(
        self, row: QHBoxLayout, icon: str, text: str, run: Callable[[], object] | None
    ) -> IconButton:
        button = IconButton(self._desk.appearance, icon, text, self)
        if run is not None:
            button.clicked.connect(run)
        row.addWidget(button)
        return button

    def _muted_words(self) -> str:
        if self._files.single is not None:
            return self.tr("Show the other files of this folder")
        return self.tr("Show hidden and generated files")

    def _build_empty(self) -> EmptyPlace:
        empty = EmptyPlace(
            self._desk.appearance,
            "files",
            self.tr("This folder is empty"),
            self.tr("A project begins with a file named main.py. Play starts there."),
            self.tr("New file"),
            self,
        )
        empty.pressed.connect(self.new_file)
        return empty

    def _listen(self) -> None:
        self.tree.folder_read.connect(self._look_if_empty)
        self.tree.rename_requested.connect(self._rename)
        self.tree.create_requested.connect(self._create)
        self.tree.move_requested.connect(self._move)
        self._delegate.fault_changed.connect(self._show_fault)
        self._delegate.closeEditor.connect(self._end_naming)
        self.view.activated.connect(self._open)
        self.view.customContextMenuRequested.connect(self._show_menu)
        self._files.changed.connect(self._follow_disk)
        self._desk.appearance.changed.connect(self.view.viewport().update)
        for keys, run in (
            (QKeySequence.StandardKey.Delete, self.delete_selected),
            (QKeySequence.StandardKey.Undo, self.undo),
            (QKeySequence.StandardKey.Copy, self.copy_path),
        ):
            shortcut = QShortcut(QKeySequence(keys), self.view)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(run)

    # -- what was there before

    async def _restore(self) -> None:
        await self.tree.read_now(self.tree.root)
        kept = self._project.views.get(VIEW)
        folders = kept.get("unfolded", []) if isinstance(kept, dict) else []
        await self._unfold([self._project.root / str(name) for name in folders])
        if not shiboken6.isValid(self):
            return
        self.view.expanded.connect(self._keep)
        self.view.collapsed.connect(self._keep)

    def _keep(self) -> None:
        self._project.views[VIEW] = self.state()

    def state(self) -> dict[str, object]:
        """Return which folders are unfolded, by their paths in the project."""
        root = self._project.root
        return {"unfolded": [str(path.relative_to(root)) for path in self._unfolded()]}

    def _unfolded(self) -> list[Path]:
        folders = self.tree.known_folders()
        return [f.path for f in folders if self.view.isExpanded(self.tree.index_of(f))]

    async def _unfold(self, folders: list[Path]) -> None:
        """Unfold these, outer ones first; those that are not there are passed over."""
        for folder in folders:
            node = await self.tree.reach(folder)
            if not shiboken6.isValid(self):
                return
            if node is not None:
                self.view.expand(self.tree.index_of(node))

    # -- following

    def refresh(self) -> None:
        """Read every folder again that was read before."""
        for node in [self.tree.root, *self.tree.known_folders()]:
            self.tree.read(node)

    def _follow_disk(self, paths: set[Path]) -> None:
        # Thousands of paths may have changed: what was read is looked up once, not for each.
        root = self.tree.root
        read = [root, *self.tree.known_folders()] if root.children is not None else []
        known = {node.path: node for node in read}
        for folder in known.keys() & ({path.parent for path in paths} | paths):
            self.tree.read(known[folder])

    def _tell_watch(self) -> None:
        """Say it where changes from outside are not seen, and what helps."""
        if self._files.failure is not None:
            action = BarAction(self.tr("Read again"), self.refresh)
            self.bar.say(BarText(self._files.failure, (action,), "warning", "warning"))

    def _look_if_empty(self) -> None:
        root = self.tree.root
        naming = any(child.draft for child in root.children or [])
        empty = not root.listing.entries and root.listing.failure is None and not naming
        self._pages.setCurrentWidget(self._empty if empty else self.view)

    def _show_muted(self, show: bool) -> None:
        self._muted.set_icon("eye" if show else "eye-closed")
        single = self._files.single
        if single is not None:
            self.tree.show_only(None if show else single.name)
        else:
            self.tree.set_show_muted(show)

    async def show_path(self, path: Path) -> None:
        """Unfold down to a path and select it; takes no focus."""
        if not path.is_relative_to(self._project.root):
            return
        node = await self.tree.reach(path)
        if node is not None and shiboken6.isValid(self):
            self._select(node)

    def _select(self, node: Node) -> None:
        index = self.tree.index_of(node)
        self.view.setCurrentIndex(index)
        self.view.scrollTo(index)

    # -- opening

    def _open(self, index: QModelIndex) -> None:
        node = self.tree.node(index)
        if not node.is_note and not node.entry.is_folder:
            self._project.location_requested.emit(Place(node.path))

    def selected(self) -> list[Node]:
        """Return the selected rows without those that lie in another selected one."""
        indexes = self.view.selectionModel().selectedIndexes()
        nodes = [node for i in indexes if not (node := self.tree.node(i)).is_note]
        paths = {node.path for node in nodes}
        return [node for node in nodes if not paths & set(node.path.parents)]

    def _show_menu(self, where: QPoint) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.view.viewport().mapToGlobal(where))

    def menu(self) -> QMenu:
        """Return the menu of what is selected."""
        menu = QMenu(self)
        nodes = self.selected()
        one = nodes[0] if len(nodes) == 1 else None
        if one is not None and not one.entry.is_folder:
            menu.addAction(self.tr("Open"), self._open_selected, QKeySequence("Return"))
            menu.addSeparator()
        menu.addAction(self.tr("New file"), self.new_file)
        menu.addAction(self.tr("New folder"), self.new_folder)
        menu.addSeparator()
        if one is not None:
            menu.addAction(self.tr("Rename"), self.rename_selected, QKeySequence("F2"))
        if nodes:
            menu.addAction(self.tr("Move to trash"), self.delete_selected, QKeySequence("Del"))
            menu.addSeparator()
            menu.addAction(self.tr("Copy path"), self.copy_path, QKeySequence.StandardKey.Copy)
            menu.addAction(self.tr("Copy path within the project"), self.copy_relative_path)
        if self._undo:
            menu.addAction(self._undo[-1][0], self.undo, QKeySequence.StandardKey.Undo)
        menu.addSeparator()
        menu.addAction(self.tr("Show in file manager"), self.reveal_selected)
        return menu

    def _open_selected(self) -> None:
        for node in self.selected():
            self._open(self.tree.index_of(node))

    def copy_path(self) -> None:
        """Copy the full paths of what is selected."""
        paths = [str(node.path) for node in self.selected()]
        QGuiApplication.clipboard().setText("\n".join(paths))

    def copy_relative_path(self) -> None:
        """Copy the paths of what is selected, as seen from the project's folder."""
        root = self._project.root
        paths = [str(node.path.relative_to(root)) for node in self.selected()]
        QGuiApplication.clipboard().setText("\n".join(paths))

    def reveal_selected(self) -> None:
        """Show what is selected, or the project, in the system's file manager."""
        nodes = self.selected()
        path = nodes[0].path if nodes else self._project.path
        reveal(path, self._say_failure, self)

    # -- making and naming

    def new_file(self) -> None:
        """Ask for the name of a new file in the selected folder."""
        start(self, self._begin_naming(Kind.OTHER))

    def new_folder(self) -> None:
        """Ask for the name of a new folder in the selected folder."""
        start(self, self._begin_naming(Kind.FOLDER))

    async def _begin_naming(self, kind: Kind) -> None:
        folder = self._folder_for_new()
        if folder.children is None:
            await self.tree.read_now(folder)
        if not shiboken6.isValid(self):
            return
        self.view.expand(self.tree.index_of(folder))
        self._pages.setCurrentWidget(self.view)
        index = self.tree.begin_draft(folder, kind)
        self.view.setCurrentIndex(index)
        self.view.setFocus()
        self.view.edit(index)

    def _folder_for_new(self) -> Node:
        nodes = self.selected()
        node = nodes[0] if nodes else self.tree.root
        return node if node.entry.is_folder else node.parent or self.tree.root

    def _end_naming(self) -> None:
        self._show_fault("")
        self.tree.end_drafts()
        self._look_if_empty()

    def _show_fault(self, fault: str) -> None:
        if fault:
            self.bar.say(BarText(fault, icon="warning", role="warning", closable=False))
        elif self.bar.shown is not None and not self.bar.shown.closable:
            self.bar.silence()

    def _create(self, folder: Path, name: str, is_folder: bool) -> None:
        start(self, self._make(folder / name, is_folder=is_folder))

    async def _make(self, path: Path, *, is_folder: bool) -> None:
        done = await self._do(lambda: create(path, folder=is_folder))
        if done is None:
            return
        await self.show_path(path)
        if not shiboken6.isValid(self):
            return
        if self.tree.find(path) is None:
            self._say_hidden(path)
        if not is_folder:
            self._project.location_requested.emit(Place(path))

    def _say_hidden(self, path: Path) -> None:
        """It was made, and is of a kind that the tree does not show."""

        def show() -> None:
            self.bar.silence()
            self._muted.setChecked(True)
            start(self, self.show_path(path))

        text = self.tr("{0} is made, and hidden here.").format(path.name)
        action = BarAction(self.tr("Show it"), show)
        self.bar.say(BarText(text, (action,), icon="eye-closed", role="muted"))

    def rename_selected(self) -> None:
        """Type another name in place."""
        self.view.edit(self.view.currentIndex())

    def _rename(self, path: Path, name: str) -> None:
        start(self, self._move_all([(path, path.with_name(name))], self.tr("Undo the renaming")))

    def _move(self, paths: list[Path], folder: Path) -> None:
        moves = [(path, folder / path.name) for path in paths if path.parent != folder]
        start(self, self._move_all(moves, self.tr("Undo the move")))

    async def _move_all(self, moves: list[tuple[Path, Path]], undo: str) -> None:
        for old, new in moves:
            if await self._do(lambda old=old, new=new: move(old, new), undo) is not None:  # type: ignore[misc]  # bound now
                text = self.tr("{0} is {1} now.").format(old.name, self._short(new))
                self._offer_undo(text)
                await self.show_path(new)

    def _short(self, path: Path) -> str:
        root = self._project.root
        return str(path.relative_to(root) if path.is_relative_to(root) else path)

    # -- deleting

    def delete_selected(self) -> None:
        """Move what is selected to the trash."""
        paths = [node.path for node in self.selected()]
        if paths:
            start(self, self._trash(paths))

    async def _trash(self, paths: list[Path]) -> None:
        if self._desk.settings.current.confirm_trash and not await self._confirmed(paths):
            return
        for path in paths:
            try:
                done = await asyncio.to_thread(trash, path)
            except NoTrash:
                await self._delete_for_good(path)
                continue
            except Refused as error:
                self._say_failure(str(error))
                continue
            if not shiboken6.isValid(self):
                return
            self._take(done, self.tr("Take {0} out of the trash").format(path.name))
            text = self.tr("{0} is in the trash.").format(path.name)
            if done.undo is not None:
                self._offer_undo(text)
            else:
                self.bar.say(BarText(text))
            self._follow_disk({path})

    async def _confirmed(self, paths: list[Path]) -> bool:
        names = ", ".join(path.name for path in paths[:5]) + (" …" if len(paths) > 5 else "")
        question = self.tr("Move {0} to the trash?").format(names)
        choice = self.tr("Move to trash")
        title = self.tr("Move to trash")
        return await ask(self, title, question, "", [choice], risky=False) == 0

    async def _delete_for_good(self, path: Path) -> None:
        if not shiboken6.isValid(self):
            return
        question = self.tr("There is no trash for {0}. Delete it for good?").format(path.name)
        detail = self.tr("{0} cannot be brought back then.").format(path)
        title, choice = self.tr("Delete"), self.tr("Delete for good")
        if await ask(self, title, question, detail, [choice], risky=True) == 0:
            await self._do(lambda: delete(path))
            self._follow_disk({path})

    # -- doing and taking back

    async def _do(self, change: Callable[[], Done], undo: str = "") -> Done | None:
        try:
            done = await asyncio.to_thread(change)
        except Refused as error:
            if shiboken6.isValid(self):
                self._say_failure(str(error))
            return None
        if not shiboken6.isValid(self):
            return None
        self._take(done, undo)
        return done

    def _take(self, done: Done, undo: str) -> None:
        """Tell everybody of what was done, and remember how to take it back."""
        for old, new in done.moves:
            unfolded = [path for path in self._unfolded() if path.is_relative_to(old)]
            self._files.moved.emit(old, new)
            self._follow_disk({old, new})
            if unfolded:
                start(self, self._unfold([new / path.relative_to(old) for path in unfolded]))
        if done.undo is not None and undo:
            self._undo = [*self._undo[-49:], (undo, done.undo)]

    def undo(self) -> None:
        """Take back the last move, renaming or deletion."""
        if self._undo:
            start(self, self._take_back())

    async def _take_back(self) -> None:
        _, undo = self._undo.pop()
        self.bar.silence()
        if await self._do(undo) is not None:
            self.refresh()

    def _offer_undo(self, text: str) -> None:
        action = BarAction(self.tr("Undo"), self.undo)
        self.bar.say(BarText(text, (action,), icon="ok", role="muted"))

    def _say_failure(self, text: str) -> None:
        self.bar.say(BarText(text, icon="error", role="error"))
