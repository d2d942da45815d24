"""Released files are whole or not there, and what the file system refuses is told."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from deidra.dicom.reader import BytesReader, FileReader
from deidra.engine import deidentify
from deidra.formats.sink import TEMPORARY_SUFFIX, Sink
from dicom.by_hand import INSTANCE, PIXEL_DATA, ct_file
from dicom.release import batch, context, release, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from deidra.model import Outcome


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def slices(count: int, pixel_bytes: int = 32) -> list[bytes]:
    return [
        ct_file({0x00080018: ("UI", f"{INSTANCE}.{number}".encode()), PIXEL_DATA: ("OW", bytes(pixel_bytes))})
        for number in range(count)
    ]


def test_a_file_has_a_temporary_name_until_its_batch_is_committed(tmp_path: Path) -> None:
    sink = Sink(tmp_path)
    sink.write("a/b/1.dcm", BytesReader(b"0123456789"), [b"start", (2, 5), b"end"])
    sink.write("a/b/2.dcm", BytesReader(b""), [b"two"])
    assert files(tmp_path) == [f"a/b/{number}.dcm{TEMPORARY_SUFFIX}" for number in (1, 2)]
    sink.commit()
    assert files(tmp_path) == ["a/b/1.dcm", "a/b/2.dcm"]
    assert (tmp_path / "a/b/1.dcm").read_bytes() == b"start23456end"
    sink.commit()
    assert files(tmp_path) == ["a/b/1.dcm", "a/b/2.dcm"]


def test_a_commit_of_nothing_touches_nothing(tmp_path: Path) -> None:
    Sink(tmp_path / "out").commit()
    assert list(tmp_path.iterdir()) == []


def test_what_an_interrupted_run_left_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / f"1.dcm{TEMPORARY_SUFFIX}").write_bytes(b"half of something much longer than what comes")
    (tmp_path / "1.dcm").write_bytes(b"an older release")
    sink = Sink(tmp_path)
    sink.write("1.dcm", BytesReader(b""), [b"whole"])
    sink.commit()
    assert files(tmp_path) == ["1.dcm"]
    assert (tmp_path / "1.dcm").read_bytes() == b"whole"


def test_a_source_that_ends_early_leaves_no_file(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(bytes(1000))
    descriptor = os.open(source, os.O_RDONLY)
    sink = Sink(tmp_path / "out")
    with pytest.raises(OSError, match="shorter"):
        sink.write("1.dcm", FileReader(descriptor, 5000), [b"start", (0, 5000)])
    os.close(descriptor)
    sink.commit()
    assert files(tmp_path / "out") == []


def test_one_object_in_the_batch_that_fails_does_not_spoil_the_others(tmp_path: Path) -> None:
    contents = slices(5)
    contents[1] = contents[1][:-10]
    contents[3] = b"rubbish"
    results = release(tmp_path, *contents)
    assert [outcome.status for outcome, _ in results] == ["released", "rejected", "released", "held", "released"]
    assert files(tmp_path / "out") == sorted(outcome.output for outcome, _ in results if outcome.output)


def test_two_objects_of_one_batch_with_one_name_do_not_break_the_batch(tmp_path: Path) -> None:
    first, second = ct_file(), ct_file({0x00180050: ("DS", b"2.5")})
    paths = written(tmp_path / "in", [first, second, slices(1)[0]])
    outcomes = deidentify(batch(paths), context(tmp_path / "out"))
    assert len(outcomes) == 3
    released = [outcome.output for outcome in outcomes if outcome.status == "released"]
    assert files(tmp_path / "out") == sorted(set(released))
    assert len(released) == len(set(released)), "two objects claim to be the same file"


def test_a_folder_where_a_file_should_be_is_an_io_error(tmp_path: Path) -> None:
    ((outcome, _),) = release(tmp_path / "first", ct_file())
    (tmp_path / "out" / f"{outcome.output}{TEMPORARY_SUFFIX}").mkdir(parents=True)
    (again,) = deidentify(batch(written(tmp_path / "in", [ct_file()])), context(tmp_path / "out"))
    assert (again.status, again.reasons[0].code) == ("held", "io-error")


# What the file system refuses


@contextmanager
def largest_file(length: int) -> Iterator[None]:
    """Writing beyond `length` fails, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (length, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, old)


def only_reason(outcome: Outcome) -> tuple[str, str]:
    (reason,) = outcome.reasons
    assert outcome.status == "held"
    return reason.code, reason.message


