"""What stands before a message, and rows as plain text."""

from session.log.entry import Location, LogEntry, Severity, Source, StateEntry, Stream
from studio.widgets.log_view.columns import GLYPHS, delta, head_of
from studio.widgets.log_view.plain_lines import PlainLines
from studio.widgets.log_view.shown_line import FOLD, MAX_LAID_OUT, show_row, show_tail


def entry(message: str, **fields: object) -> LogEntry:
    """An entry of a check, ten seconds after Play."""
    made = LogEntry(1, 110.0, Source.PACK_VALIDATION, Severity.INFO, message)
    return made._replace(**fields)  # type: ignore[arg-type]  # fields of an entry


def said(message: str, stream: Stream = Stream.STDOUT, **fields: object) -> LogEntry:
    """A line of the program."""
    return entry(message, source=Source.RUNTIME, stream=stream, **fields)


def test_colour_is_never_the_only_sign() -> None:
    heads = {head_of(entry("", severity=severity)).glyph for severity in Severity}
    assert heads == {"", "▲", "✗"}
    assert GLYPHS[Severity.WARNING] != GLYPHS[Severity.ERROR]
    assert head_of(said("", Stream.STDERR)).mark == "err"
    assert head_of(said("")).mark == ""


def test_time_since_the_row_above() -> None:
    assert delta(0.0042) == "+0.004"
    assert delta(-1) == "+0.000"


def test_place_code_and_hint_are_shown_and_the_place_leads_there() -> None:
    row = entry(
        "main.py, line 3: it was never closed",
        severity=Severity.ERROR,
        location=Location("main.py", 3, 9),
        code="syntax-error",
        hint="Close it.",
    )
    line = show_row(row)
    assert line.text == "main.py:3:9: it was never closed [syntax-error]  ·  Close it."
    assert line.place == (*row.location,) if row.location else False
    assert line.text[: line.place_size] == "main.py:3:9"
    assert {line.text[s.start : s.stop] for s in line.spans} == {
        " [syntax-error]",
        "  ·  Close it.",
    }


def test_a_long_line_is_folded_and_unfolded() -> None:
    folded = show_row(said("x" * 60_000))
    assert (len(folded.text), folded.more) == (FOLD, 60_000 - FOLD)
    whole = show_row(said("x" * 60_000), unfolded=True)
    assert (len(whole.text), whole.more) == (60_000, 0)
    wide = show_row(said("漢" * 20_000), unfolded=True)
    assert (len(wide.text), wide.more) == (MAX_LAID_OUT, 20_000 - MAX_LAID_OUT)


def test_lost_bytes_are_written_out() -> None:
    assert show_row(said("a\ufffdb"), b"a\xffb").text == "a\\xffb"
    assert show_tail(Stream.STDERR, b"wait\xc3").text == "wait\\xc3"


def test_state_changes_are_words() -> None:
    line = show_row(StateEntry(4, 0.0, "running", "runtime_failed", "failed"))
    assert (line.text, line.head.glyph, line.role) == ("runtime failed", "✗", "error")


def test_copied_rows_with_columns_and_without() -> None:
    rows = [
        entry("compiled", source=Source.BUILD),
        said("a\tb\x1b[31m!"),
        said("no", Stream.STDERR, severity=Severity.ERROR),
    ]
    bare, full = PlainLines(100.0, columns=False), PlainLines(100.0, columns=True)
    assert "".join(map(bare.text, rows)) == "compiled\na\tb!\nno\n"
    assert "".join(map(full.text, rows)) == (
        "  00:10.000   build   compiled\n  00:10.000   run     a\tb!\n✗ 00:10.000   run err no\n"
    )


def test_a_wrapped_line_is_one_line_again() -> None:
    lines = PlainLines(100.0, columns=False)
    rows = [said("aaa", continued=True), said("bbb", continued=True), said("c"), said("next")]
    assert "".join(map(lines.text, rows)) + lines.end() == "aaabbbc\nnext\n"


def test_a_wrapped_line_that_is_broken_into() -> None:
    lines = PlainLines(100.0, columns=False)
    rows = [said("aaa", continued=True), said("err", Stream.STDERR), said("b", continued=True)]
    assert "".join(map(lines.text, rows)) + lines.end() == "aaa\nerr\nb\n"
