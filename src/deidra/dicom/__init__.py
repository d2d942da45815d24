"""DICOM: the raw element stream, the per-element rules, and the container around them."""
