"""Which log rows are problems, and in which order."""

from session.log.entry import Fix, Location, NewEntry, Severity, Source
from studio.problems import ProblemList, problems_of


def _entry(
    message: str, severity: Severity, source: Source = Source.BUILD, **more: object
) -> NewEntry:
    return NewEntry(source, severity, message, **more)  # type: ignore[arg-type]  # as given


def test_findings_are_sorted_and_each_stands_once() -> None:
    place = Location("b.py", 2)
    rows = [
        _entry("later", Severity.WARNING, location=Location("a.py", 9)),
        _entry("bad", Severity.ERROR, location=place),
        _entry("bad", Severity.ERROR, location=place),
        _entry("sooner", Severity.WARNING, location=Location("a.py", 1)),
        _entry("fine", Severity.INFO),
        _entry("said by the program", Severity.ERROR, Source.RUNTIME),
        _entry("nowhere", Severity.ERROR, Source.PACK_VALIDATION),
    ]
    assert [problem.message for problem in problems_of(rows)] == [
        "nowhere",
        "bad",
        "sooner",
        "later",
    ]


def test_information_counts_where_it_can_be_acted_upon() -> None:
    fix = Fix("Ask for a window", "pyproject.toml", 3, 1, 3, 1, "", "display = true\n")
    row = _entry("pygame wants a window", Severity.INFO)
    assert problems_of([row]) == []
    assert [problem.fix for problem in problems_of([row._replace(fix=fix)])] == [fix]


def test_the_list_tells_of_changes_only() -> None:
    told: list[int] = []
    problems = ProblemList()
    problems.changed.connect(lambda: told.append(len(problems.problems)))
    found = problems_of([_entry("bad", Severity.ERROR)])
    problems.replace(found)
    problems.replace(list(found))
    problems.replace([])
    assert told == [1, 0]
