"""Private blocks as three CT vendors write them: creators and VRs from pydicom, values invented."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydicom._private_dict import private_dictionaries
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

# Stands where per-instance noise is patched in; as long and as opaque as a vendor's own header.
CSA_MAGIC = b"SV10\x04\x03\x02\x01"
CSA_IMAGE_BYTES = 12 * 1024
CSA_SERIES_BYTES = 60 * 1024

# creator -> how many of its elements an instance carries at most
SIEMENS = {
    "SIEMENS CT VA0  COAD": 49,
    "SIEMENS CT VA0  GEN": 50,
    "SIEMENS MEDCOM HEADER": 25,
}
GE = {
    "GEMS_IDEN_01": 15,
    "GEMS_ACQU_01": 52,
    "GEMS_PARM_01": 52,
    "GEMS_IMAG_01": 25,
    "GEMS_RELA_01": 20,
    "GEMS_STDY_01": 7,
    "GEMS_HELIOS_01": 24,
}
PHILIPS = {"ELSCINT1": 38, "Philips Imaging DD 001": 42}
PHILIPS_NESTED_ITEMS = 4
PHILIPS_NESTED_ELEMENTS = 8


class Vendor:
    """How one manufacturer's CT objects are encoded. `add_private` fills the private blocks."""

    def __init__(self, manufacturer: str, model: str, blocks: dict[str, int], *, implicit: bool) -> None:
        self.manufacturer = manufacturer
        self.model = model
        self.blocks = blocks
        self.transfer_syntax_uid = ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian

    def add_private(self, ds: Dataset, rng: random.Random) -> None:
        for creator, count in self.blocks.items():
            add_block(ds, creator, count, rng)
        if self.blocks is SIEMENS:
            _add_csa_header(ds)
        if self.blocks is PHILIPS:
            _add_nested(ds, rng)


VENDORS = (
    Vendor("SIEMENS", "SOMATOM Force", SIEMENS, implicit=False),
    Vendor("GE MEDICAL SYSTEMS", "Revolution CT", GE, implicit=True),
    Vendor("Philips", "IQon - Spectral CT", PHILIPS, implicit=False),
)


def add_block(ds: Dataset, creator: str, count: int, rng: random.Random) -> None:
    """Add up to `count` elements of one private creator, in the groups that the dictionary gives it."""
    for group, low, vr in _elements(creator, count):
        ds.private_block(group, creator, create=True).add_new(low, vr, _value(vr, rng))


def _elements(creator: str, count: int) -> Iterator[tuple[int, int, str]]:
    for key in sorted(private_dictionaries[creator]):
        vr = private_dictionaries[creator][key][0]
        plain = "xx" in key[4:6] and "x" not in key[:4] and "x" not in key[6:]
        if not plain or vr in {"UN", "SQ", "OW"} or count == 0:
            continue
        count -= 1
        yield int(key[:4], 16), int(key[6:], 16), vr


def _add_csa_header(ds: Dataset) -> None:
    block = ds.private_block(0x0029, "SIEMENS CSA HEADER", create=True)
    block.add_new(0x08, "CS", "IMAGE NUM 4")
    block.add_new(0x09, "LO", "20240311")
    block.add_new(0x10, "OB", CSA_MAGIC.ljust(CSA_IMAGE_BYTES, b"\0"))
    block.add_new(0x18, "CS", "CT")
    block.add_new(0x19, "LO", "20240311")
    block.add_new(0x20, "OB", CSA_MAGIC.ljust(CSA_SERIES_BYTES, b"\0"))


def _add_nested(ds: Dataset, rng: random.Random) -> None:
    """A private sequence inside a private sequence, every length undefined."""
    creator = "Philips Imaging DD 001"
    outer_items = []
    for _ in range(PHILIPS_NESTED_ITEMS):
        inner = Dataset()
        add_block(inner, creator, PHILIPS_NESTED_ELEMENTS, rng)
        outer = Dataset()
        block = outer.private_block(0x2005, creator, create=True)
        block.add_new(0x71, "SQ", Sequence([inner]))
        outer_items.append(outer)
    ds.private_block(0x2005, creator, create=True).add_new(0x72, "SQ", Sequence(outer_items))
    undefined_lengths(ds)


def undefined_lengths(ds: Dataset) -> None:
    """Mark every sequence and item below `ds` to be written with delimiters instead of lengths."""
    for element in ds:
        if element.VR == "SQ":
            element.is_undefined_length = True
            for item in element.value:
                item.is_undefined_length_sequence_item = True
                undefined_lengths(item)


def _value(vr: str, rng: random.Random) -> object:
    number = rng.randrange(1, 30000)
    if vr in {"US", "SS", "UL", "SL", "IS"}:
        return number
    if vr in {"FL", "FD"}:
        return number / 16
    texts: dict[str, object] = {
        "DS": f"{number / 100:.2f}",
        "DA": "20240311",
        "TM": "101502.125000",
        "DT": "20240311101502.125000",
        "UI": f"1.2.840.99999.7.{number}",
        "CS": rng.choice(("YES", "NO", "ORIGINAL", "HELICAL")),
        "PN": "Testmann^Erika",
        "AE": f"CT{number}",
        "AT": 0x00180050,
        "OB": rng.randbytes(32),
        "LT": "Reconstructed from raw data; see the console protocol.",
        "ST": "Standard kernel, full dose",
        "UT": "Standard kernel, full dose",
    }
    return texts.get(vr, rng.choice((f"MA{number}", "Testmann^Erika", "c-thorax-venous", "v1.04.2")))
