"""What the runtime says about a run can be shown anywhere, whatever the names in it hold."""

from hypothesis import given
from hypothesis import strategies as st

from session.runtime.harvest import Harvest
from session.runtime.notices import harvested, output_held, remains
from session.runtime.platforms.seam import EndedProcess
from session.runtime.shown import encodable, shown
from session.runtime.sweep import Remains

_ANY = st.text(st.characters())


def test_file_names_are_shown_safely() -> None:
    (entry,) = harvested(
        Harvest(("caf\udce9.txt", "a\nb", "\x1b[31mred", "\u202etxt.exe", "ünï ✓"))
    )
    assert entry.message == (
        "The program wrote 5 files, kept with the run: "
        "caf\ufffd.txt, a\\nb, \\x1b[31mred, \\u202etxt.exe, ünï ✓."
    )


def test_process_names_are_shown_safely() -> None:
    odd = EndedProcess(7, "a\x1b]0;t\x07")
    (entry,) = remains(Remains(1, (odd,), (), launcher_lost=False), None, stopping=False)
    assert entry.message.endswith(r"left running: a\x1b]0;t\x07 (7).")


def test_who_holds_the_output_is_counted() -> None:
    one, two = EndedProcess(7, "a"), EndedProcess(8, "b")
    (entry,) = output_held([one], ["stdout"])
    assert entry.message == "The program has ended; a (7) still holds its stdout."
    (entry,) = output_held([one, two], ["stdout", "stderr"])
    assert entry.message == "The program has ended; a (7), b (8) still hold its stdout and stderr."


@given(_ANY)
def test_a_shown_name_is_one_printable_line(name: str) -> None:
    assert shown(name).isprintable()
    assert shown(name).encode().decode() == shown(name)
    assert shown(shown(name)) == shown(name)


@given(_ANY)
def test_encodable_text_keeps_every_character(text: str) -> None:
    assert encodable(text).encode().decode() == encodable(text)
    assert len(encodable(text)) == len(text)
