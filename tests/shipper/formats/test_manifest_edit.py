"""The fixes of a manifest: every layout keeps its own, and what is not understood is left alone."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipper.formats.fix import Fix, apply_fix
from shipper.formats.inline_script import read_script_block
from shipper.formats.manifest_edit import (
    fix_dependency,
    fix_entry,
    fix_item,
    fix_key,
    fix_permission,
    fix_requirement,
    fix_script_dependency,
    fix_value,
)
from shipper.formats.toml_edit import add_item, quoted, rename_key

PATH = "pyproject.toml"


def applied(text: str, fix: Fix | None) -> str:
    """Return what a fix makes of its text."""
    assert fix is not None
    changed = apply_fix(text, fix)
    assert changed is not None
    return changed


@pytest.mark.parametrize(
    ("array", "changed"),
    [
        ("[]", '["rich"]'),
        ("[ ]", '["rich" ]'),
        ('["a"] # why', '["a", "rich"] # why'),
        ("['a',]", "['a', \"rich\"]"),
        (
            '[\n  "a", # one\n  "b[x]>=1" # two\n]',
            '[\n  "a", # one\n  "b[x]>=1", # two\n  "rich"\n]',
        ),
        ('[\n\t"a",\n\t# end\n]', '[\n\t"a",\n\t"rich",\n\t# end\n]'),
        ('["a#]", "b"]', '["a#]", "b", "rich"]'),
        ("[ # none yet\n]", '["rich" # none yet\n]'),
    ],
)
def test_a_dependency_in_the_layout_of_its_list(array: str, changed: str) -> None:
    head = '[project]\nname = "x"\ndependencies = '
    tail = "\n\n[tool.playhead]\n"
    text = head + array + tail
    result = applied(text, fix_dependency(text, "rich", "x"))
    if "none yet" not in array:
        assert result == head + changed + tail
    assert tomllib.loads(result)["project"]["dependencies"][-1] == "rich"


def test_a_first_dependency_goes_below_the_name() -> None:
    text = '# mine\n[project]\nname = "x"\nversion = "1"\n\n[project.urls]\na = "b"\n'
    result = applied(text, fix_dependency(text, "rich", "x"))
    assert result == text.replace('"1"\n', '"1"\ndependencies = ["rich"]\n')


@pytest.mark.parametrize(
    "text", ["", "# hello\n", "[tool.playhead]\n", "a = 1\n[tool.x]\nb = '''\n[p]\n'''\n"]
)
def test_a_project_table_is_made_where_there_is_none(text: str) -> None:
    result = applied(text, fix_dependency(text or None, "rich", "My Game!"))
    document = tomllib.loads(result)
    made = {"name": "my-game", "version": "0.1.0", "dependencies": ["rich"]}
    assert document == {**tomllib.loads(text), "project": made}
    assert text.strip() in result.replace("\n\n", "\n") or text.startswith("a = 1")


@pytest.mark.parametrize(
    "text",
    [
        'project = {name = "x"}\n',
        'project.name = "x"\n',
        '[project]\nname = "x"\ndynamic = ["dependencies"]\n',
        '[project]\ndependencies = ["rich"]\n',
        "[project]\ndependencies = 3\n",
        "[project\n",
    ],
)
def test_what_cannot_be_done_safely_is_not_offered(text: str) -> None:
    assert fix_dependency(text, "rich", "x") is None


def test_line_endings_of_a_manifest_stay() -> None:
    text = '[project]\r\nname = "x"\r\ndependencies = [\r\n  "a",\r\n]\r\n'
    result = applied(text, fix_dependency(text, "rich", "x"))
    assert result == text.replace('"a",\r\n', '"a",\r\n  "rich",\r\n')


@pytest.mark.parametrize(
    "text",
    [
        "import rich\n",
        "import rich",
        '#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n"""Doc."""\nimport rich\n',
        "# /// script\n# dependencies = []\n# ///\nimport rich\n",
        '# /// script\n# dependencies = ["a"]\n# requires-python = ">=3.11"\n# ///\n',
        '# /// script\n# dependencies = [\n#   "a",\n# ]\n#\n# [tool.x]\n# ///\nimport rich\n',
        '# /// script\n# requires-python = ">=3.11"\n#\n# [tool.x]\n# y = 1\n# ///\n',
        "# about\n# /// script\n#\n# ///\nimport rich\n",
    ],
)
def test_a_dependency_of_a_script(text: str) -> None:
    before = read_script_block(text)
    result = applied(text, fix_script_dependency("a.py", text, "rich"))
    after = read_script_block(result)
    assert after is not None
    assert after.dependencies == (*((before and before.dependencies) or ()), "rich")
    assert after.tool == (before.tool if before else {})
    assert after.requires_python == (before.requires_python if before else None)
    assert [line for line in text.split("\n") if not line.startswith("#")] == [
        line for line in result.split("\n") if not line.startswith("#") and line
    ] + ([""] if text.endswith("\n") else [])
    if text.startswith("#!"):
        assert result.startswith(text[: text.index('"""')])


