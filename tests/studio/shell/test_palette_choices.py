"""What the command palette finds, as plain data."""

from studio.shell.palette_choices import Choice, fitting, with_used

CHOICES = [
    Choice(name, text, lambda: None, kind)
    for name, text, kind in (
        ("run.play", "Play", ""),
        ("run.stop", "Stop", ""),
        ("view.palette", "Command palette…", ""),
        ("project:/a", "Planets", "project"),
        ("configuration:fast", "fast", "configuration"),
    )
]


def names(query: str, *recent: str) -> list[str]:
    return [choice.name for choice in fitting(query, CHOICES, recent)]


def test_without_a_query_everything_is_there_the_recently_used_first() -> None:
    found = names("", "run.stop", "gone", "run.play")
    assert found[:2] == ["run.stop", "run.play"]
    assert len(found) == len(CHOICES)


def test_a_few_letters_in_order_find_it() -> None:
    assert names("play")[0] == "run.play"
    assert names("cmp")[0] == "view.palette"
    assert names("xyz") == []


def test_case_and_spaces_do_not_matter() -> None:
    assert names("COMMAND pal") == ["view.palette"]


def test_what_was_used_comes_before_an_equal() -> None:
    assert names("pla")[0] == "run.play"
    assert names("pla", "project:/a")[0] == "project:/a"


def test_a_kind_finds_all_of_its_kind() -> None:
    assert names("configuration") == ["configuration:fast"]


def test_the_used_are_kept_once_and_not_for_ever() -> None:
    assert with_used("b", ["a", "b", "c"]) == ["b", "a", "c"]
    assert len(with_used("new", [str(i) for i in range(50)])) == 20
