"""`playhead grants`: what was granted to projects for good, and refused; and taking it back."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from session.grants import Answers, GrantStore
from session.history import RunHistory
from session.home import find_home
from studio.cli.console import say
from studio.cli.exit_code import FAILED
from studio.cli.failure import say_failure

ALL: Final = "all"


class _Kept(NamedTuple):
    key: str
    project: str
    answers: Answers


def list_answers(path: Path | None, *, as_json: bool) -> None:
    """Print the answers for the project at `path`, or for every one."""
    kept = list(_kept(path))
    if as_json:
        say(json.dumps([_row(one) for one in kept], ensure_ascii=False, indent=2))
    elif not kept:
        say("Nothing is remembered." if path is None else f"Nothing is remembered for {path}.")
    for one in [] if as_json else kept:
        say(one.project or one.key)
        for grant in one.answers.granted:
            say(f"  granted  {grant}")
        for grant in one.answers.refused:
            say(f"  refused  {grant}")


def withdraw(path: Path, what: str) -> int:
    """Forget an answer, those of a permission, or `all`; 1 where there is none of it."""
    store = GrantStore(find_home())
    answer = None if what == ALL else what
    found = [
        one for one in _kept(path) if answer is None or one.answers.without(answer) != one.answers
    ]
    try:
        for one in found:
            store.withdraw(one.key, answer)
    except OSError as error:
        message = f"The answer could not be withdrawn: {error.strerror or error}."
        say_failure(message, "Free some space in Playhead's folder.", code="grant-not-kept")
        return FAILED
    if not found:
        hint = "`playhead grants` lists what is."
        message = f"No answer to `{what}` is remembered for {path}."
        say_failure(message, hint, code="answer-unknown")
        return FAILED
    say(f"Withdrawn: {what}. The next Play asks again.")
    return 0


def _kept(path: Path | None) -> Iterator[_Kept]:
    """The projects with answers; those of a path by it, and by the keys of its runs."""
    home = find_home()
    here = str(path.resolve()) if path is not None else None
    keys = set()
    if path is not None:
        keys = {record.grant_key for record in RunHistory(home).list(path.resolve())}
    for key, answers in GrantStore(home).all().items():
        if here is None or answers.project == here or key in keys:
            yield _Kept(key, answers.project, answers)


def _row(kept: _Kept) -> dict[str, object]:
    granted, refused = list(kept.answers.granted), list(kept.answers.refused)
    return {"project": kept.project, "key": kept.key, "granted": granted, "refused": refused}
