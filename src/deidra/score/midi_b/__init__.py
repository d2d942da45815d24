"""The answer databases of the MIDI-B challenge: read and written unchanged, judged as its validation script judges."""
