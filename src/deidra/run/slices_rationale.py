"""For the audit: by which step each part of the criterion for single slices was met, with the figures of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deidra.run.slices import LEAST_SHARE
from deidra.run.wording import counted, moment
from deidra.workspace import outcomes
from deidra.workspace.paths import SLICES_RATIONALE, replace_private

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from deidra.policy.schema import Slices
    from deidra.run.summarise import Report

_NO_WAY_BACK = (
    "The preset erases the key when the run ends (`subjects.scheme: random`); the ledger in the workspace still pairs "
    "inputs with pictures until `deidra vault destroy`. Whoever holds the source images can compare them with a "
    "picture; nothing prevents that."
)
_FORMATS = {
    "png": "PNG with the chunks IHDR, IDAT and IEND and no other; there is no place for text, dates or profiles",
    "jpeg": "JPEG with the JFIF header, tables and samples; no EXIF, XMP, comment or profile",
}


def write_rationale(ledger: sqlite3.Connection, workspace: Path, slices: Slices, report: Report) -> None:
    """Write slices-rationale.md into the workspace; it holds no original value."""
    replace_private(workspace / SLICES_RATIONALE, _page(ledger, slices, report))


def _page(ledger: sqlite3.Connection, slices: Slices, report: Report) -> str:
    sections = (
        ("Single slices, never a volume", _never_a_volume(ledger, slices)),
        ("No metadata", _no_metadata(slices)),
        ("No text in the picture", _no_text(report)),
        ("No rare feature, no face", _for_people(report)),
        ("No way back", _NO_WAY_BACK),
    )
    about = report.about
    head = (
        f"# Why these pictures meet the criterion for single slices\n\nRun of {moment(report.started)}, policy "
        f"{about.policy} (SHA-256 {about.policy_digest}), Deidra {about.versions.get('deidra', '')}.\n\n"
        "Measured against criterion 2 of the University of Malta (2024): single slices without DICOM metadata, never a "
        "whole volume, no burned-in data, no rare feature. This page says what was done and counted. Whether the "
        "pictures may be called anonymous is for the controller to decide, not for a program to claim.\n\n"
        f"{counted(report.released, 'picture')} released; {report.not_selected:,} inputs left out because another "
        f"slice stands for their series or they are no image; {report.held:,} held; {report.rejected:,} rejected.\n"
    )
    return head + "".join(f"\n## {title}\n\n{text}\n" for title, text in sections)


def _never_a_volume(ledger: sqlite3.Connection, slices: Slices) -> str:
    rows = outcomes.released_by_series(ledger)
    taken = [(released, images) for released, images in rows if released]
    whole = sum(1 for released, images in taken if images == released)
    largest = max((released / images for released, images in taken if images > 1), default=0.0)
    pictures = sum(released for released, _ in taken)
    lines = [
        f"At most {counted(slices.per_series, 'slice')} of a series, and at most one in {LEAST_SHARE} of its slices "
        "(one of a series with fewer). Slices are ordered by position, else by Instance Number; those taken are evenly "
        "spaced, so they are not neighbours and none is the first or last of three or more. Of a multi-frame object, "
        "its middle frame.",
        f"Counted: {counted(pictures, 'picture')} of {len(taken):,} series; the largest share of a series with several "
        f"images is {largest:.1%}; {whole:,} of these series are a single image or object.",
    ]
    lines.append(
        "Several series can show one volume (reconstructions, phases); each is counted by itself, so such a volume may "
        "give one picture for each of its series."
    )
    return "\n\n".join(lines)


def _no_metadata(slices: Slices) -> str:
    form = _FORMATS[slices.format]
    names = (
        "lie in one folder for each subject, named by a pseudonym"
        if slices.folders == "subject"
        else "lie in one folder, with names that follow from a secret key alone: nothing groups pictures of one person"
    )
    return (
        f"{form}. Samples have 8 bits, windowed as the object says or over their range; spacing, position and stored "
        f"values are gone. Files {names}."
    )


def _no_text(report: Report) -> str:
    look = next((row for row in report.examinations if row.kind == "pixel-text"), None)
    made, by = (look.made, "; ".join(look.by)) if look else (0, "")
    painted = sum(row.objects for row in report.actions if row.action == "paint")
    return (
        f"Every picture comes of an object whose pixels were searched at full depth before ({made:,} of "
        f"{report.released:,}; {by or 'nothing'}). What was found was filled, in {counted(painted, 'object')}, but for "
        "scales and settings that name nobody, which may stay. Objects that could not be searched were held. A search "
        "misses some text: see docs/pixels.md for how much, measured."
    )


def _for_people(report: Report) -> str:
    return (
        f"**Not examined by this program: all {report.released:,} pictures.** Rare anatomy, implants, jewellery, "
        "tattoos and recognisable faces are for people to look at. A sagittal slice through the middle of a head shows "
        "a profile. Photographs of people are held by the policy unless it says otherwise."
    )
