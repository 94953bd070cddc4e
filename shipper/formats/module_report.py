"""What the compile check says about one source. Plain data, kept as JSON."""

from typing import Any, NamedTuple

from shipper.formats.notebook import Cell


class CompileError(NamedTuple):
    """The first thing that keeps a source from compiling; line and column count from 1."""

    message: str
    line: int | None
    column: int | None
    text: str | None


class Import(NamedTuple):
    """A module that a source imports. `firm`: at the top level, and nothing catches its lack."""

    name: str
    line: int
    firm: bool


class ModuleReport(NamedTuple):
    """One source: whether it compiles, and what it imports."""

    error: CompileError | None
    imports: tuple[Import, ...]

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "ModuleReport":
        """Return a report from one answer of the check."""
        error = value.get("error")
        imports = tuple(Import(*row) for row in value.get("imports", ()))
        return cls(CompileError(*error) if error else None, imports)


#: The reports of an image's sources, by path; a notebook has one for each of its code cells.
Reports = dict[str, list[tuple[Cell | None, ModuleReport]]]
