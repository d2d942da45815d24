"""DICOM collections with a unique marker in every carrier of metadata, and the search that must find them."""
