"""Series that lie alike, as means across subjects see them: their geometry, and a mean image written by slices."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from deidra.dicom.deidentify import open_normalised
from deidra.dicom.header import Header
from deidra.dicom.pixel_image import DicomImage
from deidra.dicom.reader import FileReader
from deidra.dicom.source import read_sections
from deidra.errors import Held

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from deidra.pixels.mean_image import Plane

_TAGS = [
    "Modality", "BodyPartExamined", "ViewPosition", "ImageLaterality", "Laterality", "Units", "Rows", "Columns",
    "PixelSpacing", "ImagerPixelSpacing", "ImageOrientationPatient", "ImagePositionPatient", "InstanceNumber",
    "NumberOfFrames", "SamplesPerPixel", "PhotometricInterpretation",
]  # fmt: skip
_NO_AXES = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
_UNEVEN_MM = 0.01


class Geometry(msgspec.Struct, frozen=True, order=True):
    """What series must share to be averaged: kind of image, size, spacing in mm and orientation, in that order.

    `spacing_mm`: between rows, columns, slices; 0 where it is not known.
    """

    modality: str
    body_part: str
    view: str
    units: str
    photometric_interpretation: str
    rows: int
    columns: int
    slices: int
    spacing_mm: tuple[float, float, float]
    axes: tuple[float, ...]


class Series(msgspec.Struct, frozen=True):
    """The files of a series in order of their slices."""

    geometry: Geometry
    paths: tuple[str, ...]


def series_of(paths: Sequence[str]) -> Series | None:
    """The geometry of a series; None where it is not one volume of single grey slices, or a single grey image."""
    from pydicom import dcmread
    from pydicom.config import disable_value_validation

    try:
        with disable_value_validation():
            headers = [dcmread(path, stop_before_pixels=True, specific_tags=_TAGS) for path in paths]
            if any(int(ds.get("NumberOfFrames") or 1) != 1 or ds.get("SamplesPerPixel") != 1 for ds in headers):
                return None
            axes = tuple(round(float(v), 2) for v in headers[0].get("ImageOrientationPatient") or ()) or _NO_AXES
            places = [_place(ds, axes) for ds in headers]
            order = sorted(range(len(paths)), key=lambda at: (places[at], paths[at]))
            gap = _even_gap([places[at] for at in order])
            if gap is None or len({_geometry(ds, axes, len(paths), gap) for ds in headers}) != 1:
                return None
            return Series(_geometry(headers[0], axes, len(paths), gap), tuple(paths[at] for at in order))
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it is not averaged
        return None


def _place(header: Any, axes: tuple[float, ...]) -> float:
    position = header.get("ImagePositionPatient")
    if not position:
        return 0.0
    (a, b, c), (d, e, f) = axes[:3], axes[3:]
    normal = (b * f - c * e, c * d - a * f, a * e - b * d)
    return sum(n * float(p) for n, p in zip(normal, position, strict=True))


def _even_gap(places: Sequence[float]) -> float | None:
    """The distance of slices in mm, 0 for a single one; None where it is not the same throughout."""
    gaps = [later - earlier for earlier, later in itertools.pairwise(places)]
    if not gaps:
        return 0.0
    even = gaps[0] > _UNEVEN_MM and max(gaps) - min(gaps) < _UNEVEN_MM
    return round(sum(gaps) / len(gaps), 2) if even else None


def _geometry(header: Any, axes: tuple[float, ...], slices: int, gap: float) -> Geometry:
    spacing = header.get("PixelSpacing") or header.get("ImagerPixelSpacing") or (0, 0)
    own = tuple(round(float(v), 2) for v in header.get("ImageOrientationPatient") or ()) or _NO_AXES
    view = [header.get(keyword) for keyword in ("ViewPosition", "ImageLaterality", "Laterality")]
    return Geometry(
        str(header.get("Modality") or ""),
        str(header.get("BodyPartExamined") or ""),
        " ".join(str(one) for one in view if one),
        str(header.get("Units") or ""),
        str(header.get("PhotometricInterpretation") or ""),
        int(header.get("Rows") or 0),
        int(header.get("Columns") or 0),
        slices,
        (round(float(spacing[0]), 3), round(float(spacing[1]), 3), gap),
        own if own == axes else (),
    )


def write_mean(group: Sequence[Series], path: Path) -> bytes:
    """Write the mean image of series of one geometry as NIfTI-1; gives a PNG of its middle slice.

    Raises Held or Rejected when a series cannot be read.
    """
    from deidra.pixels.mean_image import nifti_header, preview, trimmed_mean

    geometry = group[0].geometry
    shown = b""
    with path.open("wb") as file:
        shape = (geometry.rows, geometry.columns, geometry.slices)
        file.write(nifti_header(shape, geometry.spacing_mm, geometry.axes))
        for at in range(geometry.slices):
            mean = trimmed_mean(_planes(group, at))
            file.write(mean.tobytes())
            if at == geometry.slices // 2:
                shown = preview(mean)
    return shown


def _planes(group: Sequence[Series], at: int) -> Iterator[Plane]:
    for series in group:
        yield _plane(series.paths[at])


def _plane(path: str) -> Plane:
    from deidra.pixels.mean_image import plane

    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        source = open_normalised(FileReader(descriptor, os.fstat(descriptor).st_size))
        header = Header(list(read_sections(source)), source)
        if not header.has_pixels:
            raise Held("not-an-image", "no image that could be averaged")
        slope, intercept = _number(header, 0x00281053, 1.0), _number(header, 0x00281052, 0.0)
        return plane(DicomImage(path, header, source, frozenset()), slope, intercept)
    finally:
        os.close(descriptor)


def _number(header: Header, tag: int, otherwise: float) -> float:
    try:
        return float(header.text(tag).split("\\")[0])
    except ValueError:
        return otherwise
