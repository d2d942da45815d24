"""Documents that travel with images: reports, meshes, messages. Pure functions, bytes in and bytes out.

Used for what is encapsulated in DICOM and for files that stand free. Knows nothing of DICOM. `clean.py` is the door.
"""
