"""A small honest engine for tests of the run itself: objects are text files, released by copying their payload.

    STANDIN
    patient=P1
    study=1.2
    series=1.2.3
    sop=1.2.3.4

    payload

The first word of the payload can ask for trouble: CRASH, RAISE, HOLD, REJECT, FULL, SLOW, FORGET.
Run as a program (SOURCE OUT JOBS), so that tests can kill it.
"""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from deidra.dicom.survey import Facts
from deidra.errors import Held, Rejected
from deidra.identity.pseudonyms import subject_key
from deidra.model import Action, Batch, Edit, Examination, ObjectFacts, Outcome, Reason, Term
from deidra.run.collection import RunSummary, run_job
from deidra.run.job import About, Job
from deidra.run.mechanisms import Mechanisms
from deidra.run.progress import Progress
from deidra.workspace.lock import locked
from deidra.workspace.paths import open_workspace, settle_folders

MAGIC = b"STANDIN\n"
CT = "1.2.840.10008.5.1.4.1.1.2"


def build(patient: str, study: str, series: str, sop: str, payload: str = "pixels", **more: str) -> bytes:
    """One object."""
    fields = {"patient": patient, "study": study, "series": series, "sop": sop, **more}
    return MAGIC + "".join(f"{key}={value}\n" for key, value in fields.items()).encode() + b"\n" + payload.encode()


def write_collection(
    folder: Path, patients: int = 2, series: int = 2, objects: int = 5, payload: str = "pixels"
) -> None:
    """A folder per patient; every name in it is unlike every identifier."""
    for p in range(patients):
        for s in range(series):
            place = folder / f"person{p}" / f"scan{s}"
            place.mkdir(parents=True)
            for o in range(objects):
                uid = f"1.9.{p}.{s}.{o}"
                content = build(f"NEEDLE-{p}", f"1.9.{p}", f"1.9.{p}.{s}", uid, f"{payload} {p} {s} {o}")
                (place / f"file{o}.img").write_bytes(content)


def _parse(path: str) -> tuple[dict[str, str], str]:
    content = Path(path).read_bytes()
    head, _, payload = content.removeprefix(MAGIC).partition(b"\n\n")
    fields = dict(line.split("=", 1) for line in head.decode().splitlines())
    return fields, payload.decode()


def read_facts(path: str, size: int) -> Facts:
    with Path(path).open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise Held("not-dicom", "not a stand-in object")
    fields, payload = _parse(path)
    if payload.startswith("BREAK-SURVEY"):
        os.kill(os.getpid(), signal.SIGKILL)
    if "sop" not in fields:
        raise Rejected("truncated", "the object ends early", "byte 8")
    return Facts(
        patient_id=fields["patient"],
        issuer="",
        patient_name=fields["patient"] + "^NAME",
        birth_date="",
        study_uid=fields["study"],
        series_uid=fields["series"],
        sop_instance_uid=fields["sop"],
        frame_of_reference_uid=fields["study"] + ".999",
        sop_class_uid=CT,
        modality=fields.get("modality", "CT"),
        transfer_syntax_uid="1.2.840.10008.1.2.1",
        texts=frozenset(),
        site="",
        terms=(Term("identifier", fields["patient"]),),
        is_dicomdir=False,
    )


def looks_like_dicom(first: bytes) -> bool:
    return first.startswith(MAGIC)


def new_uid(original: str) -> str:
    return f"2.25.{int(hashlib.sha256(original.encode()).hexdigest()[:20], 16)}"


EDITS = tuple(
    Edit(f"dcm:(0010,{number:04X})", Action.REMOVE, f"E.1-1:(0010,{number:04X})", "PS3.15 Table E.1-1 X")
    for number in range(0x1000, 0x1100)
)
LOOKS = (Examination("metadata", made=True, by="stand-in"), Examination("pixel-text", made=False, note="no eyes"))


def deidentify(batch: Batch, context: tuple[Path, bool], tell: Callable[[float], None] | None = None) -> list[Outcome]:
    out, dry_run = context
    outcomes = []
    for source in batch.objects:
        fields, payload = _parse(source.path)
        _trouble(payload)
        if payload.startswith("FORGET"):
            continue
        if payload.startswith(("HOLD", "REJECT")):
            status = "held" if payload.startswith("HOLD") else "rejected"
            outcomes.append(Outcome(source.id, status, (Reason("stand-in", "dcm:(0008,0018)", "asked for"),)))
            continue
        subject = hashlib.sha256(batch.subject.key.encode()).hexdigest()[:8]
        parts = (subject, new_uid(fields["study"]), new_uid(fields["series"]), new_uid(fields["sop"]) + ".dcm")
        output = "/".join(parts)
        if not dry_run:
            _write(out / output, payload)
        facts = ObjectFacts("CT", CT, "1.2.840.10008.1.2.1", source.size, len(payload.encode()))
        outcomes.append(Outcome(source.id, "released", (), EDITS, LOOKS, facts, output))
    return outcomes


def _trouble(payload: str) -> None:
    if payload.startswith("CRASH"):
        os.kill(os.getpid(), signal.SIGKILL)
    if payload.startswith("RAISE"):
        raise ValueError("NEEDLE in the text of an error")
    if payload.startswith("FULL"):
        raise OSError(errno.ENOSPC, "No space left on device")
    if payload.startswith("SLOW"):
        time.sleep(0.01)


def _write(target: Path, payload: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".part")
    partial.write_text(payload)
    partial.rename(target)


MECHANISMS = Mechanisms(lambda: read_facts, looks_like_dicom, subject_key, deidentify)


def job(digest: str = "policy-1", *, dry_run: bool = False) -> Job:
    """A job of the stand-in; the digest stands for its policy."""
    about = About(
        policy="stand-in",
        policy_title="copies & <nothing> else",
        policy_digest=digest,
        edition="2026c",
        options=("modified-dates",),
        methods=("stand-in",),
        unexamined="hold",
        versions={"deidra": "0"},
    )
    learn, kept = (lambda _: frozenset()), {"uids_kept": ""}
    return Job(MECHANISMS, about, digest, learn, lambda _, __, out: (out, dry_run), new_uid, kept)


def run(
    sources: list[Path],
    out: Path,
    *,
    jobs: int = 1,
    digest: str = "policy-1",
    told: list[Progress] | None = None,
) -> RunSummary:
    """Run the stand-in over the sources, with the default workspace."""
    folders = settle_folders(sources, out, None)
    open_workspace(folders.workspace)
    with locked(folders.workspace):
        return run_job(job(digest), folders, jobs, None if told is None else told.append)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its content."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


if __name__ == "__main__":
    run([Path(sys.argv[1])], Path(sys.argv[2]), jobs=int(sys.argv[3]))
