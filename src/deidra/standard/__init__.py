"""What DICOM says: generated tables per edition and small functions that answer questions of them."""