def test_a_block_that_was_added_is_not_added_again() -> None:
    fix = fix_script_dependency("a.py", "import rich\n", "rich")
    assert fix is not None
    once = applied("import rich\n", fix)
    assert apply_fix(once, fix) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '[tool.playhead]\nentry = "x"',
            '[tool.playhead]\nentry = "x"\n\n[tool.playhead.permissions]\nnet = true',
        ),
        (
            "[tool.playhead]\n\n# other\n[tool.x]\n",
            "[tool.playhead]\n\n[tool.playhead.permissions]\nnet = true\n\n# other\n[tool.x]\n",
        ),
        (
            "[tool.playhead]\n[tool.playhead.permissions]\nnet = false # no\n",
            "[tool.playhead]\n[tool.playhead.permissions]\nnet = true # no\n",
        ),
        (
            "[tool.playhead.permissions]\naudio = true\n",
            "[tool.playhead.permissions]\nnet = true\naudio = true\n",
        ),
    ],
)
def test_a_permission(text: str, expected: str) -> None:
    assert applied(text, fix_permission(PATH, text, "net")) == expected


def test_two_permissions_one_after_the_other() -> None:
    text = "[tool.playhead]\n"
    first, second = (fix_permission(PATH, text, name) for name in ("net", "display"))
    once = applied(text, first)
    assert second is not None
    assert apply_fix(once, second) is None  # the table is there by now
    twice = applied(once, fix_permission(PATH, once, "display"))
    assert tomllib.loads(twice)["tool"]["playhead"]["permissions"] == {"net": True, "display": True}


@pytest.mark.parametrize(
    ("text", "key", "new"),
    [
        ("[tool.playhead]\nentyr = 'x' # entyr\n", "tool.playhead.entyr", "entry"),
        ("[tool.playhead.permisions]\nnet = true\n", "tool.playhead.permisions", "permissions"),
        ("[tool.playhead]\nbudget = {mem = '1GB'}\n", "tool.playhead.budget.mem", "memory"),
        ("[tool.playhead]\nbudget.mem = '1GB'\n", "tool.playhead.budget.mem", "memory"),
        ("[tool]\nplayhead.'titel' = 'titel'\n", "tool.playhead.titel", "title"),
    ],
)
def test_an_unknown_key_is_renamed_and_nothing_else(text: str, key: str, new: str) -> None:
    path = key.split(".")
    result = applied(text, fix_key(PATH, text, path, new))
    assert result in {text.replace(path[-1], new, 1), text.replace(f"'{path[-1]}'", new, 1)}


def test_a_key_is_not_renamed_to_one_that_is_there() -> None:
    text = "[tool.playhead]\nentyr = 'x'\nentry = 'y'\n"
    assert fix_key(PATH, text, ["tool", "playhead", "entyr"], "entry") is None


def test_values_items_and_entries() -> None:
    text = "[tool.playhead]\ntitle = 'a'\nicon = 'Icon.png'\nplatforms = ['linux']\n"
    value = applied(text, fix_value(PATH, text, "tool.playhead.icon", "Icon.png", "icon.png"))
    assert value == text.replace("'Icon.png'", '"icon.png"')
    item = applied(text, fix_item(PATH, text, "tool.playhead.platforms", "macos"))
    assert item == text.replace("['linux']", "['linux', \"macos\"]")
    entry = applied(text, fix_entry(PATH, text, "tool.playhead.entry", "game.py"))
    assert entry == text.replace("'a'\n", "'a'\nentry = \"game.py\"\n")


