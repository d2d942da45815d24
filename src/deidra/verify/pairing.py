"""Which source an output was made of: by the ledger, by UIDs that stayed, by equal samples, geometry or path."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from deidra.verify.from_ledger import Release
from deidra.verify.harvest import Harvest
from deidra.workspace.inputs import to_bytes

# Ways to tell, the surest first; instance numbers tell objects with equal samples apart
_KEYS = (
    "sop_class, sop",
    "sop_class, pixels, geometry",
    "sop_class, pixels, instance_number",
    "sop_class, pixels",
    "sop_class, geometry, instance_number",
    "sop_class, geometry",
    # Of outputs that lost their class
    "sop",
    "pixels, instance_number",
    "pixels",
)
_FACTS = (
    "sop_class", "sop", "modality", "study_date", "accession", "patient_name", "patient_id", "birth_date", "sex",
    "study", "series", "instance_number",
)  # fmt: skip


def add_source(
    collection: sqlite3.Connection, number: int, name: str, path: str, found: Harvest, subject: int | None
) -> None:
    """Record a source object."""
    row = [number, to_bytes(name), path, found.problem, subject, found.pixels, found.geometry]
    row += [getattr(found.facts, fact) for fact in _FACTS]
    collection.execute(f"INSERT OR IGNORE INTO source VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608 - ours


def pair_by_ledger(collection: sqlite3.Connection, releases: Iterable[Release]) -> int:
    """Give outputs their subject and source; gives how many outputs the ledger has and the folder has not."""
    missing, of_no_input = 0, []
    for release in releases:
        row = collection.execute("SELECT id FROM object WHERE path = ?", (to_bytes(release.output),)).fetchone()
        if row is None:
            missing += 1
            continue
        name = to_bytes(release.source)
        source = collection.execute("SELECT id, subject FROM source WHERE name = ?", (name,)).fetchone()
        if source is None and release.sop:  # the sources were moved since
            rows = collection.execute("SELECT id, subject FROM source WHERE sop = ? LIMIT 2", (release.sop,)).fetchall()
            source = rows[0] if len(rows) == 1 else None
        origin, subject = source or (None, release.subject)
        collection.execute(
            "UPDATE object SET subject = ?, expected = ?, source_id = ? WHERE id = ?",
            (subject, release.size, origin, row[0]),
        )
        if subject is None and not release.source:
            of_no_input.append((row[0], _top_folder(release.output)))
    for number, folder in of_no_input:
        collection.execute(
            "UPDATE object SET subject = (SELECT min(subject) FROM object WHERE path > ? AND path < ? "
            "AND subject IS NOT NULL HAVING count(DISTINCT subject) = 1) WHERE id = ?",
            (folder + b"/", folder + b"0", number),
        )
    return missing


def _top_folder(output: str) -> bytes:
    """The folder at the top, which a subject has to itself."""
    return to_bytes(output.partition("/")[0])


def pair_by_content(collection: sqlite3.Connection) -> None:
    """Pair what is left by what de-identification leaves alone, where that is unique on both sides."""
    for keys in _KEYS:
        columns = keys.split(", ")
        given = " AND ".join(f"coalesce({column}, '') NOT IN ('', x'')" for column in columns)
        chosen = f"SELECT min(id) AS id, {keys} FROM {{}} WHERE {{}} AND {given} GROUP BY {keys} HAVING count(*) = 1"  # noqa: S608
        objects = chosen.format("object", "source_id IS NULL")
        sources = chosen.format("source", "id NOT IN (SELECT source_id FROM object WHERE source_id IS NOT NULL)")
        rows = collection.execute(
            f"SELECT o.id, s.id FROM ({objects}) AS o JOIN ({sources}) AS s USING ({keys})"  # noqa: S608 - names of our own
        ).fetchall()
        collection.executemany(
            "UPDATE object SET source_id = ? WHERE id = ?", [(source, number) for number, source in rows]
        )
    _pair_by_path(collection)
    collection.execute(
        "UPDATE object SET subject = (SELECT subject FROM source WHERE source.id = source_id) "
        "WHERE subject IS NULL AND source_id IS NOT NULL"
    )
    _subjects_by_patient(collection)


def _pair_by_path(collection: sqlite3.Connection) -> None:
    """Pair what has the same path below both folders, subfolder included, and is of one class and number."""
    facts = "sop_class, instance_number"
    rows = collection.execute(f"SELECT path, {facts}, id FROM object WHERE source_id IS NULL AND instr(path, x'2F')")  # noqa: S608
    left = {row[:-1]: row[-1] for row in rows}
    pairs = []
    for name, *known, source in collection.execute(
        f"SELECT name, {facts}, id FROM source "  # noqa: S608 - names of our own
        "WHERE id NOT IN (SELECT source_id FROM object WHERE source_id IS NOT NULL)"
    ):
        folders = name.split(b"/")
        ways = ((b"/".join(folders[start:]), *known) for start in range(len(folders) - 1))
        found = next((way for way in ways if way in left), None)
        if found is not None:
            pairs.append((source, left.pop(found)))
    collection.executemany("UPDATE object SET source_id = ? WHERE id = ?", pairs)


def _subjects_by_patient(collection: sqlite3.Connection) -> None:
    """Objects that could not be paired belong to the subject of the others with their Patient ID, if that is one."""
    collection.execute(
        "UPDATE object SET subject = (SELECT min(o.subject) FROM object AS o WHERE o.patient_id = object.patient_id "
        "AND o.subject IS NOT NULL HAVING count(DISTINCT o.subject) = 1) WHERE subject IS NULL AND patient_id != ''"
    )
