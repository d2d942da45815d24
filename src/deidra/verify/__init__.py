"""The independent look at what came out. Shares no code of decision with the engine: pydicom reads, tables judge."""
