"""Video: elementary streams and containers, in constant memory."""
