"""PDF: rebuilt page by page, never patched."""
