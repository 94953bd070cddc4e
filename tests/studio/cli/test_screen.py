"""What a person sees of a run, row by row, at a terminal and in a pipe."""

from session.log.entry import LogEntry, Severity, Source, StateEntry, Stream
from studio.cli.screen import Screen
from studio.cli.terminal import Terminal
from tests.support.tiny_terminal import TinyTerminal

COLUMNS = 40
AT_TERMINAL = Terminal(tty=True, live=True)
OUT, ERR = Stream.STDOUT, Stream.STDERR


class Sight:
    """A screen and the terminal that it draws on."""

    def __init__(self, *, times: bool = False) -> None:
        self.screen = Screen(AT_TERMINAL, times=times)
        self.terminal = TinyTerminal(COLUMNS)

    def rows(self, *rows: LogEntry | StateEntry) -> None:
        self.terminal.feed(self.screen.page(rows))

    def tail(self, text: str, stream: Stream = OUT) -> None:
        self.terminal.feed(self.screen.tail(stream, text.encode(), COLUMNS))

    def type(self, text: str) -> None:
        self.terminal.feed(text)
        if text.endswith("\n"):
            self.screen.typed()

    @property
    def text(self) -> str:
        return self.terminal.text


def line(text: str, stream: Stream = OUT, *, continued: bool = False) -> LogEntry:
    return LogEntry(1, 0.0, Source.RUNTIME, Severity.INFO, text, stream, continued)


def note(text: str, severity: Severity = Severity.INFO) -> LogEntry:
    return LogEntry(1, 0.0, Source.BUILD, severity, text)


def test_the_programs_lines_stand_as_they_were_printed() -> None:
    sight = Sight()
    sight.rows(note("sealed"), line("| a | b |"), line("| 1 | 2 |", ERR))
    assert sight.text == "00:00.000  build   sealed\n| a | b |\n| 1 | 2 |"


def test_with_times_every_line_has_its_time() -> None:
    sight = Sight(times=True)
    sight.rows(line("one"), line("two", ERR))
    assert sight.text == "00:00.000  run     one\n00:00.000  run err two"


def test_debug_entries_wait_to_be_asked_for() -> None:
    sight = Sight()
    sight.rows(note("detail", Severity.DEBUG))
    assert not sight.text
    screen = Screen(AT_TERMINAL, severity=Severity.DEBUG)
    assert "detail" in screen.page([note("detail", Severity.DEBUG)])


def test_of_the_states_only_running_is_told() -> None:
    sight = Sight()
    for before, after in [("idle", "preparing"), ("connecting", "running"), ("running", "stopped")]:
        sight.rows(StateEntry(1, 0.0, before, after, "play"))
    assert sight.text == "00:00.000  ▶ running"


def test_a_progress_bar_stays_one_row() -> None:
    sight = Sight()
    for percent in range(0, 101, 5):
        sight.tail(f"{percent:>3}% " + "#" * 60)
    assert len(sight.terminal.rows) == 1
    sight.rows(line("  0%\r 50%\r100% done"))
    assert sight.text == "100% done"


def test_a_prompt_is_shown_at_once_and_keeps_its_answer() -> None:
    sight = Sight()
    sight.tail("name? ")
    assert sight.text == "name?"
    sight.type("Ada\n")
    sight.rows(line("name? hello Ada"))
    assert sight.text == "name? Ada\nhello Ada"


def test_a_second_prompt_on_the_same_line_is_not_repeated() -> None:
    sight = Sight()
    sight.tail("name? ")
    sight.type("Ada\n")
    sight.tail("name? age? ")
    sight.type("36\n")
    sight.rows(line("name? age? thanks"))
    assert sight.text == "name? Ada\nage? 36\nthanks"


def test_without_an_echo_the_prompt_is_completed_in_place() -> None:
    sight = Sight()
    sight.tail("name? ")
    sight.rows(line("name? hello Ada"))
    assert sight.text == "name? hello Ada"


def test_lines_of_others_go_above_the_unfinished_one() -> None:
    sight = Sight()
    sight.tail("working...")
    sight.rows(line("a warning", ERR))
    sight.tail("working...")
    assert sight.text == "a warning\nworking..."


def test_a_passing_word_leaves_no_trace() -> None:
    sight = Sight()
    sight.terminal.feed(sight.screen.status("preparing " * 9, COLUMNS))
    assert len(sight.terminal.rows) == 1
    sight.rows(note("sealed"))
    assert sight.text == "00:00.000  build   sealed"


def test_a_wrapped_line_is_one_line_unless_another_comes_between() -> None:
    sight = Sight()
    sight.rows(line("abc", continued=True), line("def", continued=True), line("ghi"))
    assert sight.text == "abcdefghi"
    sight = Sight()
    sight.rows(line("abc", continued=True), line("oops", ERR), line("def"))
    assert sight.text == "abc\noops\ndef"


def test_the_end_begins_at_the_left_edge() -> None:
    sight = Sight()
    sight.rows(line("abc", continued=True))
    sight.terminal.feed(sight.screen.end_line() + "end\n")
    assert sight.text == "abc\nend"


def test_colours_last_as_long_as_the_program_wants() -> None:
    screen = Screen(Terminal())
    page = screen.page([line("\x1b[31mred"), line("still", ERR), line("red\x1b[0m"), line("plain")])
    assert page == "\x1b[31mred\x1b[0m\nstill\n\x1b[31mred\x1b[0m\x1b[0m\nplain\n"


def test_a_terminal_without_colours_gets_none_of_the_programs() -> None:
    assert Screen(Terminal(tty=True)).page([line("\x1b[31mred\x1b[0m")]) == "red\n"


def test_a_pipe_gets_finished_lines_only() -> None:
    screen = Screen(Terminal())
    assert screen.tail(OUT, b"name? ", COLUMNS) == ""
    assert screen.status("preparing", COLUMNS) == ""
    assert screen.page([line("name? hello")]) == "name? hello\n"
