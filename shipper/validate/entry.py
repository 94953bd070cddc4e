"""Whether what is to be played is there. Pure."""

import ast
import warnings
from collections.abc import Container, Iterable, Iterator
from difflib import get_close_matches

from shipper.source.project import Entry
from shipper.validate.fixes import fix_declared_entry, nearest, nearest_path
from shipper.validate.subject import Finding, Subject


def entry_exists(subject: Subject) -> Iterator[Finding]:
    """Find an entry that is not in the image, nor in the environment."""
    entry = subject.project.entry
    if entry.form in ("file", "notebook"):
        if entry.target not in subject.files:
            yield _missing(entry, *_why_no_file(entry.target, subject), subject)
        return
    module = entry.target.partition(":")[0]
    top = module.split(".")[0]
    places = _places(module)
    if any(place in subject.files for place in places):
        if entry.form == "module" and not any(p in subject.files for p in _runnable(module)):
            yield _missing(
                entry,
                f"`{module}` is a package without a `__main__.py`, so it cannot be run.",
                f"Add {module.replace('.', '/')}/__main__.py, or name one of its modules.",
                None,
                subject,
            )
    elif not _is_elsewhere(top, subject):
        yield _missing(entry, *_why_no_module(module, places, subject), subject)


def _missing(
    entry: Entry, message: str, hint: str, instead: str | None, subject: Subject
) -> Finding:
    where = f"{entry.path}, line {entry.line}: " if entry.path and entry.line else ""
    fix = fix_declared_entry(subject.project, instead)
    return Finding(where + message, hint, entry.path, entry.line, fix=fix)


def _places(module: str) -> list[str]:
    at = module.replace(".", "/")
    return [f"{at}.py", f"{at}/__init__.py", f"{at}/__main__.py"]


def _runnable(module: str) -> list[str]:
    at = module.replace(".", "/")
    return [f"{at}.py", f"{at}/__main__.py"]


def _is_elsewhere(top: str, subject: Subject) -> bool:
    environment = subject.environment
    known = top in subject.interpreter.stdlib or top in environment.modules
    return known or environment.open_ended


#: A message, a hint, and the entry that is plainly meant instead.
_Why = tuple[str, str, str | None]


def _why_no_file(target: str, subject: Subject) -> _Why:
    if reason := _why_left_out(target, subject):
        return _left_out(target, target, reason)
    playable = [path for path in subject.files if path.endswith((".py", ".pyw", ".ipynb"))]
    at_top = [path for path in playable if "/" not in path]
    near = nearest_path(target, playable) or (at_top[0] if len(at_top) == 1 else None)
    hint = f"Did you mean `{near}`?" if near else "Correct `entry`, or add the file."
    return f"The entry `{target}` does not exist in {subject.project.root}.", hint, near


def _why_left_out(path: str, subject: Subject) -> str | None:
    """Return why a file that is there is no part of the image; None where it is not there."""
    for row in subject.left_out:
        in_folder = row.path.endswith("/") and path.startswith(row.path)
        if path == row.path or (in_folder and (subject.project.root / path).is_file()):
            return row.reason
    return None


def _left_out(entry: str, path: str, reason: str) -> _Why:
    what = f"`{entry}`" if entry == path else f"`{entry}` ({path})"
    excluded = reason.startswith("excluded")
    change = "Narrow `exclude` so that it stays" if excluded else "Add it to `include`"
    return (
        f"The entry {what} is there, but it is left out of the image: {reason}.",
        f"{change}, or name another entry.",
        None,
    )


def _why_no_module(module: str, places: list[str], subject: Subject) -> _Why:
    for place in places:
        if reason := _why_left_out(place, subject):
            return _left_out(module, place, reason)
    below = [f"src/{place}" for place in places if f"src/{place}" in subject.files]
    if below:
        return (
            f"The entry `{module}` lies in {below[0]}, and modules are looked for beside "
            "pyproject.toml.",
            f'Name the file instead: `entry = "{below[0]}"`.',
            below[0] if subject.project.entry.form == "module" else None,
        )
    modules = [p.removesuffix(".py").replace("/", ".") for p in subject.files if p.endswith(".py")]
    near = nearest(module, modules)
    looked = " and ".join(places[:2])
    hint = _hint(module, modules, "Correct `entry`, or add the module.")
    function = subject.project.entry.target.removeprefix(module)
    return (
        f"The entry `{module}` is no module: there is no {looked}, and neither the standard "
        "library nor a declared dependency has it.",
        hint,
        f"{near}{function}" if near else None,
    )


def _hint(word: str, known: Iterable[str], otherwise: str) -> str:
    near = get_close_matches(word, known, n=2)
    return f"Did you mean {' or '.join(f'`{one}`' for one in near)}?" if near else otherwise


def function_exists(subject: Subject) -> Iterator[Finding]:
    """Find a `module:function` whose module plainly does not have that name."""
    entry = subject.project.entry
    if entry.form != "function" or subject.entry_source is None:
        return
    module, _, function = entry.target.partition(":")
    names = _bound_names(subject.entry_source)
    first = function.split(".")[0]
    if names is not None and first not in names:
        near = nearest(first, names)
        hint = _hint(first, names, f"Define it in {module}, or name another.")
        message = f"The entry `{entry.target}`: `{module}` has no `{first}`."
        rest = function.removeprefix(first)
        yield _missing(entry, message, hint, near and f"{module}:{near}{rest}", subject)


def _bound_names(source: bytes) -> set[str] | None:
    """Return the names a module binds at its top level; None where that cannot be known."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they would be printed, and are not ours to tell
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    dynamic = {"*", "__getattr__"} & names
    return None if dynamic else names


def entry_module_path(entry: Entry, files: Container[str]) -> str | None:
    """Return the source in the image that a `module:function` entry lies in."""
    if entry.form != "function":
        return None
    places = _places(entry.target.partition(":")[0])[:2]
    return next((place for place in places if place in files), None)
