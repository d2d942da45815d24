"""JPEG and JPEG-LS."""
