"""The words of reports and of the command line: what terms mean to somebody who answers for the data."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deidra.run.summarise import Report

LOOKS = {
    "metadata": ("Attributes", "Each element of the header met a rule of the policy."),
    "container": (
        "File container",
        "Preamble, file meta information, trailing bytes, file and folder names.",
    ),
    "known-identifiers": (
        "Known identifiers",
        "Kept text was searched for names and numbers of the same person.",
    ),
    "overlay-text": ("Text in overlays", "Names, dates and numbers drawn in overlay planes."),
    "pixel-text": ("Text in pixels", "Names, dates and numbers burned into the image."),
    "faces": ("Faces", "Recognisable faces in head scans and photographs."),
    "streams": ("Coded streams", "Comments and metadata inside compressed frames."),
    "free-text": ("Free text", "Descriptions, comments and reports."),
}

ACTIONS = {
    "remove": ("Removed", "taken out of the object"),
    "empty": ("Emptied", "left without a value"),
    "dummy": ("Replaced", "a fixed value that says nothing"),
    "clean": ("Cleaned", "the identifying part taken out"),
    "derive-id": ("Pseudonym", "the subject's new identifier"),
    "derive-uid": ("New UID", "mapped by key, references stay closed"),
    "derive-date": ("Date shifted", "by the subject's own constant offset"),
    "generalise": ("Made coarser", "such as an age over 89"),
    "paint": ("Painted over", "pixels"),
    "rewrite": ("Written anew", "containers and markers of de-identification"),
    "keep": ("Kept", "left as it is"),
}

OPTIONS = {
    "safe-private": "Retain Safe Private",
    "uids": "Retain UIDs",
    "device-identity": "Retain Device Identity",
    "institution-identity": "Retain Institution Identity",
    "patient-characteristics": "Retain Patient Characteristics",
    "full-dates": "Retain Longitudinal Full Dates",
    "modified-dates": "Retain Longitudinal Modified Dates",
    "clean-descriptors": "Clean Descriptors",
    "clean-structured-content": "Clean Structured Content",
    "clean-graphics": "Clean Graphics",
    "clean-pixel-data": "Clean Pixel Data",
}

_ADVICE = {
    "pixels-unexamined": "Look at these images. If they carry no text: --set pixels.unexamined=release.",
    "stream-malformed": "The coded frames are damaged. Decode and encode them anew, or --set pixels.streams=keep.",
    "stream-truncated": "The coded frames are damaged. Decode and encode them anew, or --set pixels.streams=keep.",
    "stream-unsupported": "Decode and encode the frames anew, or keep what they carry: --set pixels.streams=keep.",
    "stream-hidden-text": "Text stands behind the last sample of a frame. Decode and encode the frames anew.",
    "frames-missing": "The object has fewer frames than it says. Send it again from where it came.",
    "frames-unclear": "Write the object anew with one fragment for each frame.",
    "not-dicom": "If it should go along, de-identify it by other means; otherwise leave it out of the sources.",
    "duplicate-instance": "Nothing to do: its twin went through.",
    "duplicate-document": "Nothing to do: its twin went through.",
    "subject-unknown": "Put it into the folder of the images of its patient, with nobody else's below it.",
    "several-subjects": "Split it into one document for each patient.",
    "documents-replaced": "Clean documents instead: --set documents.content=clean.",
    "document-damaged": "Open it where it came from and save it anew.",
    "document-encrypted": "Take the password off and run again.",
    "document-too-large": "Split it.",
    "xml-dtd": "Save it without its document type declaration, or leave it out.",
    "examination-not-possible": "To leave pictures in documents out: --set documents.pictures=remove; "
    "to let them through unread, after a look at them: --set documents.pictures=release.",
    "conflicting-instance": "Find out which of them is right and leave the other out of the sources.",
    "worker-crashed": "Run again. If it happens again, report it: no input should bring a worker down.",
    "internal-error": "Report it with the code and place given here; neither holds any value.",
    "subject-not-listed": "Add the subject to the list given with --subjects.",
    "not-selected": "Nothing to do. To let it out, add it to the selection.",
    "selection-consumed": "Nothing to do: the manifest in the output is its successor.",
    "selection-incomplete": "Add the folder with the missing objects to the sources, or make the selection anew.",
    "selection-unreadable": "Make the selection anew, or take the file out of the sources.",
    "export-delayed": "Wait for what it waits for, then select again without the delay.",
    "dicomdir-empty": "Nothing to do until something is released.",
    "empty-file": "Copy it again from where it came; it has no content.",
    "truncated": "Copy it again from where it came; the end is missing.",
    "link-not-followed": "Name the place that it points to as a source of its own.",
    "unreadable": "Check permissions and the disk, and run again.",
    "folder-unreadable": "Check permissions and the disk, and run again.",
    "archive-damaged": "Copy the archive again; members before the damage went on.",
    "archive-bomb": "Do not open it. Ask where it came from.",
    "archive-too-large": "Unpack it yourself and name the folder as a source.",
    "archive-too-deep": "Unpack it yourself and name the folder as a source.",
    "member-encrypted": "Unpack it with its password and name the folder as a source.",
    "io-error": "Check the disk, and run again.",
}
_GENERAL_ADVICE = {
    "held": "Look at one of them; inputs.csv tells which file it is.",
    "rejected": "Check the file where it came from; inputs.csv tells which file it is.",
}


def counted(count: int, noun: str) -> str:
    """``1 object``, ``2 objects``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    return f"{text[:1].upper()}{text[1:]}."


