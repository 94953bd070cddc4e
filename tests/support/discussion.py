"""Reads the notes of `discussion/` and renders its index; run as a module, writes the index."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "discussion"
BEGIN, END = "<!-- index -->\n", "<!-- end of index -->"


@dataclass(frozen=True)
class Note:
    """One file of the discussion: its front matter and its text."""

    path: Path
    fields: dict[str, str]
    text: str

    def links(self, field: str) -> list[str]:
        """Return the ids that a field such as `supersedes: [DEC-0001]` names."""
        return [part.strip() for part in self.fields[field].strip("[]").split(",") if part.strip()]


def load_notes(folder: Path = FOLDER) -> list[Note]:
    """Read every note, in the order of their paths."""
    return [read_note(path) for path in sorted(folder.glob("*/*.md"))]


def read_note(path: Path) -> Note:
    """Read one note; raise ValueError where it has no front matter."""
    text = path.read_text(encoding="utf-8")
    opening, front, rest = text.split("---\n", 2)
    if opening:
        message = f"{path.name} does not begin with its front matter"
        raise ValueError(message)
    pairs = (line.partition(":") for line in front.splitlines())
    return Note(path, {key.strip(): value.strip() for key, _, value in pairs}, rest)


def render_index(notes: list[Note]) -> str:
    """Return the table of all notes."""
    rows = [
        f"| [{note.fields['id']}]({note.path.parent.name}/{note.path.name}) "
        f"| {note.fields['title']} | {note.fields['status']} |"
        for note in notes
    ]
    return "\n".join(["| Note | Title | Status |", "|---|---|---|", *rows]) + "\n"


def write_index(page: Path) -> None:
    """Put the index between the two markers of the page."""
    before, rest = page.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    page.write_text(before + BEGIN + render_index(load_notes()) + END + after, encoding="utf-8")


if __name__ == "__main__":
    write_index(FOLDER / "README.md")
