"""The metadata block of a single-file script (PEP 723). Pure."""

import re
import tomllib
from typing import Any, NamedTuple

_SECOND = re.compile(r"(?m)^# /// script$")
_AT = re.compile(r"\s*\(at [^)]*\)")
# The block is `# /// script`, lines of `# ...` or `#`, and `# ///`.
_BLOCK = re.compile(
    r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$",
)


class ScriptBlock(NamedTuple):
    """What a script declares about itself; `line` is where its block begins."""

    dependencies: tuple[str, ...] | None
    requires_python: str | None
    tool: dict[str, Any]
    line: int


class ScriptBlockBroken(ValueError):
    """The block is there and cannot be used; `line` counts from 1 in the script."""

    def __init__(
        self,
        message: str,
        line: int,
        hint: str = "The block is `# /// script`, lines that start with `#`, and `# ///`.",
    ) -> None:
        super().__init__(message)
        self.line = line
        self.hint = hint


def read_script_block(text: str) -> ScriptBlock | None:
    """Return the script's block, or None where it has none; raise ScriptBlockBroken."""
    text = text.replace("\r\n", "\n")
    if not text.endswith("\n"):
        text += "\n"
    blocks = [match for match in _BLOCK.finditer(text) if match["type"] == "script"]
    if not blocks:
        return None
    lines = [text.count("\n", 0, match.start()) + 1 for match in blocks]
    if len(blocks) > 1:
        raise _too_many(lines)
    try:
        return _parse(_strip(blocks[0]["content"]), lines[0])
    except ScriptBlockBroken:
        # A block goes on to the last `# ///` of its comment, so it swallows one that follows.
        within = [m.start() for m in _SECOND.finditer(text, blocks[0].start(), blocks[0].end())]
        if len(within) > 1:
            raise _too_many([text.count("\n", 0, at) + 1 for at in within]) from None
        raise


def _too_many(lines: list[int]) -> ScriptBlockBroken:
    places = ", ".join(map(str, lines[:-1]))
    return ScriptBlockBroken(
        f"there are {len(lines)} script blocks, in lines {places} and {lines[-1]}, and there may "
        "be only one",
        lines[1],
        "Put everything into one of the blocks and take the others out.",
    )


def _strip(content: str) -> str:
    return "".join(
        line[2:] if line.startswith("# ") else line[1:] for line in content.splitlines(True)
    )


def _parse(toml: str, line: int) -> ScriptBlock:
    try:
        table = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        inner = re.search(r"at line (\d+)", str(error))
        place = line + int(inner[1]) if inner else line
        message = "this is not valid TOML: " + _AT.sub("", str(error))
        raise ScriptBlockBroken(message, place) from error
    dependencies = table.get("dependencies")
    requires = table.get("requires-python")
    tool = table.get("tool", {})
    if dependencies is not None and not _is_strings(dependencies):
        message = "`dependencies` must be a list of strings"
        raise ScriptBlockBroken(message, line)
    if requires is not None and not isinstance(requires, str):
        message = "`requires-python` must be a string"
        raise ScriptBlockBroken(message, line)
    if not isinstance(tool, dict):
        message = "`tool` must be a table"
        raise ScriptBlockBroken(message, line)
    declared = None if dependencies is None else tuple(dependencies)
    return ScriptBlock(declared, requires, tool, line)


def _is_strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
