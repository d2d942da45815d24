"""Videos become lossless frames: what the decoder showed stays, but for the boxes."""

from __future__ import annotations

import io
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import av
import imagecodecs
import jpeg_ls
import numpy as np
import pytest
from msgspec import structs
from pydicom import Dataset, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, generate_uid

from bitstream.videos import COLUMNS, FRAMES, ROWS, written
from deidra.errors import Held
from deidra.pixels.image import Layout
from deidra.pixels.redact import plan, redact_frame
from deidra.pixels.video_redact import redacted_frames
from peers import peer
from pixels import coded

BOXES = ((2, 5, 20, 60), (50, 70, 64, 96))
SYNTAXES = {
    ("mpeg2video", "mpeg2video"): "100",
    ("mpegts", "mpeg2video"): "101",
    ("h264", "libx264"): "102",
    ("mp4", "libx264"): "103",
    ("mpegts", "libx264"): "104",
    ("hevc", "libx265"): "107",
}


def layout(last: str) -> Layout:
    one = coded.layout(f"1.2.840.10008.1.2.4.{last}", "YBR_PARTIAL_420")
    return structs.replace(one, rows=ROWS, columns=COLUMNS, frames=FRAMES)


def redacted(data: bytes, one: Layout) -> list[bytes]:
    with tempfile.TemporaryFile() as stream:
        stream.write(data)
        return list(redacted_frames(one, stream, lambda frame: BOXES if frame >= 4 else ()))


def shown(data: bytes) -> list[Any]:
    with av.open(io.BytesIO(data)) as container:
        return [frame.to_ndarray(format="rgb24", interpolation="BILINEAR") for frame in container.decode(video=0)]


@pytest.mark.parametrize(("form", "codec"), SYNTAXES)
def test_every_pixel_beside_the_boxes_is_as_it_was_shown(form: str, codec: str) -> None:
    data = written(form, codec)
    one = layout(SYNTAXES[form, codec])
    what = plan(one)
    assert what.is_video
    assert what.transfer_syntax_uid == coded.LS
    before, after = shown(data), redacted(data, one)
    assert len(before) == len(after) == FRAMES
    for number, (old, new) in enumerate(zip(before, after, strict=True)):
        expected = old.copy()
        for top, left, bottom, right in BOXES if number >= 4 else ():
            expected[top:bottom, left:right] = 0
        assert np.array_equal(imagecodecs.jpegls_decode(new), expected)
        again, _ = jpeg_ls.decode_pixel_data(new)
        assert bytes(again) == expected.tobytes()


def test_a_video_is_not_redacted_frame_by_frame() -> None:
    with pytest.raises(Held, match="redaction-recodes"):
        redact_frame(layout("102"), b"", BOXES)


@pytest.mark.parametrize("damage", ["cut", "empty", "garbage", "frames", "size", "reference"])
def test_a_video_that_is_not_what_it_says_is_held(damage: str) -> None:
    data, one = written("mpegts", "libx264"), layout("104")
    if damage == "cut":
        data = data[: len(data) // 3]
    elif damage == "empty":
        data = b""
    elif damage == "garbage":
        data = np.random.default_rng(1).bytes(5000)
    elif damage == "frames":
        one = structs.replace(one, frames=FRAMES + 40)
    elif damage == "size":
        one = structs.replace(one, columns=COLUMNS + 2)
    else:
        data = b"ffconcat version 1.0\nfile /etc/passwd\n"
    with pytest.raises(Held):
        redacted(data, one)


def test_videos_that_would_not_fit_are_refused_before_they_are_decoded() -> None:
    with pytest.raises(Held, match="video-too-large"):
        redacted(b"", structs.replace(layout("102"), rows=2160, columns=3840, frames=9000))


def endoscopy(one: Layout) -> Dataset:
    """A video object as complete as its class asks for, but for its pixel data."""
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.77.1.1.1", generate_uid()
    ds.StudyInstanceUID, ds.SeriesInstanceUID = generate_uid(), generate_uid()
    ds.StudyDate = ds.StudyTime = ds.ReferringPhysicianName = ds.StudyID = ds.AccessionNumber = ""
    ds.PatientName, ds.PatientID, ds.PatientBirthDate, ds.PatientSex = "P", "1", "", "O"
    ds.Manufacturer, ds.Modality, ds.SeriesNumber, ds.InstanceNumber, ds.Laterality = "", "ES", 1, 1, ""
    ds.ContentDate, ds.ContentTime, ds.AcquisitionDateTime = "20200101", "120000", "20200101120000"
    ds.ImageType, ds.PatientOrientation, ds.AcquisitionContextSequence = ["ORIGINAL", "PRIMARY"], "", []
    ds.SamplesPerPixel, ds.PhotometricInterpretation = one.samples_per_pixel, one.photometric_interpretation
    ds.Rows, ds.Columns, ds.BitsAllocated, ds.BitsStored, ds.HighBit = one.rows, one.columns, 8, 8, 7
    ds.PixelRepresentation = ds.PlanarConfiguration = 0
    ds.NumberOfFrames, ds.FrameTime, ds.FrameIncrementPointer = one.frames, "40", 0x00181063
    ds.CineRate, ds.LossyImageCompression = 25, "01"
    ds.LossyImageCompressionRatio, ds.LossyImageCompressionMethod = "20", "ISO_14496_10"
    ds.BurnedInAnnotation = "NO"
    ds.file_meta = FileMetaDataset()
    return ds


@pytest.mark.peer
def test_a_video_object_stays_as_right_as_it_was(tmp_path: Path) -> None:
    one, data = layout("102"), written("h264", "libx264")
    before, after = endoscopy(one), endoscopy(one)
    before.file_meta.TransferSyntaxUID = UID(one.transfer_syntax_uid)
    before.PixelData = encapsulate([data], has_bot=False)
    what, frames = plan(one), redacted(data, one)
    after.file_meta.TransferSyntaxUID = UID(what.transfer_syntax_uid)
    after.PixelData, after.NumberOfFrames = encapsulate(frames), len(frames)
    for keyword, value in what.attributes.items():
        if value is not None:
            setattr(after, keyword, value)
    found = []
    for name, ds in (("before", before), ("after", after)):
        ds["PixelData"].VR = "OB"
        ds.save_as(tmp_path / name, enforce_file_format=True)
        run = subprocess.run([peer("dciodvfy"), "-new", tmp_path / name], capture_output=True, text=True, check=False)
        found.append({line for line in run.stderr.splitlines() if line.startswith("Error")})
    assert not found[1] - found[0]
    assert dcmread(tmp_path / "after").pixel_array.shape == (FRAMES, ROWS, COLUMNS, 3)
