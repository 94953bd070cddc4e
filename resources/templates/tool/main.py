"""$title: counts the words of text files and lists the most frequent ones.

Arguments go after two hyphens: `playhead play . -- --top 3 some.txt`. Without a file the
bundled sample is counted. Exits with 0 when all is well, 1 when a file could not be read and
2 when the command line is wrong.
"""

import argparse
import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

SAMPLE = Path(__file__).with_name("sample.txt")


def count_words(text: str) -> Counter[str]:
    """Count the words of a text; upper and lower case are the same word."""
    return Counter(re.findall(r"[^\W\d_]+", text.lower()))


def read_arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line; ends the program with 2 where it is wrong."""
    parser = argparse.ArgumentParser(prog="$name", description="Counts the words of text files.")
    parser.add_argument("files", nargs="*", type=Path, default=[SAMPLE], metavar="FILE")
    parser.add_argument("--top", type=int, default=5, help="how many words are listed")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Count every file, and return the exit code."""
    arguments = read_arguments(argv)
    total: Counter[str] = Counter()
    code = 0
    for path in arguments.files:
        try:
            words = count_words(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            print(f"{path} cannot be read: {error}", file=sys.stderr)
            code = 1
            continue
        print(f"{words.total():>8}  {path.name}")
        total += words
    for word, times in total.most_common(arguments.top):
        print(f"{times:>8}  {word}")
    return code


if __name__ == "__main__":
    sys.exit(main())
