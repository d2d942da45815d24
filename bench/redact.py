"""Measure redaction in every transfer syntax: CPU per frame, growth, and pixels changed beside the blocks.

    python -m bench.redact [--repeat N] [--only WORD]

Frames of the sizes that are met: CT 512 x 512 of 16 bits, ultrasound 1024 x 768 in colours, radiographs of 2500 x 2000.
Two boxes hold a line of text each. "CPU" is `redact_frame` without, "wall" with the two decodings
that prove it, which another process does; "decode" is one of them. Needs the extra `dev`.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import imagecodecs
import jpeg_ls
import numpy as np
import rle
from msgspec import structs
from PIL import Image

from bench.machine import machine

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from deidra.dicom.pixel_redaction import planned
from deidra.pixels import frames
from deidra.pixels.image import Layout, Region
from deidra.pixels.jpeg_grid import changed_area
from deidra.pixels.jpeg_syntax import LOSSLESS, parse
from deidra.pixels.redact import redact_frame, transcode_frame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_PREFIX = "1.2.840.10008.1.2"


class Case(NamedTuple):
    """A frame to redact."""

    name: str
    layout: Layout
    coded: bytes


def picture(rows: int, columns: int, bits: int, samples: int = 1) -> NDArray[Any]:
    """Something like an image: smooth, with edges and noise in it, dark around."""
    rng = np.random.default_rng(rows)
    down, across = np.mgrid[:rows, :columns]
    body = np.hypot((down - rows / 2) / rows, (across - columns / 2) / columns) < 0.42
    smooth = (0.45 + 0.2 * np.sin(down / 37) * np.cos(across / 53)) * body
    planes = [smooth + rng.normal(0, 0.006 + 0.004 * body, (rows, columns)) for _ in range(samples)]
    found = (np.stack(planes, axis=-1) * ((1 << bits) - 1)).clip(0, (1 << bits) - 1)
    whole: NDArray[Any] = found.astype(np.uint8 if bits <= 8 else np.uint16)
    return whole[..., 0] if samples == 1 else whole


def _layout(syntax: str, image: NDArray[Any], bits: int, photometric: str) -> Layout:
    return Layout(
        transfer_syntax_uid=_PREFIX + syntax,
        rows=image.shape[0],
        columns=image.shape[1],
        frames=1,
        samples_per_pixel=1 if image.ndim == 2 else 3,
        photometric_interpretation=photometric,
        planar_configuration=0,
        bits_allocated=8 * image.itemsize,
        bits_stored=bits,
        high_bit=bits - 1,
        is_signed=False,
    )


def _jpeg(image: NDArray[Any], **options: Any) -> bytes:
    import io

    out = io.BytesIO()
    Image.fromarray(image).save(out, "JPEG", quality=90, **options)
    return out.getvalue()


def cases() -> Iterator[Case]:
    """Frames by syntax and size."""
    for name, rows, columns, bits in (("CT", 512, 512, 12), ("CR", 2500, 2000, 12)):
        image = picture(rows, columns, bits)
        shape = image.shape

        def grey(syntax: str, image: NDArray[Any] = image, bits: int = bits) -> Layout:
            return _layout(syntax, image, bits, "MONOCHROME2")

        yield Case(f"native, {name}", grey(".1"), image.tobytes())
        runs = rle.encode_pixel_data(
            image.tobytes(), rows=rows, columns=columns, samples_per_pixel=1, bits_allocated=16, byteorder="<"
        )
        yield Case(f"RLE, {name}", grey(".5"), bytes(runs))
        yield Case(f"JPEG extended, {name}", grey(".4.51"), imagecodecs.jpeg8_encode(image, 90, bitspersample=12))
        predicted = imagecodecs.jpeg8_encode(image, lossless=True, predictor=1, bitspersample=12)
        yield Case(f"JPEG lossless, {name}", grey(".4.70"), predicted)
        yield Case(f"JPEG-LS, {name}", grey(".4.80"), bytes(jpeg_ls.encode_buffer(image.tobytes(), *shape, 1, 12)))
        near = bytes(jpeg_ls.encode_buffer(image.tobytes(), *shape, 1, 12, 4))
        yield Case(f"JPEG-LS near 4, {name}", grey(".4.81"), near)
        options = {"codecformat": "J2K", "bitspersample": 12}
        yield Case(f"JPEG 2000, {name}", grey(".4.90"), imagecodecs.jpeg2k_encode(image, 0, reversible=True, **options))
        lossy = imagecodecs.jpeg2k_encode(image, 55, reversible=False, **options)
        yield Case(f"JPEG 2000 lossy, {name}", grey(".4.91"), lossy)
        yield Case(f"HTJ2K, {name}", grey(".4.201"), imagecodecs.htj2k_encode(image, 0, reversible=True))
    image = picture(768, 1024, 8, 3)
    for name, options in (
        ("4:4:4", {"subsampling": 0}),
        ("4:2:2", {"subsampling": 1}),
        ("4:2:0", {"subsampling": 2}),
        ("progressive", {"progressive": True}),
    ):
        yield Case(f"JPEG {name}, US", _layout(".4.50", image, 8, "YBR_FULL_422"), _jpeg(image, **options))
    yield Case("native RGB, US", _layout(".1", image, 8, "RGB"), image.tobytes())
    coded = bytes(jpeg_ls.encode_buffer(image.tobytes(), 768, 1024, 3, 8, interleave_mode=2))
    yield Case("JPEG-LS RGB, US", _layout(".4.80", image, 8, "RGB"), coded)
    yield Case(
        "JPEG 2000 RCT, US",
        _layout(".4.90", image, 8, "YBR_RCT"),
        imagecodecs.jpeg2k_encode(image, 0, codecformat="J2K", reversible=True, mct=True),
    )


def boxes_of(layout: Layout) -> tuple[tuple[int, int, int, int], ...]:
    """A line of text in the upper left corner and one in the lower right."""
    rows, columns = layout.rows, layout.columns
    return (9, 11, 31, columns // 3), (rows - 45, columns - columns // 4, rows - 20, columns - 3)


def changed_beside(case: Case, new: bytes, after: Layout) -> int:
    """How many pixels changed outside the boxes, or the blocks that they touch."""
    before, now = frames.samples(case.layout, case.coded), frames.samples(after, new)
    differs = before != now
    area = np.zeros(before.shape[:2], bool)
    for top, left, bottom, right in boxes_of(case.layout):
        area[top:bottom, left:right] = True
    if case.name.startswith("JPEG ") and "2000" not in case.name:
        stream = parse(case.coded)
        if stream.marker not in LOSSLESS:
            area = changed_area(stream, boxes_of(case.layout))
    return int(((differs if differs.ndim == 2 else differs.any(axis=2)) & ~area).sum())


def _cpu_seconds() -> float:
    """Of this process; those of the decoder's process show in the wall time."""
    return time.process_time()


