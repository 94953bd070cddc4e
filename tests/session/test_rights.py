"""What a run may do: from the manifest, from its imports, from grants."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session.rights import NO_RIGHTS, PERMISSIONS, Rights, rights_of


def test_without_a_word_a_program_has_its_own_folder_and_may_start_others() -> None:
    assert NO_RIGHTS.granted == ()
    assert NO_RIGHTS.run is True


def test_an_own_project_gets_display_and_audio_by_its_imports_and_nothing_else() -> None:
    rights = rights_of({}, ("net", "display", "audio"))
    assert (rights.display, rights.audio, rights.net) == (True, True, False)
    assert rights.wanted == ("net",)


def test_what_the_manifest_says_wins_over_imports() -> None:
    assert rights_of({"display": False}, ("audio",)).display is False


@pytest.mark.parametrize(
    ("before", "grant", "after"),
    [
        (False, "net", True),
        (False, "net=127.0.0.1:8000", ("127.0.0.1:8000",)),
        (("a:1",), "net=b:2,c:3", ("a:1", "b:2", "c:3")),
        (True, "net=b:2", True),
        (("a:1",), "net", True),
    ],
)
def test_a_grant_adds(before: bool | tuple[str, ...], grant: str, after: object) -> None:
    assert Rights(net=before).with_grants([grant]).net == after


def test_what_is_granted_is_wanted_no_more() -> None:
    assert rights_of({}, ("net",)).with_grants(["net"]).wanted == ()


def test_a_permission_outside_the_vocabulary_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="There is no permission `camera`"):
        NO_RIGHTS.with_grants(["camera"])


@given(st.lists(st.sampled_from([*PERMISSIONS, "read=/a", "net=h:1"])))
def test_grants_only_ever_add(grants: list[str]) -> None:
    rights = NO_RIGHTS
    for grant in grants:
        more = rights.with_grants([grant])
        assert set(rights.granted) <= set(more.granted)
        rights = more
