"""The one way to say that a name is old."""

import warnings

from packaging.version import Version

from session.deprecation import deprecated
from session.workers.old_keys import OLD_KEYS, REMOVED_IN, SINCE
from tests.support.playhead import ROOT


def old_name() -> None:
    """Something that has another name by now."""
    deprecated("old_name", since="0.1", removed_in="1.0", instead="`new_name`")


def test_it_is_said_in_one_sentence_at_the_place_of_use() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        old_name()
    (one,) = caught
    assert one.category is DeprecationWarning
    assert str(one.message) == (
        "`old_name` is deprecated since Playhead 0.1 and goes with 1.0: use `new_name`."
    )
    assert one.filename == __file__


def test_what_is_old_is_removed_in_time() -> None:
    """Fails in the version that no longer should know the old keys, until they are gone."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    version = next(line.split('"')[1] for line in text.splitlines() if line.startswith("version"))
    assert Version(SINCE) <= Version(version) < Version(REMOVED_IN), OLD_KEYS
