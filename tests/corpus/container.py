"""Carriers around and between the elements: preamble, meta information, padding, duplicates, file names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from corpus.images import CT, image
from corpus.modules import identified
from corpus.plant import plant, uproot
from corpus.raw import element, sequence, spliced
from corpus.yard import encoded, meta, part10

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from corpus.yard import Yard


def _planted(yard: Yard, file: str) -> Dataset:
    yard.mint.file = file
    ds = identified(image(CT), file, "CT")
    plant(ds, yard.mint)
    return ds


def container_files(yard: Yard) -> None:
    """One CT image for each kind of container carrier."""
    _preamble_and_meta(yard)
    _group_0004(yard)
    _padding(yard)
    _trailing_bytes(yard)
    _duplicates(yard)
    _group_lengths(yard)
    _without_preamble(yard)
    _file_names(yard)


def _preamble_and_meta(yard: Yard) -> None:
    file, mint = "container/meta.dcm", yard.mint
    ds = _planted(yard, file)
    preamble = f"II*\0 {mint.text('preamble')}^JOHN ".encode().ljust(128, b"\0")
    info = meta(
        ds,
        ImplementationClassUID=mint.uid("dcm:(0002,0012)", "remove", ()),
        ImplementationVersionName=mint.text("dcm:(0002,0013)"),
        SourceApplicationEntityTitle=mint.text("dcm:(0002,0016)"),
        SendingApplicationEntityTitle=mint.text("dcm:(0002,0017)"),
        ReceivingApplicationEntityTitle=mint.text("dcm:(0002,0018)"),
        SourcePresentationAddress=f"{mint.text('dcm:(0002,0026)')}.example:104",
        SendingPresentationAddress=f"{mint.text('dcm:(0002,0027)')}.example:104",
        ReceivingPresentationAddress=f"{mint.text('dcm:(0002,0028)')}.example:104",
        PrivateInformationCreatorUID=mint.uid("dcm:(0002,0100)", "remove", ()),
        PrivateInformation=mint.text("dcm:(0002,0102)").encode(),
    )
    yard.bytes_out(file, preamble + b"DICM" + info + encoded(ds))


def _group_0004(yard: Yard) -> None:
    """Directory attributes in an image: forbidden since PS3.15 E.1.1 duty 9."""
    file, mint = "container/group0004.dcm", yard.mint
    ds = _planted(yard, file)
    directory = element(0x00041130, "CS", mint.text("dcm:(0004,1130) in an image").encode())
    directory += element(0x00041500, "CS", f"DIR\\{mint.text('dcm:(0004,1500) in an image')}".encode())
    directory += element(0x00041511, "UI", mint.uid("dcm:(0004,1511) in an image", "map", ()).encode())
    yard.bytes_out(file, b"\0" * 128 + b"DICM" + meta(ds) + directory + encoded(ds))


def _padding(yard: Yard) -> None:
    file = "container/padding.dcm"
    ds = _planted(yard, file)
    padding = element(0xFFFCFFFC, "OB", f"{yard.mint.text('dcm:(FFFC,FFFC)')}^JOHN".encode())
    yard.bytes_out(file, b"\0" * 128 + b"DICM" + meta(ds) + encoded(ds) + padding)


def _trailing_bytes(yard: Yard) -> None:
    """Text after the last element that is no element; the object may be refused for it."""
    file = "container/trailing.dcm"
    ds = _planted(yard, file)
    trailer = f"\0\0{yard.mint.text('bytes after the data set')}^JOHN".encode()
    yard.bytes_out(file, b"\0" * 128 + b"DICM" + meta(ds) + encoded(ds) + trailer)


def _duplicates(yard: Yard) -> None:
    """The same attribute twice at top level and in an item; readers keep only the last."""
    file, mint = "container/duplicates.dcm", yard.mint
    ds = _planted(yard, file)
    uproot(ds, mint, 0x00081040, 0x00081110)
    first = f"{mint.text('dcm:(0010,0010), first of two')}^JOHN".encode()
    twice = b"".join(
        element(0x00081040, "LO", mint.text(f"dcm:(0008,1040), {n} of two").encode()) for n in "12"
    )
    inside = b"".join(
        element(0x00081030, "LO", mint.text(f"dcm:(0008,1110)[0]/(0008,1030), {n}").encode()) for n in "12"
    )
    added = {
        0x00081040: twice,
        0x00081110: sequence(0x00081110, [inside], defined=True),
        0x00100010: element(0x00100010, "PN", first),
    }
    yard.bytes_out(file, b"\0" * 128 + b"DICM" + meta(ds) + spliced(ds, added))


def _group_lengths(yard: Yard) -> None:
    """Group lengths, true to type and with text in them."""
    file, mint = "container/group_lengths.dcm", yard.mint
    ds = _planted(yard, file)
    added = {
        0x00080000: element(0x00080000, "UL", b"\x10\0\0\0"),
        0x00100000: element(0x00100000, "LO", mint.text("dcm:(0010,0000), text as group length").encode()),
        0x00180000: element(0x00180000, "UN", mint.text("dcm:(0018,0000), UN group length").encode()),
    }
    yard.bytes_out(file, b"\0" * 128 + b"DICM" + meta(ds) + spliced(ds, added))


def _without_preamble(yard: Yard) -> None:
    """Data sets as older archives hold them: meta without preamble, and no meta at all."""
    ds = _planted(yard, "container/meta_without_preamble.dcm")
    yard.bytes_out(yard.mint.file, meta(ds) + encoded(ds))
    for name, syntax in (("explicit", ExplicitVRLittleEndian), ("implicit", ImplicitVRLittleEndian)):
        ds = _planted(yard, f"container/no_meta_{name}")
        yard.bytes_out(yard.mint.file, encoded(ds, syntax))


def _file_names(yard: Yard) -> None:
    """Folders and files named after the patient, also in another script."""
    mint = yard.mint
    mint.file = ""
    folder, name = mint.text("folder name"), mint.text("file name")
    day, uid = mint.day("file name", "remove"), mint.uid("file name", "remove", ())
    other = mint.note("Žižkovská Běla", "folder name, not ASCII")
    file = f"{folder}_JOHN/{other}/{name} {day} {uid}.dcm"
    ds = _planted(yard, file)
    yard.bytes_out(file, part10(ds))
