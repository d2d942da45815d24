"""Clean objects of many IODs, made from nothing: the ground on which identifiers are planted.

Each is a valid instance of its IOD that names nobody; patients, studies and series are told apart by their UIDs.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from pydicom.dataset import Dataset

from deidra.score.synthetic import documents, images, radiotherapy
from deidra.score.synthetic.modules import Place

FIRST_STUDY = ("ct", "ct", "ct", "mr", "mr", "cr", "us", "sc", "seg", "sr", "ko", "pr", "pdf")
SECOND_STUDY = ("ct", "ct", "rtstruct", "rtplan", "rtdose", "pt", "pt", "dx", "mg", "ecg", "vl", "enhanced_mr", "sr")
MAKERS = {
    "ct": images.ct, "mr": images.mr, "cr": images.cr, "dx": images.dx, "mg": images.mg, "us": images.us,
    "pt": images.pt, "sc": images.sc, "vl": images.vl, "enhanced_mr": images.enhanced_mr, "seg": images.seg,
    "sr": documents.sr, "ko": documents.ko, "pr": documents.pr, "pdf": documents.pdf, "ecg": documents.ecg,
    "rtstruct": radiotherapy.rtstruct, "rtplan": radiotherapy.rtplan, "rtdose": radiotherapy.rtdose,
}  # fmt: skip
OBJECTS_PER_SUBJECT = len(FIRST_STUDY) + len(SECOND_STUDY)


def clean_objects(subjects: int, seed: int) -> Iterator[Dataset]:
    """`subjects` patients with two studies each, 26 objects a patient. The same arguments give the same objects."""
    for subject in range(subjects):
        for study, kinds in enumerate((FIRST_STUDY, SECOND_STUDY)):
            counts: dict[str, int] = {}
            for kind in kinds:
                counts[kind] = counts.get(kind, 0) + 1
                rng = Random(f"synthetic {seed} {subject} {study} {kind} {counts[kind]}")  # noqa: S311
                place = Place(seed, subject, study, list(counts).index(kind) + 1, counts[kind])
                yield MAKERS[kind](place, rng)
