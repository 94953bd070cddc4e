"""Lines made comments and back. Pure."""

from studio.widgets.code_editor.indentation import leading


def toggled(lines: list[str], comment: str) -> list[str]:
    """Return lines with `comment` before their text, or without it where all have it.

    The comment signs stand below each other; empty lines are left alone.
    """
    full = [line for line in lines if line.strip()]
    if not full:
        return lines
    if all(line.lstrip().startswith(comment) for line in full):
        return [_without(line, comment) for line in lines]
    column = min(len(leading(line)) for line in full)
    return [f"{line[:column]}{comment} {line[column:]}" if line.strip() else line for line in lines]


def _without(line: str, comment: str) -> str:
    indent = leading(line)
    rest = line[len(indent) :].removeprefix(comment)
    return indent + rest.removeprefix(" ") if line.strip() else line
