"""The page that says what hostile programs can do here, and reading it back."""

import ast
from collections.abc import Mapping
from typing import Final

from tests.e2e.isolation_gaps import GAPS, UNPROVEN
from tests.e2e.isolation_matrix import (
    EFFECT,
    PROFILES,
    PROGRAMS,
    USERS,
    Column,
    Measured,
    attacks,
)

_HEAD: Final = """# What hostile programs can do

Written by `python -m tests.e2e.isolation_matrix` and checked by
`tests/e2e/test_isolation_matrix.py`; do not edit. Every program lies in
`tests/e2e/fixtures/hostile/`. It plays once a column: without isolation, in the strict and in the
portable profile, as root and as an ordinary user who owns what is attacked, without any
permission. **effect** is what was seen from outside or by the program itself; in a profile it is
a gap, and the word after it is the gap's name below. The first of each three columns shows that
the attack works where nothing isolates it (or that the system stops it by itself). **stopped
by** names the budget that ended it: without one in the manifest it has its effect, within the
limits of the system.
"""
_GAPS_HEAD: Final = "\n## Gaps\n\n| gap | what it is, and why |\n|---|---|\n"
_UNPROVEN_HEAD: Final = """
## Without an effect also where nothing isolates

| attack | why |
|---|---|
"""


def page(measured: Mapping[Column, Measured]) -> str:
    """Return the page for a measurement of all columns."""
    order = [Column(profile, user) for user in USERS for profile in PROFILES]
    heads = ["attack", "what it does", *map(str, order)]
    rows = [
        _row([name, _about(name), *(_cell(name, one, measured) for one in order)])
        for name in attacks()
    ]
    lines = [_row(heads), _row(["---"] * len(heads)), *rows, _row(_sums(order, measured))]
    gaps = [_row([name, reason]) for name, (reason, _where) in sorted(GAPS.items())]
    unproven = [_row([name, why]) for name, why in sorted(UNPROVEN.items())]
    return (
        _HEAD + "\n" + "\n".join(lines) + "\n"
        + _GAPS_HEAD + "\n".join(gaps) + "\n"
        + _UNPROVEN_HEAD + "\n".join(unproven) + "\n"
    )  # fmt: skip


def cells(text: str) -> dict[tuple[str, str], str]:
    """Return what a page says, by attack and column."""
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]
    heads, body = rows[0], rows[2:]
    table = [row for row in body if len(row) == len(heads)]
    return {
        (row[0], column): cell
        for row in table
        for column, cell in zip(heads[2:], row[2:], strict=True)
    }


def gap_of(name: str, column: Column) -> str | None:
    """Return the name of the gap that an attack is listed under in a column."""
    for gap, (_reason, where) in GAPS.items():
        if str(column) in where.get(name, ()):
            return gap
    return None


def _cell(name: str, column: Column, measured: Mapping[Column, Measured]) -> str:
    verdict = measured[column].verdicts[name]
    gap = gap_of(name, column)
    return f"**effect** ({gap})" if verdict == EFFECT and gap else verdict


def _sums(order: list[Column], measured: Mapping[Column, Measured]) -> list[str]:
    every = [measured[column].verdicts.values() for column in order]
    stopped = [sum(verdict.startswith("stopped") for verdict in verdicts) for verdicts in every]
    total = len(attacks())
    return ["**stopped**", "", *(f"{count} of {total}" for count in stopped)]


def _about(name: str) -> str:
    text = ast.get_docstring(ast.parse((PROGRAMS / f"{name}.py").read_text())) or ""
    return text.split("\n\n")[0].replace("\n", " ").rstrip(".")


def _row(words: list[str]) -> str:
    return f"| {' | '.join(words)} |"
