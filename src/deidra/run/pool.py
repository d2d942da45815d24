"""Worker processes that may die: each task's fate is known, and one bad object never takes the run with it.

A pipe per worker and one task in flight on each, so the end of a worker names the task that ended it.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

from deidra.errors import DeidraError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.connection import Connection

Task = TypeVar("Task")
Answer = TypeVar("Answer")

_PR_SET_PDEATHSIG = 1
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_KEPT_BYTES = 1 << 25
# errno -> code and message: every further object would meet the same.
CANNOT_GO_ON = {
    errno.ENOSPC: ("disk-full", "no space left on the device; free some and run the same command again to go on"),
    errno.EDQUOT: ("disk-full", "the disk quota is used up; free some and run the same command again to go on"),
    errno.EROFS: ("disk-read-only", "the file system has become read-only"),
}


class Failed(msgspec.Struct, frozen=True):
    """A task that gave no answer. `died` when its worker ended; `fatal` when going on makes no sense."""

    code: str
    message: str
    died: bool = False
    fatal: bool = False


class _Note(msgspec.Struct, frozen=True):
    """What a worker says of its task before it answers."""

    said: Any


class _Worker(msgspec.Struct, Generic[Task], frozen=True):
    process: Any
    pipe: Connection
    task: Task


def default_jobs() -> int:
    """Workers for the cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def each(
    function: Callable[..., Answer],
    tasks: Iterable[Task],
    jobs: int,
    *,
    inline: bool | None = None,
    noted: Callable[[Task, Any], None] | None = None,
) -> Iterator[tuple[Task, Answer | Failed]]:
    """Run `function` on every task with `jobs` workers; answers come as they are ready.

    With `noted`, `function` also gets `tell`: what it is called with in a worker, `noted` gets here with the task.

    With one job everything runs in this process unless `inline` is False: then one worker is used, so
    that a task may crash. Tasks are taken from the iterable only when a worker is free.
    """
    if inline or (inline is None and jobs <= 1):
        for task in tasks:
            yield task, _attempt(function if noted is None else partial(function, tell=partial(noted, task)), task)
        return
    context = _context()
    source = iter(tasks)
    busy: dict[Connection, _Worker[Task]] = {}
    try:
        for task in source:
            worker = _start(context, function, task, list(busy), notes=noted is not None)
            busy[worker.pipe] = worker
            if len(busy) >= max(jobs, 1):
                break
        while busy:
            for ready in multiprocessing.connection.wait(list(busy)):
                worker = busy.pop(ready)  # type: ignore[call-overload]
                answer = _receive(worker)
                if isinstance(answer, _Note):
                    busy[worker.pipe] = worker
                    if noted is not None:
                        noted(worker.task, answer.said)
                    continue
                following = next(source, _NOTHING)
                if following is _NOTHING:
                    _dismiss(worker)
                elif isinstance(answer, Failed) and answer.died:
                    worker.pipe.close()
                    fresh = _start(context, function, following, list(busy), notes=noted is not None)
                    busy[fresh.pipe] = fresh
                else:
                    worker.pipe.send(following)
                    busy[worker.pipe] = _Worker(worker.process, worker.pipe, following)
                yield worker.task, answer
    finally:
        for worker in busy.values():
            worker.process.kill()
            worker.process.join()
            worker.pipe.close()


class _Nothing:
    pass


_NOTHING: Any = _Nothing()


def _context() -> Any:
    # Forked workers share the tables already loaded; forking a process with threads is unsafe.
    if sys.platform == "linux" and threading.active_count() == 1:
        return multiprocessing.get_context("fork")
    return multiprocessing.get_context("spawn")


def _start(
    context: Any, function: Callable[..., Answer], task: Task, others: list[Connection], *, notes: bool
) -> _Worker[Task]:
    ours, theirs = context.Pipe()
    forked = context.get_start_method() == "fork"
    # A forked worker inherits the pipes of the others; held open they would hide the end of their owner.
    inherited = [*others, ours] if forked else []
    process = context.Process(target=_serve, args=(theirs, function, inherited, notes), daemon=True)
    process.start()
    theirs.close()
    ours.send(task)
    return _Worker(process, ours, task)


def _receive(worker: _Worker[Any]) -> Any:
    try:
        return worker.pipe.recv()
    except (EOFError, OSError):
        worker.process.join()
        code = worker.process.exitcode
        how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        return Failed("worker-crashed", f"the worker ended by {how}", died=True)


def _dismiss(worker: _Worker[Any]) -> None:
    worker.pipe.close()
    worker.process.join()


def _serve(pipe: Connection, function: Callable[..., Any], inherited: list[Connection], notes: bool) -> None:
    """The life of a worker: until the other end of the pipe is gone."""
    work = partial(function, tell=lambda said: pipe.send(_Note(said))) if notes else function
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    _die_with_parent()
    _keep_freed_memory()
    for other in inherited:
        other.close()
    gc.freeze()  # what was inherited is never collected: its pages stay shared
    while True:
        try:
            task = pipe.recv()
        except (EOFError, OSError):
            return
        pipe.send(_attempt(work, task))


def _die_with_parent() -> None:
    """Ask Linux to end this worker when the run is killed: nothing is written after its death."""
    if sys.platform != "linux":
        return
    import ctypes

    parent = os.getppid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _keep_freed_memory() -> None:
    """Ask glibc to keep up to 32 MiB of what is freed: getting the pages of each large header anew takes longer
    than reading it."""
    if sys.platform != "linux":
        return
    import ctypes

    with contextlib.suppress(AttributeError):  # another C library
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_MMAP_THRESHOLD, _KEPT_BYTES)
        mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)


def _attempt(function: Callable[[Task], Answer], task: Task) -> Answer | Failed:
    # Headers are trees of tuples without cycles: looking for some in them costs a tenth of the time
    collects = gc.isenabled()
    gc.disable()
    try:
        return function(task)
    except UsageError as error:
        return Failed(error.code, error.message, fatal=True)
    except DeidraError as error:
        return Failed(error.code, error.message)
    except OSError as error:
        if error.errno in CANNOT_GO_ON:
            return Failed(*CANNOT_GO_ON[error.errno], fatal=True)
        return Failed("internal-error", where(error))
    except Exception as error:  # noqa: BLE001 - one bad object never stops a run
        return Failed("internal-error", where(error))
    finally:
        if collects:
            gc.enable()


def where(error: BaseException) -> str:
    """An unexpected error as its type and place in our code. Its text may quote a value, so it stays out."""
    trace, place = error.__traceback__, ""
    while trace is not None:
        code = trace.tb_frame.f_code
        if f"{os.sep}deidra{os.sep}" in code.co_filename:
            parts = Path(code.co_filename).parts
            place = f" in {'/'.join(parts[-2:])}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__}{place}"
