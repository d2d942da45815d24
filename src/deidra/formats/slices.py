"""Single pictures in place of objects: each object goes the way of all others, and one frame of it leaves as a picture.

University of Malta, anonymisation of medical images, 2024: single slices without metadata, without text in the picture,
never a volume.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from deidra.dicom.deidentify import open_normalised
from deidra.dicom.header import Header
from deidra.dicom.pixel_image import DicomImage
from deidra.dicom.reader import FileReader
from deidra.dicom.source import read_sections
from deidra.errors import Held

if TYPE_CHECKING:
    from typing import Literal


def picture_of(path: str, form: Literal["png", "jpeg"]) -> bytes:
    """The middle frame of a DICOM file as a picture file. Raises Held where there is none or it cannot be decoded."""
    from deidra.pixels.slice_picture import slice_picture

    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        source = open_normalised(FileReader(descriptor, os.fstat(descriptor).st_size))
        header = Header(list(read_sections(source)), source)
        if not header.has_pixels:
            raise Held("not-an-image", "no image of which a picture could be taken")
        image = DicomImage(path, header, source, frozenset())
        return slice_picture(image, image.layout.frames // 2, form)
    finally:
        os.close(descriptor)
