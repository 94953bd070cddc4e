# /// script
# requires-python = ">=3.11"
# dependencies = []
# ///
"""Primes: counts the primes up to twenty million, the work shared between processes."""

import multiprocessing
import os
import time

LIMIT = 20_000_000
SHARE = 1_000_000


def count_primes(first: int) -> tuple[int, int, int]:
    """Count the primes in one share of the numbers; return its start, the count and the process."""
    last = first + SHARE
    sieve = bytearray(b"\x01") * SHARE
    for divisor in range(2, int(last**0.5) + 1):
        start = max(divisor * divisor, -(-first // divisor) * divisor)
        sieve[start - first :: divisor] = bytes(len(range(start, last, divisor)))
    below_two = max(0, 2 - first)
    return first, sum(sieve) - below_two, os.getpid()


def main() -> None:
    """Share the work out and add up what comes back."""
    started = time.perf_counter()
    total, pids = 0, set()
    # Fresh processes, as on every platform: each of them imports this file again.
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        for first, count, pid in pool.imap(count_primes, range(0, LIMIT, SHARE)):
            total += count
            pids.add(pid)
            print(f"{first:>10,} to {first + SHARE - 1:>10,}: {count:>7,} primes", flush=True)
    seconds = time.perf_counter() - started
    print(f"{total:,} primes below {LIMIT:,}, by {len(pids)} processes in {seconds:.1f} s")


if __name__ == "__main__":
    main()
