"""Every file under the sources, in a fixed order. Links are never followed, nothing is left out silently."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import msgspec

from deidra.model import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Found(msgspec.Struct, frozen=True):
    """A file, or something that cannot be one: then `reason` says why it is rejected.

    `name` is the absolute path, undecodable bytes kept as surrogates. `path` is where to read it when it is
    a member of an archive; else ``""``. `depth` counts the archives around it. Sensitive: names name people.
    """

    name: str
    size: int = 0
    mtime_ns: int = 0
    path: str = ""
    depth: int = 0
    reason: Reason | None = None


def discover(sources: Sequence[str]) -> Iterator[Found]:
    """Walk the sources depth first, each folder in sorted order. Sources are absolute and exist."""
    for source in sources:
        try:
            status = os.lstat(source)
        except OSError as error:
            yield _refused(source, "unreadable", f"cannot be looked at: {error.strerror}")
            continue
        if stat.S_ISDIR(status.st_mode):
            yield from _walk(source)
        else:
            yield _judge(source, status)


def _walk(top: str) -> Iterator[Found]:
    folders = [top]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            yield _refused(folder, "folder-unreadable", f"the folder cannot be listed: {error.strerror}")
            continue
        inner = []
        for entry in entries:
            try:
                if entry.is_dir(follow_symlinks=False):
                    inner.append(entry.path)
                    continue
                status = entry.stat(follow_symlinks=False)
            except OSError as error:
                yield _refused(entry.path, "unreadable", f"cannot be looked at: {error.strerror}")
                continue
            yield _judge(entry.path, status)
        folders.extend(reversed(inner))


def _judge(name: str, status: os.stat_result) -> Found:
    mode = status.st_mode
    if stat.S_ISREG(mode):
        if status.st_size == 0:
            return _refused(name, "empty-file", "the file has no bytes")
        return Found(name, status.st_size, status.st_mtime_ns)
    if stat.S_ISLNK(mode):
        return _refused(name, "link-not-followed", "a symbolic link; links are never followed")
    kinds = (
        (stat.S_ISFIFO, "FIFO"),
        (stat.S_ISSOCK, "socket"),
        (stat.S_ISCHR, "device"),
        (stat.S_ISBLK, "device"),
    )
    kind = next((text for test, text in kinds if test(mode)), "special file")
    return _refused(name, "not-a-file", f"a {kind}, not a file")


def _refused(name: str, code: str, message: str) -> Found:
    return Found(name, reason=Reason(code, "", message))
