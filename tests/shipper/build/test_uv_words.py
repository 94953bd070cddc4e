"""What uv says, in its older and newer drawings, and what is made of it."""

import pytest

from shipper.build.uv_words import explain

CASES = {
    "unsolvable": (
        "error: No solution found when resolving dependencies\n"
        "  cause: Because you require six==1.16.0 and six==1.15.0, we can conclude that your "
        "requirements are unsatisfiable.\n",
        "dependencies-unsolvable",
        "The dependencies cannot be had together: you require six==1.16.0 and six==1.15.0.",
    ),
    "unsolvable, drawn": (
        "  × No solution found when resolving dependencies:\n"
        "  ╰─▶ Because only six<=1.17.0 is available and you require six>99, we can\n"
        "      conclude that your requirements are unsatisfiable.\n",
        "dependencies-unsolvable",
        "The dependencies cannot be had together: only six<=1.17.0 is available and you require "
        "six>99.",
    ),
    "not found": (
        "error: No solution found when resolving dependencies\n"
        "  cause: Because nonesuch was not found in the package registry and you require "
        "nonesuch, we can conclude that your requirements are unsatisfiable.\n",
        "package-not-found",
        "There is no package named `nonesuch` where packages are looked for.",
    ),
    "needs building": (
        "error: No solution found when resolving dependencies\n"
        "  cause: Because all versions of docopt have no usable wheels and you require docopt, "
        "we can conclude that your requirements are unsatisfiable.\n\n"
        "hint: Wheels are required for `docopt` because building from source is disabled for all "
        "packages (i.e., with `--no-build`)\n",
        "needs-building",
        "`docopt` would have to be built from source, and Playhead installs wheels only.",
    ),
    "needs building, drawn": (
        "  × No solution found when resolving dependencies:\n"
        "  ╰─▶ Because docopt==0.6.2 has no usable wheels and only docopt==0.6.2 is\n"
        "      available, we can conclude that all versions of docopt cannot be used.\n",
        "needs-building",
        "`docopt` would have to be built from source, and Playhead installs wheels only.",
    ),
    "no network": (
        "error: Request failed after 3 retries in 10.9s\n"
        "  cause: Failed to fetch: http://127.0.0.1:9/simple/six/\n"
        "  cause: error sending request for url (http://127.0.0.1:9/simple/six/)\n"
        "  cause: tcp connect error\n  cause: Connection refused (os error 111)\n",
        "no-network",
        "The package registry could not be reached, and a dependency is not in the cache yet.",
    ),
    "offline": (
        "error: No solution found when resolving dependencies\n"
        "  cause: Because attrs was not found in the cache and you require attrs, we can conclude "
        "that your requirements are unsatisfiable.\n\n"
        "hint: Packages were unavailable because the network was disabled.\n",
        "no-network",
        "The package registry could not be reached, and a dependency is not in the cache yet.",
    ),
    "broken requirement": (
        "error: Couldn't parse requirement in `-` at position 0\n"
        "  cause: Expected one of `@`, `(`, found `a`\n"
        "         not a valid ! requirement\n             ^\n",
        "requirement-broken",
        "A dependency is not written as it should be: Expected one of `@`, `(`, found `a` not a "
        "valid ! requirement.",
    ),
    "disk": (
        "error: failed to write to file `/x/y`\n  cause: No space left on device (os error 28)\n",
        "no-space",
        "There is no space left to install the dependencies.",
    ),
    "lock": (
        "error: Failed to parse `uv.lock`\n  cause: TOML parse error at line 1, column 10\n"
        "           |\n         1 | nonsense [\n           |          ^\n"
        "         key with no value, expected `=`\n",
        "lock-broken",
        "The project's lock cannot be used: TOML parse error at line 1, column 10 key with no "
        "value, expected `=`.",
    ),
    "refused": (
        "error: Failed to download\n"
        "  cause: HTTP status client error (403 Forbidden) for url (http://x/y)\n",
        "registry-refused",
        "The package registry refused: `403 Forbidden`.",
    ),
    "something else": (
        "warning: careful\nerror: The moon is in the wrong phase\n",
        "dependencies-failed",
        "The dependencies could not be installed: The moon is in the wrong phase.",
    ),
    "nothing": (
        "",
        "dependencies-failed",
        "The dependencies could not be installed: uv gave no reason.",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_words(name: str) -> None:
    stderr, code, sentence = CASES[name]
    failure = explain(stderr, ["six"])
    assert (failure.code, failure.message) == (code, sentence)
    assert failure.hint
