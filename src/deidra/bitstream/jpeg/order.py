"""Each coefficient of an image is coded once, bit by bit: a scan that codes it again is room for a second picture."""

from __future__ import annotations

from collections.abc import Sequence

from deidra.bitstream.jpeg.markers import ARITHMETIC, PROGRESSIVE, Frame, Scan
from deidra.bitstream.work import malformed

_MOST_COMPONENTS = 4
_NOT_CODED = -1


def require_order(frame: Frame, scans: Sequence[Scan], position: int) -> None:
    """Raises Held unless the scans code every component, each once (T.81 A.2) or by rising precision (G.1.1.1)."""
    names = [component.identifier for component in frame.components]
    if len(set(names)) < len(names) or len(names) > _MOST_COMPONENTS:
        raise malformed("components are not up to four with different names", position)
    progressive = frame.marker in (*PROGRESSIVE, ARITHMETIC[1])
    low = {name: [_NOT_CODED] * 64 for name in names}
    for scan in scans:
        band = range(scan.first, scan.last + 1) if progressive else range(1)
        if band.stop > 64 or not len(band) or (band.start == 0 < band.stop - 1):
            raise malformed("a scan codes a band that there is not", position)
        for name, _, _ in scan.components:
            for coefficient in band:
                expected = scan.high if progressive and scan.high else _NOT_CODED
                if low[name][coefficient] != expected or (scan.high and progressive and scan.low != scan.high - 1):
                    raise malformed("a scan codes again what was coded before", position)
                low[name][coefficient] = scan.low if progressive else 0
    if any(bits[0] == _NOT_CODED for bits in low.values()):
        raise malformed("a component has no scan", position)
