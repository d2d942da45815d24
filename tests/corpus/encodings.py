"""One object in every transfer syntax of which pydicom brings, or zlib makes, a real example."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)

from corpus.images import SC, image
from corpus.modules import identified
from corpus.plant import plant
from corpus.yard import encoded, meta, part10, sample

if TYPE_CHECKING:
    from corpus.yard import Yard

NATIVE = {
    "implicit": ImplicitVRLittleEndian, "explicit": ExplicitVRLittleEndian,
    "deflated": DeflatedExplicitVRLittleEndian, "big_endian": ExplicitVRBigEndian,
}  # fmt: skip
# Compressed examples that come with pydicom; their frames stay as they are.
COMPRESSED = {
    "jpeg_baseline": "SC_rgb_small_odd_jpeg.dcm", "jpeg_extended": "JPEG-lossy.dcm",
    "jpeg_lossless_sv1": "SC_rgb_jpeg_gdcm.dcm", "jpeg_ls": "MR_small_jpeg_ls_lossless.dcm",
    "jpeg_ls_near": "JPEGLSNearLossless_08.dcm", "jpeg_2000_lossless": "MR_small_jp2klossless.dcm",
    "jpeg_2000": "JPEG2000.dcm", "rle_multiframe": "SC_rgb_rle_2frame.dcm",
}  # fmt: skip
DEFLATED_FRAMES = "1.2.840.10008.1.2.8.1"
JPIP_REFERENCED = "1.2.840.10008.1.2.4.94"


def encoding_files(yard: Yard) -> None:
    """One file for each transfer syntax."""
    for name, syntax in NATIVE.items():
        ds = _secondary_capture(yard, name)
        yard.bytes_out(yard.mint.file, part10(ds, syntax))
    for name, example in COMPRESSED.items():
        yard.mint.file = f"syntaxes/{name}.dcm"
        ds = sample(example)
        syntax = ds.file_meta.TransferSyntaxUID
        if "SOPClassUID" not in ds:
            ds.SOPClassUID = SC
        identified(ds, name, str(ds.get("Modality") or "OT"))
        plant(ds, yard.mint)
        yard.bytes_out(yard.mint.file, part10(ds, syntax))
    ds = _secondary_capture(yard, "rle")
    ds.compress(RLELossless, generate_instance_uid=False)
    yard.bytes_out(yard.mint.file, part10(ds, RLELossless))
    _deflated_frames(yard)
    _referenced_pixels(yard)


def _secondary_capture(yard: Yard, name: str) -> Dataset:
    yard.mint.file = f"syntaxes/{name}.dcm"
    ds = identified(image(SC), name, "OT")
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.ConversionType, ds.PatientOrientation = "WSD", ["L", "F"]
    plant(ds, yard.mint)
    block = ds.private_block(0x0029, "UNKNOWN VENDOR", create=True)
    block.add_new(0x01, "LO", yard.mint.text('dcm:(0029,"UNKNOWN VENDOR",01)'))
    return ds


def _deflated_frames(yard: Yard) -> None:
    """Deflated Image Frame Compression: each frame deflated, the data set not."""
    ds = _secondary_capture(yard, "deflated_frames")
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    frame = packer.compress(bytes(ds.PixelData)) + packer.flush()
    ds.PixelData = encapsulate([frame + b"\0" * (len(frame) % 2)])
    ds["PixelData"].is_undefined_length = True
    ds["PixelData"].VR = "OB"
    # Newer than pydicom's dictionary of transfer syntaxes, hence written by parts.
    yard.bytes_out(yard.mint.file, b"\0" * 128 + b"DICM" + meta(ds, DEFLATED_FRAMES) + encoded(ds))


def _referenced_pixels(yard: Yard) -> None:
    """JPIP Referenced: the pixels are elsewhere, at a URL that says whose they are."""
    ds = _secondary_capture(yard, "jpip_referenced")
    del ds.PixelData
    name = yard.mint.text("dcm:(0028,7FE0)")
    uid = yard.mint.uid("dcm:(0028,7FE0), a UID in a URL", "remove", ())
    ds.PixelDataProviderURL = f"https://jpip.example/{name}?target={uid}"
    yard.bytes_out(yard.mint.file, part10(ds, JPIP_REFERENCED))
