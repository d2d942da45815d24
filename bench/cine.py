"""Measure the memory that long cines and videos take: peak resident sizes of the worker and of what decodes.

    python -m bench.cine [--frames N ...] [--only WORD]

An object of each kind is written, a name in all of its frames, and de-identified in a process of its own that does
nothing else. Memory must not grow with the number of frames. Needs the extra `dev`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import imagecodecs
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from pydicom.encaps import encapsulate

from bench.machine import machine

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from dicom.hard_objects import image

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROWS, COLUMNS = 512, 512
_PREFIX = "1.2.840.10008.1.2."
KINDS = {
    "native": _PREFIX + "1", "JPEG baseline": _PREFIX + "4.50", "JPEG-LS": _PREFIX + "4.80", "H.264": _PREFIX + "4.102",
}  # fmt: skip
# Of exec'd processes getrusage tells the size of their parent too: what counts is VmHWM
_MEASURED = """
import json, os, re, resource, sys, threading
from pathlib import Path
from deidra import api
from deidra.dicom.reader import write_pieces
from deidra.pixels import frames
peak = {}
def watch():
    while not ended.wait(0.2):
        for status in Path("/proc").glob("[0-9]*/status"):
            try:
                text = status.read_text()
            except OSError:
                continue
            own = int(re.search("Pid:.(.*)", text)[1]) == os.getpid()
            if own or int(re.search("PPid:.(.*)", text)[1]) == os.getpid():
                size = re.search("VmHWM:(.*) kB", text)
                peak[own] = max(peak.get(own, 0), int(size[1]) // 1024 if size else 0)
def written(released):
    with Path(sys.argv[1] + ".out").open("wb") as target:
        write_pieces(target.fileno(), released.reader, released.pieces)
    return b""
ended = threading.Event()
watcher = threading.Thread(target=watch)
watcher.start()
api._content = written
api.deidentify(sys.argv[1])
ended.set()
watcher.join()
frames._child_of(os.getpid()).stop()
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps([peak[True], peak.get(False, 0)] + [one.ru_utime + one.ru_stime for one in used]))
"""


def pictures(frames: int) -> Iterator[NDArray[np.uint8]]:
    """Grey frames of something that moves, with a name and a counter."""
    font = ImageFont.load_default(20)
    for number in range(frames):
        canvas = Image.new("L", (COLUMNS, ROWS), 8)
        pen = ImageDraw.Draw(canvas)
        shift = 40 * np.sin(number / 9)
        pen.ellipse((150 + shift, 120, 350 + shift, 400), fill=120)
        pen.text((14, 10), "DOE JANE 1964", fill=255, font=font)
        pen.text((420, 480), f"{number:05d}", fill=230, font=font)
        yield np.asarray(canvas)


def coded(kind: str, frames: int, path: Path) -> bytes | list[bytes]:
    """The frames as pixel data wants them."""
    if kind == "H.264":
        with av.open(str(path), "w", format="mp4") as container:
            stream = container.add_stream("libx264", rate=25, options={"threads": "1", "crf": "18"})
            stream.width, stream.height, stream.pix_fmt = COLUMNS, ROWS, "yuv420p"
            stream.time_base = Fraction(1, 25)
            for number, picture in enumerate(pictures(frames)):
                frame = av.VideoFrame.from_ndarray(np.repeat(picture[:, :, None], 3, axis=2), format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, 25)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        data = path.read_bytes()
        return [data + b"\0" * (len(data) & 1)]
    if kind == "native":
        return b"".join(picture.tobytes() for picture in pictures(frames))
    code = imagecodecs.jpeg8_encode if kind == "JPEG baseline" else imagecodecs.jpegls_encode
    return [bytes(code(picture)) for picture in pictures(frames)]


def cine(kind: str, frames: int, folder: Path) -> Any:
    """A Multi-frame Secondary Capture, or a Video Endoscopic Image."""
    is_video = kind == "H.264"
    ds = image("1.2.840.10008.5.1.4.1.1." + ("77.1.1.1" if is_video else "7.2"), Modality="ES" if is_video else "OT")
    ds.Rows, ds.Columns, ds.NumberOfFrames = ROWS, COLUMNS, frames
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 8, 8, 7
    if is_video:
        ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PlanarConfiguration = 3, "YBR_PARTIAL_420", 0
    ds.file_meta.TransferSyntaxUID = KINDS[kind]
    data = coded(kind, frames, folder / "video.mp4")
    ds.PixelData = data if isinstance(data, bytes) else encapsulate(data, has_bot=not is_video)
    ds["PixelData"].VR = "OB"
    return ds


def measured(kind: str, frames: int) -> dict[str, Any]:
    """Peak sizes in MB and CPU seconds."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "cine.dcm"
        cine(kind, frames, Path(name)).save_as(path, enforce_file_format=True)
        size, began = path.stat().st_size, time.monotonic()
        run = subprocess.run(
            [sys.executable, "-c", _MEASURED, path], capture_output=True, text=True, check=True, env=os.environ
        )
    own, children, own_seconds, child_seconds = json.loads(run.stdout)
    return {
        "kind": kind, "frames": frames, "file_mb": round(size / 1e6), "worker_mb": own, "decoder_mb": children,
        "worker_ms_per_frame": round(1000 * own_seconds / frames), "decoder_ms_per_frame":
        round(1000 * child_seconds / frames), "seconds": round(time.monotonic() - began),
    }  # fmt: skip


def main() -> int:
    """Print a row for each kind and number of frames."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, nargs="+", default=[200, 2000])
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    print(machine())
    for kind in KINDS:
        for frames in arguments.frames if arguments.only.lower() in kind.lower() else ():
            print(json.dumps(measured(kind, frames)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
