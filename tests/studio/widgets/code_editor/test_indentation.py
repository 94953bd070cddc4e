"""How lines are indented, what brackets and quotes bring with them, what becomes a comment."""

import pytest

from studio.widgets.code_editor.brackets import match_of
from studio.widgets.code_editor.comments import toggled
from studio.widgets.code_editor.indentation import (
    backspace_count,
    indent_unit,
    next_indent,
    spaces_to_tab_stop,
    unopened,
    without_one,
)
from studio.widgets.code_editor.occurrences import word_at
from studio.widgets.code_editor.pairing import closer_of, is_pair, surrounding
from studio.widgets.code_editor.shown_text import from_shown, to_shown
from studio.widgets.code_editor.token_role import role_of


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("", ""),
        ("x = 1", ""),
        ("    x = 1", "    "),
        ("\tx = 1", "\t"),
        ("def f():", "    "),
        ("    if x:  ", "        "),
        ("    return x", ""),
        ("        pass", "    "),
        ("    break", ""),
        ("    continue", ""),
        ("    raise ValueError", ""),
        ("  return x", ""),
        ("return x", ""),
        ("    returned = x", "    "),
        ("    passing()", "    "),
        ("f(", "    "),
        ("    f(  ", "        "),
        ("x = [", "    "),
        ("f(a,", "  "),
        ("    call(alpha, beta,", "         "),
        ("f(a, [b,", "      "),
        ("f(a)", ""),
        ("x = {1: (2),", "     "),
        ("    return f(", "        "),
        ("    return f(a,", "             "),
        ("if x: y", ""),
        ("x = y[1:", "      "),
        ("d = {'a':", "     "),
        ("lambda: (", "    "),
        ("\tf(a,", "\t  "),
    ],
)
def test_indentation_after_return(code: str, expected: str) -> None:
    assert next_indent(code, "    ", python=True) == expected


@pytest.mark.parametrize(
    ("code", "statement", "expected"),
    [
        ("    b)", "", ""),
        ("    b):", "", "    "),
        (")", "", ""),
        ("        b)", "    ", "    "),
        ("    ):", "    ", "        "),
        ("return f(b))", "    ", "    "),
    ],
)
def test_closing_a_bracket_of_an_earlier_line_goes_back_to_its_statement(
    code: str, statement: str, expected: str
) -> None:
    assert next_indent(code, "    ", python=True, statement=statement) == expected


def test_other_languages_open_by_brackets_only() -> None:
    assert next_indent("key:", "  ", python=False) == ""
    assert next_indent("  return x", "  ", python=False) == "  "
    assert next_indent("function f() {", "  ", python=False) == "  "


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], "    "),
        (["a", "b"], "    "),
        (["if x:", "  y"], "  "),
        (["if x:", "", "\ty"], "\t"),
        (["def f(a,", "      b):", "    pass"], "    "),
        (["class A:", "        x"], "        "),
    ],
)
def test_a_text_is_indented_as_it_is(lines: list[str], expected: str) -> None:
    assert indent_unit(lines, 4) == expected


def test_tab_and_backspace_go_to_tab_stops() -> None:
    assert [len(spaces_to_tab_stop(" " * n, "    ")) for n in range(6)] == [4, 3, 2, 1, 4, 3]
    assert spaces_to_tab_stop("ab", "\t") == "\t"
    assert [backspace_count(" " * n, "    ") for n in range(7)] == [1, 1, 2, 3, 4, 1, 2]
    assert backspace_count("  x", "    ") == 1
    assert backspace_count("\t", "\t") == 1
    assert [without_one(" " * n + "x", "    ") for n in (0, 1, 4, 6)] == ["x", "x", "x", "    x"]
    assert without_one("\t\tx", "    ") == "\tx"


def test_closing_brackets_of_earlier_lines_are_found() -> None:
    assert unopened("a) + (b)") == 1
    assert unopened("f(a)") is None
    assert unopened("])") == 1


@pytest.mark.parametrize(
    ("typed", "before", "after", "code", "expected"),
    [
        ("(", "f", "", True, ")"),
        ("[", "x = ", " # note", True, "]"),
        ("{", "f(", ")", True, "}"),
        ("(", "f", "x", True, ""),
        ("(", "'text", "", False, ""),
        ('"', "x = ", "", True, '"'),
        ("'", "f", "", True, "'"),
        ("'", "rb", "", True, "'"),
        ("'", "don", "", True, ""),
        ("'", "abc", "", True, ""),
        ("'", "x1", "", True, ""),
        ("'", "'", "", True, ""),
        ('"', '""', "", True, '"""'),
        ('"', 'x = ""', "", True, '"""'),
        ('"', '"""', "", True, ""),
        ("x", "", "", True, ""),
        ("", "", "", True, ""),
        (")", "(", "", True, ""),
    ],
)
def test_what_is_closed_by_itself(
    typed: str, before: str, after: str, code: bool, expected: str
) -> None:
    assert closer_of(typed, before, after, code=code, python=True) == expected


def test_pairs_and_what_is_put_around_a_selection() -> None:
    assert is_pair("f(", ")")
    assert is_pair("'", "'")
    assert not is_pair("(", "]")
    assert not is_pair("", "")
    assert surrounding("[") == ("[", "]")
    assert surrounding('"') == ('"', '"')
    assert surrounding("x") is None
    assert surrounding("") is None


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["x"], ["# x"]),
        (["# x"], ["x"]),
        (["#x"], ["x"]),
        (["    x", "", "        y"], ["    # x", "", "    #     y"]),
        (["# x", "y"], ["# # x", "# y"]),
        (["    # x", "", "#  y"], ["    x", "", " y"]),
        (["", "  "], ["", "  "]),
    ],
)
def test_comments(lines: list[str], expected: list[str]) -> None:
    assert toggled(lines, "#") == expected


@pytest.mark.parametrize(
    ("lines", "place", "expected"),
    [
        (["f(a)"], (0, 1), (0, 3)),
        (["f(a)"], (0, 3), (0, 1)),
        (["f(", "  [1, (2)],", ")"], (0, 1), (2, 0)),
        (["f(", "  [1, (2)],", ")"], (1, 9), (1, 2)),
        (["f(')')"], (0, 1), (0, 5)),
        (["f("], (0, 1), None),
        (["x"], (0, 0), None),
        (["x"], (0, 1), None),
        ([")"], (0, 0), None),
    ],
)
def test_brackets_find_each_other(
    lines: list[str], place: tuple[int, int], expected: tuple[int, int] | None
) -> None:
    def is_code(line: int, column: int) -> bool:
        return lines[line][:column].count("'") % 2 == 0

    assert match_of(lines.__getitem__, is_code, len(lines), *place) == expected


def test_words() -> None:
    assert word_at("foo.bar_2 = 3", 5) == "bar_2"
    assert word_at("foo.bar", 3) == "foo"
    assert word_at("x = 12", 5) == ""
    assert word_at("é_wörd", 3) == "é_wörd"
    assert word_at("", 0) == ""
    assert word_at("a  b", 2) == ""


def test_text_passes_through_a_document_unchanged() -> None:
    odd = "a\u2029b\ufdd0\ufdd1 \u00a0\u2028\n"
    assert from_shown(to_shown(odd).replace("\n", "\u2029")) == odd
    assert to_shown("plain\n") == "plain\n"


def test_roles_are_those_that_the_theme_has() -> None:
    from pygments.token import STANDARD_TYPES

    from studio.look.tokens import DARK

    for token in STANDARD_TYPES:
        role = role_of(token)
        assert not role or hasattr(DARK, f"code_{role}")
