"""Runs steps as soon as what they need is there, side by side where they are independent.

A step that fails holds back those that need it and no others, so every failure is found. What is
no failure of the project (a stop, whatever the host's spawn raises) ends the graph at once.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any, NamedTuple

from shipper.build.context import Context
from shipper.errors import PrepareFailed, StoreUnwritable
from shipper.journal import Journal, Phase, StepLog

#: What the steps before have returned, by step name.
Results = dict[str, Any]


class Step(NamedTuple):
    """One step: it is given its log and all results so far, and returns its own."""

    phase: Phase
    needs: tuple[str, ...]
    run: Callable[[StepLog, Results], Any]


def run_steps(steps: Sequence[Step], journal: Journal, context: Context) -> Results:
    """Run all steps and return their results; raise the failures as one, in step order.

    When this returns or raises, no step is running any more.
    """
    run = _Run(steps, journal, context)
    with ThreadPoolExecutor(max_workers=context.workers, thread_name_prefix="shipper") as pool:
        run.until_done(pool)
    if run.broken is not None:
        raise run.broken
    failed = [run.failures[step.phase.name] for step in steps if step.phase.name in run.failures]
    if failed:
        whole = PrepareFailed.of([part for one in failed for part in one.parts or (one,)])
        whole.reported = True
        raise whole
    return run.results


class _Run:
    def __init__(self, steps: Sequence[Step], journal: Journal, context: Context) -> None:
        self.waiting = list(steps)
        self.journal = journal
        self.context = context
        self.results: Results = {}
        self.failures: dict[str, PrepareFailed] = {}
        self.broken: BaseException | None = None
        self.held_back: set[str] = set()

    def until_done(self, pool: ThreadPoolExecutor) -> None:
        running: dict[Future[Any], Step] = {}
        while True:
            self._start_ready(pool, running)
            if not running:
                return
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in sorted(finished, key=lambda one: running[one].phase.name):
                self._take(running.pop(future), future)

    def _start_ready(self, pool: ThreadPoolExecutor, running: dict[Future[Any], Step]) -> None:
        for step in list(self.waiting):
            if any(need in self.failures or need in self.held_back for need in step.needs):
                self.waiting.remove(step)
                self.held_back.add(step.phase.name)
                self.journal.close(step.phase.name)
            elif self.broken is None and all(need in self.results for need in step.needs):
                self.waiting.remove(step)
                running[pool.submit(self._one, step)] = step

    def _one(self, step: Step) -> Any:  # noqa: ANN401 - steps return what they like
        self.context.check()
        log = StepLog(step.phase, self.journal)
        try:
            return step.run(log, self.results)
        except PrepareFailed as failure:
            self._report(failure, log)
            raise
        except OSError as error:
            # A project's files are read with care elsewhere; what is left is our own cache.
            unwritable = StoreUnwritable(self.context.cache, error)
            self._report(unwritable, log)
            raise unwritable from error

    @staticmethod
    def _report(failure: PrepareFailed, log: StepLog) -> None:
        if not failure.reported:
            log.fail(failure)
            failure.reported = True

    def _take(self, step: Step, future: Future[Any]) -> None:
        error = future.exception()
        if error is None:
            self.results[step.phase.name] = future.result()
        elif isinstance(error, PrepareFailed):
            self.failures[step.phase.name] = error
        elif self.broken is None:
            self.broken = error
            self.context.halt()
        if self.broken is None:
            self.journal.close(step.phase.name)
