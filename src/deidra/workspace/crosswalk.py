"""Who and what was released, beside the original identifiers: what a vault records of a run. Sensitive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deidra.workspace.documents import CONTENT_PREFIX

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

# The folder of an output is the pseudonym of its subject.
_PSEUDONYM = "substr(output, 1, instr(output, '/') - 1)"
_RELEASED = (
    "FROM outcomes JOIN objects ON objects.id = object_id JOIN series ON series.id = series_id "
    "JOIN subjects ON subjects.id = subject_id WHERE status = 'released' AND instr(output, '/') > 0"
)


def subjects(ledger: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """(subject key, pseudonym) of everybody of whom something was released."""
    return ledger.execute(f"SELECT DISTINCT subjects.key, {_PSEUDONYM} {_RELEASED}")


def other_uids(ledger: sqlite3.Connection) -> Iterator[str]:
    """Original UIDs that were mapped in what is released and are not those of `inputs.original_uids`, sorted.

    References to objects elsewhere, dimension organisations, tracking, irradiation events, UIDs in documents.
    """
    rows = ledger.execute(
        "SELECT DISTINCT uid FROM mapped_uids WHERE job_id IN (SELECT job_id FROM outcomes WHERE status = 'released') "
        "AND NOT EXISTS (SELECT 1 FROM objects WHERE sop_instance_uid = uid AND kind = 'dicom') "
        "AND uid NOT IN (SELECT uid FROM frames_of_reference) AND uid NOT IN (SELECT study_uid FROM series) "
        "AND uid NOT IN (SELECT series_uid FROM series) ORDER BY uid"
    )
    return (uid for (uid,) in rows)


def originals(ledger: sqlite3.Connection) -> Iterator[tuple[str, str, str]]:
    """(study | series | instance | frame-of-reference | document, original, pseudonym or "") of what was released.

    Documents are told by the digest of their content, after ``sha256:``. A frame of reference is nobody's alone.
    """
    return ledger.execute(
        f"SELECT DISTINCT 'study', study_uid, {_PSEUDONYM} {_RELEASED} AND study_uid != '' "  # noqa: S608
        f"UNION ALL SELECT DISTINCT 'series', series_uid, {_PSEUDONYM} {_RELEASED} AND series_uid != '' "
        f"UNION ALL SELECT 'instance', sop_instance_uid, {_PSEUDONYM} {_RELEASED} AND kind = 'dicom' "
        "AND sop_instance_uid IS NOT NULL "
        "UNION ALL SELECT 'frame-of-reference', uid, '' FROM frames_of_reference "
        f"UNION ALL SELECT DISTINCT 'document', '{CONTENT_PREFIX}' || digest, {_PSEUDONYM} "
        f"{_RELEASED.replace('WHERE', 'JOIN documents USING (object_id) WHERE')}"
    )