def test_a_file_that_cannot_be_finished_is_held_and_leaves_nothing(tmp_path: Path) -> None:
    paths = written(tmp_path / "in", [*slices(1), *slices(2, 300_000)[1:]])
    with largest_file(100_000):
        outcomes = deidentify(batch(paths), context(tmp_path / "out"))
    assert outcomes[0].status == "released"
    assert only_reason(outcomes[1]) == ("io-error", f"the operating system refused: {os.strerror(errno.EFBIG)}")
    assert files(tmp_path / "out") == [outcomes[0].output]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KiB; the test is skipped where none can be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    done = mount and subprocess.run([mount, "-t", "tmpfs", "-o", "size=256k", "deidra", folder], capture_output=True)
    if not done or done.returncode:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", folder], capture_output=True)


def test_a_full_disk_stops_the_run_and_leaves_no_half_file_under_a_final_name(small_disk: Path, tmp_path: Path) -> None:
    paths = written(tmp_path / "in", slices(6, 90_000))
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        deidentify(batch(paths), context(small_disk / "out"))
    assert [name for name in files(small_disk / "out") if not name.endswith(TEMPORARY_SUFFIX)] == []
    # What is left of the batch is whole, and is written over when the run starts again with more space
    sizes = {path.stat().st_size for path in (small_disk / "out").rglob(f"*{TEMPORARY_SUFFIX}")}
    assert len(sizes) == 1


# As another user, because root may write anywhere
_AS_NOBODY = """
import os, sys
from pathlib import Path
sys.path[:0] = {path!r}
from dicom.release import batch, context
from deidra.engine import deidentify
prepared = context(Path(sys.argv[2]))
if os.getuid() == 0:
    os.setgroups([])
    os.setuid(65534)
(outcome,) = deidentify(batch([Path(sys.argv[1])]), prepared)
print(outcome.status, [(reason.code, reason.message) for reason in outcome.reasons])
"""


def as_nobody(source: Path, out: Path) -> str:
    code = _AS_NOBODY.format(path=[entry for entry in sys.path if entry])
    done = subprocess.run([sys.executable, "-c", code, source, out], capture_output=True, text=True)
    assert done.stderr == ""
    return done.stdout.strip()


@pytest.fixture
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that every user can reach."""
    folder = tmp_path_factory.mktemp("shared")
    opened = [
        parent for parent in [folder, *folder.parents] if parent != parent.parent and not parent.stat().st_mode & 1
    ]
    modes = [(parent, parent.stat().st_mode) for parent in opened]
    for parent in opened:
        parent.chmod(0o755)
    yield folder
    for parent, mode in modes:
        parent.chmod(mode)


def test_a_read_only_output_folder_holds_the_object(shared: Path) -> None:
    source, out = shared / "1.dcm", shared / "out"
    source.write_bytes(ct_file())
    source.chmod(0o644)
    out.mkdir()
    out.chmod(0o555)
    reason = ("io-error", f"the operating system refused: {os.strerror(errno.EACCES)}")
    assert as_nobody(source, out) == f"held {[reason]}"
    assert files(out) == []


def test_a_source_that_may_not_be_read_holds_the_object(shared: Path) -> None:
    source, out = shared / "1.dcm", shared / "out"
    source.write_bytes(ct_file())
    source.chmod(0)
    out.mkdir()
    out.chmod(0o777)
    reason = ("io-error", f"the operating system refused: {os.strerror(errno.EACCES)}")
    assert as_nobody(source, out) == f"held {[reason]}"
    assert files(out) == []


def test_a_source_that_is_gone_holds_the_object(tmp_path: Path) -> None:
    paths = written(tmp_path / "in", slices(2))
    asked = batch(paths)
    paths[0].unlink()
    outcomes = deidentify(asked, context(tmp_path / "out"))
    assert only_reason(outcomes[0])[0] == "io-error"
    assert outcomes[1].status == "released"


NAMES = (
    "../../../../../../escaped",
    "/deidra-escaped",
    "..",
    ".",
    "...",
    "",
    "a/b",
    "a\0b",
    "1.2.3/../4",
    "x" * 300,
    "con\r\n",
)


@pytest.mark.parametrize("vr", ["UI", "OB", "UN", "LO", "UT"])
@pytest.mark.parametrize("tag", [0x00080018, 0x0020000D, 0x0020000E])
def test_no_identifier_leads_out_of_the_output_folder(tag: int, vr: str, tmp_path: Path) -> None:
    astray = []
    for number, name in enumerate(NAMES):
        for policy, settings in (("basic", ("options=uids",)), ("public-research", ())):
            top = tmp_path / f"{number}-{policy}"
            folder = top / "a" / "b" / "c" / "d"
            ((outcome, _),) = release(folder, ct_file({tag: (vr, name.encode())}), policy=policy, settings=settings)
            written_files = [path for path in top.rglob("*") if path.is_file() and folder / "in" not in path.parents]
            # subject, study, series, object
            if any(
                len(path.relative_to(folder / "out").parts) != 4 if folder / "out" in path.parents else True
                for path in written_files
            ):
                astray.append((policy, name))
            astray += [(policy, name) for reason in outcome.reasons if reason.code == "internal-error"]
    assert astray == []
