"""Checks a project against all rules and tells what they found, in the order of the table."""

from collections.abc import Sequence

from shipper.errors import PrepareFailed
from shipper.events import Severity
from shipper.formats.amounts import count
from shipper.journal import StepLog
from shipper.validate.rules import RULES
from shipper.validate.subject import Subject


def check_rules(subject: Subject, before: Sequence[PrepareFailed], log: StepLog) -> None:
    """Report every finding; raise PrepareFailed if there is an error, or one from `before`."""
    errors: list[PrepareFailed] = []
    counts = {Severity.ERROR: 0, Severity.WARNING: 0}
    for rule in RULES:
        for found in rule.check(subject):
            severity = found.severity or rule.severity
            counts[severity] = counts.get(severity, 0) + 1
            log.find(
                severity,
                found.message,
                code=rule.code,
                hint=found.hint,
                path=found.path,
                line=found.line,
                column=found.column,
                fix=found.fix,
            )
            if severity is Severity.ERROR:
                errors.append(
                    PrepareFailed(
                        found.message,
                        found.hint,
                        code=rule.code,
                        path=found.path,
                        line=found.line,
                        column=found.column,
                        fix=found.fix,
                    )
                )
    log.sum_up(
        f"checked {len(RULES)} rules: {count(counts[Severity.ERROR], 'error')}, "
        f"{count(counts[Severity.WARNING], 'warning')}"
    )
    if failures := [*before, *errors]:
        whole = PrepareFailed.of(failures)
        whole.reported = True
        raise whole
