"""Free text: comparing and cleaning words. Knows nothing of DICOM."""
