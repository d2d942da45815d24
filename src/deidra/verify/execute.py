"""Workers for a list of tasks. One that dies takes its chunk along; its tasks are tried again one by one."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

Task = TypeVar("Task")
Answer = TypeVar("Answer")

CHUNK = 16


def default_jobs() -> int:
    """Workers for the cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def each(
    function: Callable[[list[Task]], Sequence[Answer]], tasks: Iterable[Task], jobs: int
) -> Iterator[tuple[Task, Answer | None]]:
    """(task, answer) as answers come; None for a task that brought its worker down. One job works in this process."""
    source = iter(tasks)
    chunks = iter(lambda: list(itertools.islice(source, CHUNK)), [])
    if jobs <= 1:
        for chunk in chunks:
            yield from zip(chunk, function(chunk), strict=True)
        return
    broken: list[list[Task]] = []
    while True:
        died = yield from _pooled(function, chunks, jobs, broken)
        if not died:
            break
    for task in itertools.chain.from_iterable(broken):
        yield task, _alone(function, task)


def _pooled(
    function: Callable[[list[Task]], Sequence[Answer]],
    chunks: Iterator[list[Task]],
    jobs: int,
    broken: list[list[Task]],
) -> Generator[tuple[Task, Answer], None, bool]:
    """Work until nothing is left, or until a worker dies: then what was on the way goes to `broken`. Gives which."""
    busy: dict[Future[Sequence[Answer]], list[Task]] = {}
    with ProcessPoolExecutor(jobs, mp_context=_context()) as pool:
        for chunk in itertools.islice(chunks, 2 * jobs):
            busy[pool.submit(function, chunk)] = chunk
        while busy:
            done, _ = wait(busy, return_when=FIRST_COMPLETED)
            for future in done:
                tasks = busy.pop(future)
                try:
                    answers = future.result()
                except BrokenProcessPool:
                    broken += [tasks, *busy.values()]
                    return True
                following = next(chunks, None)
                if following is not None:
                    busy[pool.submit(function, following)] = following
                yield from zip(tasks, answers, strict=True)
    return False


def _alone(function: Callable[[list[Task]], Sequence[Answer]], task: Task) -> Answer | None:
    with ProcessPoolExecutor(1, mp_context=_context()) as pool:
        try:
            return pool.submit(function, [task]).result()[0]
        except BrokenProcessPool:
            return None


def _context() -> Any:
    # Forked workers share the needles already loaded; forking a process with threads is unsafe
    forks = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if forks else "spawn")