def advice(status: str, code: str) -> str:
    """What to do about a reason."""
    return _ADVICE.get(code, _GENERAL_ADVICE.get(status, ""))


def verdict(report: Report) -> str:
    """The run in one sentence."""
    total = report.released + report.held + report.rejected
    aside = f"; {report.not_selected:,} not selected" if report.not_selected else ""
    if not report.released:
        return f"Nothing was released{aside}"
    if report.released == total:
        return (f"All {counted(total, 'object')} released" if total != 1 else "The one object was released") + aside
    left = [f"{count:,} {name}" for name, count in (("held", report.held), ("rejected", report.rejected)) if count]
    return f"{report.released:,} of {counted(total, 'object')} released, {' and '.join(left)}{aside}"


def next_steps(report: Report) -> list[str]:
    """What a careful person does now. HTML."""
    steps = []
    if report.held:
        steps.append(
            f"Decide on the {counted(report.held, 'held object')}: the table above says why and what to do. "
            "Run the same command again afterwards; what is released already stays as it is."
        )
    if report.rejected:
        steps.append(
            f"Find out why {counted(report.rejected, 'object')} could not be read; "
            "<code>inputs.csv</code> names the files."
        )
    if report.retained_texts:
        steps.append(
            f"Read <code>retained-text.csv</code> beside this page: {counted(report.retained_texts, 'distinct text')} "
            "stay in what is released. What should not be there goes with an override of the policy."
        )
    if any(row.not_made for row in report.examinations):
        steps.append(
            "Mind what was <b>not examined</b>. Before the data leave the house, look at a sample of images "
            "with your own eyes."
        )
    steps.append("Let a second person, or another program, check the output before it is handed over.")
    steps.append(
        "Keep the workspace folder private and safe: it holds the key and the original names. "
        "Whoever receives the data must not have it."
    )
    return steps


def moment(started: str) -> str:
    """A UTC time stamp for people."""
    return datetime.fromisoformat(started).strftime("%d %B %Y, %H:%M UTC")


def duration(seconds: float) -> str:
    """``0.8 seconds``, ``3 min 20 s``, ``2 h 5 min``."""
    if seconds < 60:
        return f"{seconds:.1f} seconds"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def size(count: int) -> str:
    """Bytes in the unit that fits (powers of 1000)."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:,.1f} TB"
