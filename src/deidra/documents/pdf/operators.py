"""Operators of PDF content streams (ISO 32000-2 Annex A) and what becomes of them in a page that stays a page."""

from __future__ import annotations

from deidra.documents.naming import names

# Numbers only
KEPT = names("q Q cm w J j M d BT ET Tc Tw Tz TL Tr Ts Td TD Tm T* G g RG rg K k")
SHOWS_TEXT = names("Tj TJ ' \"")
PATHS = names("m l c v y h re")
CURVES = names("c v y")
PAINTS = names("S s F f f* B b B* b* n")
COLOUR_SPACES = names("CS cs")
COLOURS = names("SC SCN sc scn")
# Marked content carries tags, alternate and actual text
DROPPED = names("BMC BDC EMC MP DP BX EX ri i")
