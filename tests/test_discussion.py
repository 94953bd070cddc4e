"""Keeps `discussion/` consistent: ids, status words, links, lengths, guards, index."""

import re
import tomllib

import pytest

from tests.support.discussion import FOLDER, ROOT, Note, load_notes, render_index

STATUS = {
    "DEC": {"proposed", "accepted", "superseded", "rejected"},
    "LSN": {"noted", "guarded"},
    "AGD": {"open", "closed"},
    "PLN": {"review", "accepted", "doing", "done", "dropped"},
}
FOLDERS = {"DEC": "decisions", "LSN": "lessons", "AGD": "agendas", "PLN": "plans"}
LINES = {"DEC": 40, "LSN": 40, "AGD": 100, "PLN": 100}
SECTIONS = ["Decision", "Why", "Not chosen", "Consequences", "Checked by"]
NOTES = load_notes()
DECISIONS = [note for note in NOTES if note.fields["id"].startswith("DEC")]
every_note = pytest.mark.parametrize("note", NOTES, ids=lambda note: note.path.stem)
every_decision = pytest.mark.parametrize("note", DECISIONS, ids=lambda note: note.path.stem)


def contract_ids() -> set[str]:
    """The import contracts there are."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["id"] for contract in settings["tool"]["importlinter"]["contracts"]}


def holds_tests(name: str) -> bool:
    """Whether a path names a test file, or a folder with at least one."""
    path = ROOT / name
    return path.is_file() or any(path.rglob("test_*.py"))


def test_numbers_are_never_used_twice() -> None:
    ids = [note.fields["id"] for note in NOTES]
    assert ids
    assert len(ids) == len(set(ids))


@every_note
def test_a_note_is_where_its_id_says_and_has_a_known_status(note: Note) -> None:
    kind = note.fields["id"][:3]
    assert note.path.parent.name == FOLDERS[kind]
    assert note.path.name.startswith(note.fields["id"] + "-")
    assert note.fields["status"] in STATUS[kind]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", note.fields["created"])


@every_note
def test_a_note_is_short(note: Note) -> None:
    lines = note.path.read_text(encoding="utf-8").count("\n")
    assert lines <= LINES[note.fields["id"][:3]]


@every_decision
def test_a_decision_has_its_sections_in_order(note: Note) -> None:
    assert re.findall(r"^## (.+)$", note.text, re.MULTILINE) == SECTIONS


@every_decision
def test_supersedes_and_superseded_by_name_each_other(note: Note) -> None:
    decisions = {other.fields["id"]: other for other in DECISIONS}
    for older in note.links("supersedes"):
        assert note.fields["id"] in decisions[older].links("superseded_by")
    for newer in note.links("superseded_by"):
        assert note.fields["id"] in decisions[newer].links("supersedes")
    assert bool(note.links("superseded_by")) == (note.fields["status"] == "superseded")


@every_note
def test_what_a_note_is_checked_by_exists(note: Note) -> None:
    guards = re.split(r"^## (?:Checked by|Guard)$", note.text, flags=re.MULTILINE)[1:]
    for line in "".join(guards).splitlines():
        names = re.findall(r"`([^`]+)`", line)
        if "contract" in line:
            assert set(names) <= contract_ids()
        else:
            assert [name for name in names if not holds_tests(name)] == []
    assert note.fields["status"] not in {"accepted", "guarded"} or "`" in "".join(guards)


def test_links_between_notes_resolve() -> None:
    ids = {note.fields["id"] for note in NOTES}
    for note in NOTES:
        assert set(re.findall(r"\b(?:DEC|LSN|AGD|PLN)-\d{4}\b", note.text)) <= ids


def test_the_index_is_current() -> None:
    """`python -m tests.support.discussion` writes it."""
    assert render_index(NOTES) in (FOLDER / "README.md").read_text(encoding="utf-8")
