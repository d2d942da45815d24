"""Documents that travel with images: reports, meshes, messages. Pure functions, bytes in and bytes out.

Used for what is encapsulated in DICOM and for files that stand free. Knows nothing of DICOM.
"""

from deidra.documents.clean import clean_document, kind_of
from deidra.documents.work import CleanedDocument, PictureReader, ReadWord, Settings, TextCleaner

__all__ = [
    "CleanedDocument",
    "PictureReader",
    "ReadWord",
    "Settings",
    "TextCleaner",
    "clean_document",
    "kind_of",
]
