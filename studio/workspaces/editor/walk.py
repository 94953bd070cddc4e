"""The files of a project, one after another. Standard library and one pure table only."""

import os
from collections.abc import Iterator

from shipper.source.leave_out import file_reason, folder_reason


def walk(root: str, *, links: bool = True) -> Iterator[str]:
    """Yield the paths of files below a folder, relative and with slashes, in a steady order.

    Hidden and generated ones are left out, and so are folders that links lead to, and without
    `links` files too; a folder that cannot be read has none.
    """
    stack = [""]
    while stack:
        folder = stack.pop()
        files, folders = _look(root, folder, links=links)
        yield from sorted(files)
        stack += sorted(folders, reverse=True)


def _look(root: str, folder: str, *, links: bool) -> tuple[list[str], list[str]]:
    files: list[str] = []
    folders: list[str] = []
    try:
        with os.scandir(os.path.join(root, folder)) as scan:  # noqa: PTH118 - also in a bare process
            for one in scan:
                path = f"{folder}/{one.name}" if folder else one.name
                if one.is_dir(follow_symlinks=False):
                    if folder_reason(one.name) is None and not _is_environment(one.path):
                        folders.append(path)
                elif file_reason(one.name) is None and _is_file(one, links=links):
                    files.append(path)
    except OSError:
        pass
    return files, folders


def _is_file(one: "os.DirEntry[str]", *, links: bool) -> bool:
    try:
        return one.is_file(follow_symlinks=links)
    except OSError:  # a link that leads in a circle
        return False


def _is_environment(folder: str) -> bool:
    return os.path.exists(f"{folder}/pyvenv.cfg")  # noqa: PTH110 - as above
