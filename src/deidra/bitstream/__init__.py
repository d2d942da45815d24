"""What may stay inside a coded stream: pure functions on bytes, one file or folder per format. Knows nothing of DICOM.

Keep what decoding and colour need, without touching a coded sample; nothing else.
"""

from deidra.bitstream.clean import clean_stream
from deidra.bitstream.sniff import kind_of
from deidra.bitstream.video.clean import CleanedVideo, clean_video
from deidra.bitstream.video.source import BytesSource, Source
from deidra.bitstream.work import CleanedStream, Dropped, StreamKind

__all__ = [
    "BytesSource",
    "CleanedStream",
    "CleanedVideo",
    "Dropped",
    "Source",
    "StreamKind",
    "clean_stream",
    "clean_video",
    "kind_of",
]
