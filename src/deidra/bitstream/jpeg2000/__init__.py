"""JPEG 2000 and HTJ2K, naked and in JP2."""