def measure(case: Case, repeat: int) -> str:
    """One line of the table."""
    boxes = [Region(box, 0, 0, "text", 1.0, "") for box in boxes_of(case.layout)]
    what = planned(case.layout, boxes, lambda _: case.coded)
    redact = transcode_frame if what.recodes_all else redact_frame
    after = structs.replace(case.layout, transfer_syntax_uid=what.transfer_syntax_uid)
    new = redact(case.layout, case.coded, boxes_of(case.layout))
    start, wall = _cpu_seconds(), time.perf_counter()
    for _ in range(repeat):
        redact(case.layout, case.coded, boxes_of(case.layout))
    cpu, wall = (_cpu_seconds() - start) / repeat, (time.perf_counter() - wall) / repeat
    start = time.perf_counter()
    frames.samples(case.layout, case.coded)
    decode = time.perf_counter() - start
    kept = "kept" if not what.recodes_all else "-> " + what.transfer_syntax_uid.removeprefix(_PREFIX)
    return (
        f"{case.name:28}{kept:>9}{len(case.coded) / 1e3:10.0f}{len(new) / len(case.coded):8.3f}{1e3 * cpu:9.0f}"
        f"{1e3 * wall:8.0f}{1e3 * decode:9.0f}{changed_beside(case, new, after):9d}"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", default="", help="cases with this word in their name")
    arguments = parser.parse_args()
    print(", ".join(f"{key} {value}" for key, value in machine().items()))
    print(f"{'frame':28}{'syntax':>9}{'kB':>10}{'growth':>8}{'CPU ms':>9}{'wall':>8}{'decode':>9}{'changed':>9}")
    for case in cases():
        if arguments.only in case.name:
            print(measure(case, arguments.repeat), flush=True)
    used = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"largest resident set: {used / 1e3:.0f} MB")


if __name__ == "__main__":
    main()
