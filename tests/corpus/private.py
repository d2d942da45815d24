"""Private elements: safe and unknown creators, nested, implicit, of defined length, without a creator."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from corpus.images import MR, image
from corpus.modules import identified, item
from corpus.plant import plant
from corpus.raw import element, sequence, spliced
from corpus.yard import encoded, meta

if TYPE_CHECKING:
    from corpus.needles import Mint
    from corpus.yard import Yard

SAFE = ("safe-private",)


def private_files(yard: Yard) -> None:
    """One MR image with every private carrier in each little endian encoding."""
    for name, syntax in (("explicit", ExplicitVRLittleEndian), ("implicit", ImplicitVRLittleEndian)):
        file = f"private/{name}.dcm"
        yard.mint.file = file
        ds = identified(image(MR), f"private {name}", "MR")
        plant(ds, yard.mint)
        implicit = name == "implicit"
        added = {
            0x0009: _unknown_creators(yard.mint, implicit),
            0x0019: _safe_numbers(yard.mint, implicit),
            0x0029: _sequences(yard.mint, implicit),
            0x0031: _without_creator(yard.mint, implicit),
            0x2001: _same_creator_twice(yard.mint, implicit),
            0x2005: _judged_item_by_item(yard.mint, implicit),
        }
        body = spliced(ds, {group << 16: data for group, data in added.items()}, syntax)
        yard.bytes_out(file, b"\0" * 128 + b"DICM" + meta(ds, syntax) + body)
    _declared_safe(yard)


def _creator(group: int, block: int, name: str, implicit: bool) -> bytes:
    return element(group << 16 | block, "LO", name.encode(), implicit=implicit)


def _unknown_creators(mint: Mint, implicit: bool) -> bytes:
    group = 0x0009
    named = mint.text("dcm:(0009,0010), a name as private creator")
    out = _creator(group, 0x10, f"{named}^JOHN", implicit)
    for low, vr in enumerate(("LO", "PN", "LT", "UT", "SH", "UN", "OB", "AE", "CS")):
        text = mint.text(f'dcm:(0009,"unknown",{low:02X}) {vr}')
        out += element(0x00091000 | low, vr, text.encode(), implicit=implicit)
    out += element(
        0x00091020, "UI", mint.uid('dcm:(0009,"unknown",20)', "remove", ()).encode(), implicit=implicit
    )
    out += element(
        0x00091021, "DA", mint.day('dcm:(0009,"unknown",21)', "remove").encode(), implicit=implicit
    )
    out += element(
        0x00091022, "DT", mint.moment('dcm:(0009,"unknown",22)', "remove").encode(), implicit=implicit
    )
    wide = mint.text('dcm:(0009,"unknown",23), UTF-16')
    return out + element(0x00091023, "OB", wide.encode("utf-16-le"), implicit=implicit)


def _number(mint: Mint, place: str) -> bytes:
    """A decimal string that must survive."""
    return repr(mint.decimal(place, "remove", SAFE)).encode()


def _safe_numbers(mint: Mint, implicit: bool) -> bytes:
    """Elements of Table E.3.10-1, next to an unlisted one of the same block and text in a safe DS."""
    out = _creator(0x0019, 0x10, "SIEMENS MR HEADER", implicit) + _creator(
        0x0019, 0x11, "GEMS_ACQU_01", implicit
    )
    out += element(0x0019100C, "IS", b"1000", implicit=implicit)
    direction = struct.pack(
        "<3d", mint.decimal('dcm:(0019,"SIEMENS MR HEADER",0E)', "remove", SAFE), 0.0, 1.0
    )
    out += element(0x0019100E, "FD", direction, implicit=implicit)
    unlisted = mint.text('dcm:(0019,"SIEMENS MR HEADER",F7), not in the table')
    out += element(0x001910F7, "LO", unlisted.encode(), implicit=implicit)
    out += element(0x00191123, "DS", _number(mint, 'dcm:(0019,"GEMS_ACQU_01",23)'), implicit=implicit)
    broken = mint.text('dcm:(0019,"GEMS_ACQU_01",24), text in a safe DS')
    out += element(0x00191124, "DS", broken.encode(), implicit=implicit)
    retyped = mint.text('dcm:(0019,"GEMS_ACQU_01",27), text as LO where the table says DS')
    return out + element(0x00191127, "LO", retyped.encode(), implicit=implicit)


def _inner(mint: Mint, place: str, implicit: bool) -> bytes:
    """The elements of an item: a standard name, a standard UID, private text."""
    return (
        element(0x00100010, "PN", f"{mint.text(place + '/(0010,0010)')}^JANE".encode(), implicit=implicit)
        + element(
            0x0020000D, "UI", mint.uid(place + "/(0020,000D)", "remove", ()).encode(), implicit=implicit
        )
        + element(0x00290010, "LO", b"UNKNOWN VENDOR", implicit=implicit)
        + element(0x00291001, "LO", mint.text(place + "/(0029,1001)").encode(), implicit=implicit)
    )


def _sequences(mint: Mint, implicit: bool) -> bytes:
    """Private sequences: lengths defined and undefined, nested, and inside UN."""
    out = _creator(0x0029, 0x10, "UNKNOWN VENDOR", implicit)
    for low, defined in ((0x01, True), (0x02, False)):
        place = f'dcm:(0029,"UNKNOWN VENDOR",{low:02X})[0]'
        nested = sequence(
            0x00291003, [_inner(mint, f"{place}/nested", implicit)], defined=defined, implicit=implicit
        )
        items = [_inner(mint, place, implicit) + nested]
        out += sequence(0x00291000 | low, items, defined=defined, implicit=implicit)
    if implicit:
        return out
    hidden = sequence(0x00291005, [_inner(mint, "dcm:(0029,1005)[0], UN", True)], defined=True, implicit=True)
    out += element(0x00291005, "UN", hidden[8:])
    return out + sequence(
        0x00291006, [_inner(mint, "dcm:(0029,1006)[0], UN", True)], defined=False, implicit=True, un=True
    )


def _without_creator(mint: Mint, implicit: bool) -> bytes:
    """Private elements whose block has no creator, or an empty one."""
    out = element(0x00310011, "LO", b"", implicit=implicit)
    out += element(0x00311001, "LO", mint.text("dcm:(0031,1001), no creator").encode(), implicit=implicit)
    return out + element(
        0x00311101, "SH", mint.text("dcm:(0031,1101), empty creator").encode(), implicit=implicit
    )


def _same_creator_twice(mint: Mint, implicit: bool) -> bytes:
    """Two blocks of one creator (Table E.3.10-1): numbers stay, text that is not listed goes."""
    creator = "Philips Imaging DD 001"
    out = _creator(0x2001, 0x10, creator, implicit) + _creator(0x2001, 0x11, creator, implicit)
    for block in (0x10, 0x11):
        place = f'dcm:(2001,{block:02X}03) of "{creator}"'
        value = struct.pack("<f", mint.decimal(place, "remove", SAFE))
        base = 0x20010000 | block << 8
        out += element(base | 0x03, "FL", value, implicit=implicit)
        text = mint.text(f'dcm:(2001,{block:02X}F0) of "{creator}", not in the table')
        out += element(base | 0xF0, "LO", text.encode(), implicit=implicit)
    return out


def _judged_item_by_item(mint: Mint, implicit: bool) -> bytes:
    """A private sequence that no list knows, holding a safe number and a name."""
    place = 'dcm:(2005,"Philips MR Imaging DD 001",0F)[0]'
    inner = (
        element(0x00100010, "PN", f"{mint.text(place + '/(0010,0010)')}^J".encode(), implicit=implicit)
        + _creator(0x2005, 0x10, "Philips MR Imaging DD 001", implicit)
        + element(0x2005100E, "FL", struct.pack("<f", 2.5), implicit=implicit)
    )
    out = _creator(0x2005, 0x10, "Philips MR Imaging DD 001", implicit)
    slope = mint.decimal('dcm:(2005,"Philips MR Imaging DD 001",0E)', "remove", SAFE)
    out += element(0x2005100E, "FL", struct.pack("<f", slope), implicit=implicit)
    return out + sequence(0x2005100F, [inner], defined=True, implicit=implicit)


def _declared_safe(yard: Yard) -> None:
    """A block declared safe in (0008,0300), and a creator reference that names a person."""
    file = "private/declared.dcm"
    yard.mint.file = file
    ds = identified(image(MR), "private declared", "MR")
    plant(ds, yard.mint)
    block = ds.private_block(0x0041, "ACME RECON", create=True)
    block.add_new(
        0x01, "FD", yard.mint.decimal('dcm:(0041,"ACME RECON",01), block declared SAFE', "remove", SAFE)
    )
    other = ds.private_block(0x0043, "ACME ADMIN", create=True)
    other.add_new(0x01, "LO", yard.mint.text('dcm:(0043,"ACME ADMIN",01), block declared UNSAFE'))
    other.add_new(
        0x02, "FD", yard.mint.decimal('dcm:(0043,"ACME ADMIN",02), listed nonidentifying', "remove", SAFE)
    )
    ds.PrivateDataElementCharacteristicsSequence = [
        item(PrivateGroupReference=0x0041, PrivateCreatorReference="ACME RECON",
             BlockIdentifyingInformationStatus="SAFE"),
        item(PrivateGroupReference=0x0043, PrivateCreatorReference="ACME ADMIN",
             BlockIdentifyingInformationStatus="MIXED", NonidentifyingPrivateElements=[0x0002]),
    ]  # fmt: skip
    yard.bytes_out(file, b"\0" * 128 + b"DICM" + meta(ds) + encoded(ds))
