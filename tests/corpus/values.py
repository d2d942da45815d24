"""Values that are not what their VR says, elements that no dictionary knows, and repeating groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydicom.sequence import Sequence

from corpus.images import CT, image
from corpus.modules import identified, item
from corpus.plant import plant, uproot
from corpus.raw import element, sequence, spliced
from corpus.yard import encoded, meta

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from corpus.yard import Yard

# Attributes of every grammar that Table E.1-1 does not list, or that an option retains.
GRAMMAR = {
    0x00080008: ("CS", "seen by {}"), 0x00080012: ("DA", "{}"), 0x00080013: ("TM", "{}"),
    0x0008002A: ("DT", "{}"),
    0x00081150: ("UI", "{}"), 0x00100040: ("CS", "{} lower"),
    0x00101010: ("AS", "{}"),
    0x00180015: ("CS", "arm of {} l."), 0x00180050: ("DS", "{}"), 0x00180060: ("DS", "1.0\\{}"),
    0x00189073: ("FD", "{} J"), 0x0020000E: ("UI", "1.2.{}"), 0x00200011: ("IS", "{}"),
    0x00200013: ("IS", "5 {}"), 0x00201041: ("DS", "1\\2\\{}"), 0x00281050: ("DS", "{}^JOHN"),
}  # fmt: skip
PADDED = {
    0x00080070: ("LO", "ACME\0{}"), 0x00081090: ("LO", "MODEL  \0\0 {}"), 0x00080060: ("CS", "CT\0{}"),
    0x00080020: ("DA", "20010203\0{}"), 0x0020000D: ("UI", "1.2.826.0.1.1\0{}"),
    0x00100010: ("PN", "ANON\0{}^J"),
    0x00180022: ("CS", "HELIX\0{}"), 0x00200012: ("IS", "3\0{}"), 0x00281053: ("DS", "1\0{}"),
    0x00181210: ("SH", "B30f\0{}"), 0x00101010: ("AS", "056Y\0{}"), 0x00080030: ("TM", "0102\0{}"),
}  # fmt: skip
OVERLONG = {
    0x00080070: ("LO", "A" * 100 + "{}"), 0x00180024: ("SH", "B" * 40 + "{}"),
    0x00180015: ("CS", "C" * 30 + "{}"),
    0x00180050: ("DS", "0" * 30 + "{}"), 0x00200013: ("IS", "0" * 20 + "{}"),
    0x00080055: ("AE", "D" * 30 + "{}"),
}  # fmt: skip
UNKNOWN = {
    0x0008FFF0: ("LO", "{}"), 0x00121234: ("UN", "{}"), 0x0018FFFE: ("UT", "{}"), 0x3004007F: ("LO", "{}"),
    0x00400000 | 0xFFF1: ("PN", "{}^J"), 0x0042FFFE: ("OB", "{}"), 0x50200022: ("LO", "{}"),
    0x60200022: ("LO", "{}"),
    0x7F000010: ("OB", "{}"), 0x000100A1: ("LO", "{}"), 0x00070010: ("LO", "{}"), 0xFFFF0010: ("LO", "{}"),
}  # fmt: skip
REPEATING = {
    0x50000022: ("LO", "{}"), 0x50002500: ("LO", "{}"), 0x5000200E: ("LT", "{}"), 0x50003000: ("OW", "{}"),
    0x50020040: ("SH", "{}"), 0x60000022: ("LO", "{}"), 0x60000045: ("LO", "{}"), 0x60001500: ("LO", "{}"),
    0x60003000: ("OW", "{}"), 0x60004000: ("LT", "{}"), 0x601E0022: ("LO", "{}"), 0x601E3000: ("OB", "{}"),
    0x60010010: ("LO", "{}"), 0x60011000: ("LO", "{}"),
}  # fmt: skip


def value_files(yard: Yard) -> None:
    """CT images with values that break their VR, unknown elements, overlays and curves, ages, copies."""
    for name, elements in (
        ("grammar", GRAMMAR), ("padded", PADDED), ("overlong", OVERLONG), ("unknown", UNKNOWN),
        ("repeating", REPEATING),
    ):  # fmt: skip
        _with_elements(yard, f"values/{name}.dcm", elements)
    _overlay_planes(yard)
    _ages(yard)
    _copies(yard)
    _text_as_un(yard)
    _echoes(yard)


def _planted(yard: Yard, file: str) -> Dataset:
    yard.mint.file = file
    ds = identified(image(CT), file, "CT")
    plant(ds, yard.mint)
    return ds


def _with_elements(yard: Yard, file: str, elements: dict[int, tuple[str, str]]) -> None:
    ds = _planted(yard, file)
    info = meta(ds)
    added = {}
    for tag, (vr, form) in elements.items():
        uproot(ds, yard.mint, tag)
        place = f"dcm:({tag >> 16:04X},{tag & 0xFFFF:04X}) {vr}, {file.split('/')[1][:-4]}"
        added[tag] = element(tag, vr, form.format(yard.mint.text(place)).encode("latin-1"))
    yard.bytes_out(file, b"\0" * 128 + b"DICM" + info + spliced(ds, added))


def _overlay_planes(yard: Yard) -> None:
    """A valid overlay plane with its texts, in a valid object."""
    file, mint = "values/overlay.dcm", yard.mint
    ds = _planted(yard, file)
    ds.add_new(0x60000010, "US", 8)
    ds.add_new(0x60000011, "US", 8)
    ds.add_new(0x60000022, "LO", mint.text("dcm:(6000,0022)"))
    ds.add_new(0x60000040, "CS", "G")
    ds.add_new(0x60000050, "SS", [1, 1])
    ds.add_new(0x60000100, "US", 1)
    ds.add_new(0x60000102, "US", 0)
    ds.add_new(0x60001500, "LO", mint.text("dcm:(6000,1500)"))
    ds.add_new(0x60003000, "OW", mint.text("dcm:(6000,3000)").encode())
    yard.bytes_out(file, b"\0" * 128 + b"DICM" + meta(ds) + encoded(ds))


def _ages(yard: Yard) -> None:
    """Ages over 89 in years: kept by no option as they are."""
    for name, age in (("years", "094Y"), ("oldest", "107Y")):
        ds = _planted(yard, f"values/age_{name}.dcm")
        uproot(ds, yard.mint, 0x00101010)
        ds.PatientAge = yard.mint.note(age, "dcm:(0010,1010)")
        yard.bytes_out(yard.mint.file, b"\0" * 128 + b"DICM" + meta(ds) + encoded(ds))


def _copies(yard: Yard) -> None:
    """Copies of the original elsewhere: icon, signatures, encrypted attributes, UIDs in URLs and text."""
    file, mint = "values/copies.dcm", yard.mint
    ds = _planted(yard, file)
    uproot(ds, mint, 0x00204000)
    icon = image(CT, bits=8)
    icon.PixelData = mint.text("dcm:(0088,0200)[0]/(7FE0,0010)").encode() * 8
    icon.ImageComments = mint.text("dcm:(0088,0200)[0]/(0020,4000)")
    ds.IconImageSequence = Sequence([icon])
    ds.EncryptedAttributesSequence = Sequence([item(
        EncryptedContentTransferSyntaxUID="1.2.840.10008.1.2.1",
        EncryptedContent=mint.text("dcm:(0400,0500)[0]/(0400,0520)").encode())])  # fmt: skip
    ds.ModifiedAttributesSequence = Sequence([item(PatientName=mint.text("dcm:(0400,0550)[0]/(0010,0010)"))])
    ds.add_new(0x4FFE0001, "SQ", Sequence([item(
        MACIDNumber=1, MACCalculationTransferSyntaxUID="1.2.840.10008.1.2.1", MACAlgorithm="RIPEMD160",
        DataElementsSigned=[0x00100010])]))  # fmt: skip
    ds.DigitalSignaturesSequence = Sequence([item(
        MACIDNumber=1, DigitalSignatureUID=mint.uid("dcm:(FFFA,FFFA)[0]/(0400,0100)", "remove", ()),
        DigitalSignatureDateTime=mint.moment("dcm:(FFFA,FFFA)[0]/(0400,0105)", "remove"),
        CertificateType="X509_1993_SIG",
        CertificateOfSigner=mint.text("dcm:(FFFA,FFFA)[0]/(0400,0115)").encode(),
        Signature=mint.text("dcm:(FFFA,FFFA)[0]/(0400,0120)").encode())])  # fmt: skip
    uid = mint.uid("dcm:(0008,1190), a UID in a URL", "remove", ())
    ds.RetrieveURL = f"https://pacs.example/studies/{uid}?name={mint.text('dcm:(0008,1190)')}"
    in_comment = mint.uid("dcm:(0020,4000), a UID in text", "remove", ())
    ds.ImageComments = (
        f"{mint.text('dcm:(0020,4000)')} born {mint.day('dcm:(0020,4000)', 'remove')} see {in_comment}"
    )
    yard.bytes_out(file, b"\0" * 128 + b"DICM" + meta(ds) + encoded(ds))


def _text_as_un(yard: Yard) -> None:
    """Standard attributes and sequences as explicit VR UN, and a sequence whose items hide in OB."""
    file, mint = "values/un.dcm", yard.mint
    ds = _planted(yard, file)
    info = meta(ds)
    uproot(ds, mint, 0x00081030, 0x00100010, 0x00081110, 0x00081111)
    added = {0x00081030: element(0x00081030, "UN", mint.text("dcm:(0008,1030), UN").encode())}
    added[0x00100010] = element(0x00100010, "UN", f"{mint.text('dcm:(0010,0010), UN')}^J".encode())
    for tag, defined in ((0x00081110, True), (0x00081111, False)):
        place = f"dcm:({tag >> 16:04X},{tag & 0xFFFF:04X})[0]/(0010,0010), UN sequence"
        inner = element(0x00100010, "PN", mint.text(place).encode(), implicit=True)
        added[tag] = sequence(tag, [inner], defined=defined, implicit=True, un=True)
    yard.bytes_out(file, b"\0" * 128 + b"DICM" + info + spliced(ds, added))


def _echoes(yard: Yard) -> None:
    """The subject's own name and number again in attributes whose text is otherwise kept."""
    ds = _planted(yard, "values/echo.dcm")
    name, number = str(ds.PatientName).partition("^")[0], str(ds.PatientID)
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL", name]
    ds.BodyPartExamined = number
    ds.StageName = name.title()
    ds.PositionReferenceIndicator = f"on {number.lower()}"
    ds.WindowCenterWidthExplanation = f"for {name}"
    ds.AnatomicRegionSequence = Sequence([item(
        CodeValue=number, CodingSchemeDesignator="99SITE", CodeMeaning=f"Head of {name}")])  # fmt: skip
    yard.mint.forget("dcm:(0028,1055)")
    yard.bytes_out(yard.mint.file, b"\0" * 128 + b"DICM" + meta(ds) + encoded(ds))