def test_a_version_with_one_equals_sign() -> None:
    text = '[project]\ndependencies = ["rich=13.0"]\n'
    assert '"rich==13.0"' in applied(text, fix_requirement(PATH, text, "rich=13.0"))
    script = '# /// script\n# dependencies = ["rich=13.0"]\n# ///\n'
    assert '"rich==13.0"' in applied(script, fix_requirement("a.py", script, "rich=13.0"))
    assert fix_requirement(PATH, text, "not a version at all") is None


@given(st.text(), st.text(min_size=1))
def test_edits_never_fail(text: str, word: str) -> None:
    for edit in (add_item(text, ["project", word], word), rename_key(text, [word], "x")):
        assert edit is None or tomllib.loads(edit.of(text))


@given(st.text().filter(lambda text: "\r" not in text and not any(map(_is_surrogate, text))))
def test_quoted_text_reads_back(text: str) -> None:
    assert tomllib.loads(f"a = {quoted(text)}") == {"a": text}


def _is_surrogate(letter: str) -> bool:
    return "\ud800" <= letter <= "\udfff"


_SPACE = st.sampled_from(["", "\n", "# a comment\n", "\n\n# [not] = a table\n", "  \n"])
_OTHERS = st.lists(
    st.sampled_from(
        [
            "[tool.ruff]\nselect = ['A', 'B']  # those\n",
            "[[tool.list]]\nname = '''\n[tool.playhead]\nentyr = 1\n'''\n",
            "[build-system]\nrequires = [\n  'setuptools',  # as usual\n]\n",
            '[tool."a.b"]\n"quoted key" = "dependencies = []"\n',
        ]
    ),
    unique=True,
)
_PROJECT = st.sampled_from(
    [
        "",
        "[project]\nname = 'x'\n",
        "[project]\ndependencies = []\nname = 'x'\n",
        "[project]\nname = 'x'\ndependencies = [\n    'a', 'b',  # both\n]\nversion = '1'\n",
        "[ project ]\n  name = 'x'\n  dependencies=['a#b']\n",
    ]
)
_OWN = st.sampled_from(
    [
        "[tool.playhead]\nentyr = 'x'\n",
        "[tool.playhead]\ntitle = 'entyr'\n'entyr' = 'entyr'\n",
        "[tool.playhead]\nbudget.wall = '60s'\nentyr='x'\n",
    ]
)
_PERMISSIONS = st.sampled_from(
    [
        "",
        "[tool.playhead.permissions]\nnet = false\n",
        "[tool.playhead.permissions]\naudio = true\n",
    ]
)


@given(st.data())
def test_whatever_stands_around_it_is_left_alone(data: st.DataObject) -> None:
    """Every fix, in manifests of many layouts: the document changes by that one thing."""
    blocks = [data.draw(one) for one in (_PROJECT, _OWN, _PERMISSIONS)] + data.draw(_OTHERS)
    order = data.draw(st.permutations(blocks))
    text = "".join(data.draw(_SPACE) + block for block in order)
    document = tomllib.loads(text)

    key = fix_key(PATH, text, ["tool", "playhead", "entyr"], "entry")
    renamed = tomllib.loads(applied(text, key))
    own = document["tool"]["playhead"]
    assert renamed["tool"]["playhead"] == {
        ("entry" if name == "entyr" else name): value for name, value in own.items()
    }

    declared = tomllib.loads(applied(text, fix_dependency(text, "rich", "x")))
    before = document.get("project", {}).get("dependencies", [])
    assert declared["project"]["dependencies"] == [*before, "rich"]

    granted = tomllib.loads(applied(text, fix_permission(PATH, text, "net")))
    permissions = own.get("permissions", {})
    assert granted["tool"]["playhead"]["permissions"] == {**permissions, "net": True}

    for changed, name in ((renamed, "project"), (granted, "project"), (declared, "tool")):
        assert changed.get(name) == document.get(name)
    for fix in (key, fix_dependency(text, "rich", "x"), fix_permission(PATH, text, "net")):
        lines = applied(text, fix).splitlines()
        assert all(line in lines for line in text.splitlines() if line.startswith("#"))
