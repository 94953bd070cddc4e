"""`playhead doctor`: what works on this machine, what is reduced, and what to do about it.

Looks and tries; changes nothing but a probe file that it takes away again.
"""

import json
from collections.abc import Callable, Sequence
from typing import Final

from studio.cli.console import say
from studio.cli.finding import Finding, Grade
from studio.cli.terminal import terminal_of
from studio.cli.theme import Theme

_GLYPHS: Final = {
    Grade.OK: ("✓", "+", "32"),
    Grade.REDUCED: ("▲", "!", "33"),
    Grade.ERROR: ("✗", "x", "31"),
}


def examine(*, as_json: bool) -> int:
    """Print every finding and return 0, or 1 when Playhead cannot do its work here."""
    findings = gather()
    if as_json:
        fields = [finding._asdict() for finding in findings]
        say(json.dumps(fields, ensure_ascii=False, indent=2))
    else:
        terminal = terminal_of(1)
        theme = Theme(terminal.colour, terminal.unicode)
        say("\n".join(finding_text(finding, theme) for finding in findings))
        say(verdict(findings))
    return int(any(finding.grade is Grade.ERROR for finding in findings))


def gather() -> list[Finding]:
    """Return every finding, in the order of reading; a check that fails is a finding, too."""
    from studio.cli import computing, machine, mechanisms

    checks: list[Callable[[], Finding]] = [
        *machine.CHECKS,
        *computing.CHECKS,
        *mechanisms.CHECKS,
    ]
    return [_guarded(check) for check in checks]


def _guarded(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - one check that breaks must not hide the others
        name = check.__name__.strip("_").replace("_", " ")
        reason = f"could not be examined ({type(error).__name__}: {error})"
        return Finding(name, Grade.REDUCED, reason, "Please report this.")


def finding_text(finding: Finding, theme: Theme) -> str:
    """Return a finding as a line, and its remedy below it."""
    glyph, plain, sgr = _GLYPHS[finding.grade]
    mark = theme.paint(glyph if theme.unicode else plain, sgr)
    text = f"{mark} {finding.name:<20} {finding.text}"
    return text + (f"\n  {'':<20} {theme.dim(finding.remedy)}" if finding.remedy else "")


def verdict(findings: Sequence[Finding]) -> str:
    """Return the last line."""
    errors = sum(finding.grade is Grade.ERROR for finding in findings)
    reduced = sum(finding.grade is Grade.REDUCED for finding in findings)
    if errors:
        return f"\nPlayhead cannot play here yet: {errors} to mend, {reduced} reduced."
    if reduced:
        return f"\nPlayhead can play here; {reduced} reduced."
    return "\nPlayhead can play here; nothing is reduced."
