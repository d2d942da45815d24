"""What redaction changes in the data set around the pixel data (PS3.3 C.7.6.3, C.7.6.1.1.5; PS3.5 section 8.2)."""

from __future__ import annotations

from deidra.pixels.image import Layout

# A keyword's new value; None: the attribute is removed
Attributes = dict[str, str | int | None]

# Type 3 all of them: what they say may have been said of the text
_EXTREMES = (
    "SmallestImagePixelValue",
    "LargestImagePixelValue",
    "SmallestPixelValueInSeries",
    "LargestPixelValueInSeries",
    "SmallestImagePixelValueInPlane",
    "LargestImagePixelValueInPlane",
)
_PREFIX = "1.2.840.10008.1.2.4."
# Defined terms of Lossy Image Compression Method (0028,2114)
_METHODS = {
    **{_PREFIX + last: "ISO_10918_1" for last in ("50", "51", "52", "53", "54", "55", "56")},
    _PREFIX + "81": "ISO_14495_1",
    _PREFIX + "91": "ISO_15444_1",
    _PREFIX + "203": "ISO_15444_15",
    **{_PREFIX + last: "ISO_13818_2" for last in ("100", "100.1", "101", "101.1")},
    **{_PREFIX + last: "ISO_14496_10" for last in ("102", "102.1", "103", "103.1", "104", "104.1", "105", "105.1")},
    **{_PREFIX + last: "ISO_14496_10" for last in ("106", "106.1")},
    **{_PREFIX + last: "ISO_23008_2" for last in ("107", "108")},
    **{_PREFIX + last: "ISO_18181_1" for last in ("111", "112")},
}


def of_any_redaction() -> Attributes:
    """What changes wherever pixels were changed."""
    return dict.fromkeys(_EXTREMES)


def of_recoding(layout: Layout, photometric_interpretation: str) -> Attributes:
    """What changes when every frame that was lossy is coded anew without loss.

    It stays lossy, and no further loss is added: ratio and method stay what they were (C.7.6.1.1.5).
    """
    changes: Attributes = {"LossyImageCompression": "01"}
    if photometric_interpretation != layout.photometric_interpretation:
        changes["PhotometricInterpretation"] = photometric_interpretation
    if layout.samples_per_pixel > 1 and layout.planar_configuration:
        changes["PlanarConfiguration"] = 0
    return changes


def where_absent(layout: Layout) -> Attributes:
    """What a lossy transfer syntax says by itself, for data sets that do not, once they have another."""
    method = _METHODS.get(layout.transfer_syntax_uid)
    return {} if method is None else {"LossyImageCompression": "01", "LossyImageCompressionMethod": method}


def padding_remarks(layout: Layout) -> tuple[str, ...]:
    """What is to be said of Pixel Padding Value (0028,0120): viewers do not show what equals it."""
    if layout.padding_value is None or layout.samples_per_pixel != 1:
        return ()
    return ("the fill may equal the padding value: viewers may show redacted areas as padding",)
