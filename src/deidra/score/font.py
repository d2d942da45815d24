"""A bitmap font of 5 by 7 dots, to draw text into pixels and overlays without any image library."""

from __future__ import annotations

from collections.abc import Iterator

WIDTH, HEIGHT = 5, 7
ADVANCE = WIDTH + 1

# Seven rows a letter, five dots a row, drawn by hand
_ROWS = {
    "A": "01110 10001 10001 11111 10001 10001 10001", "B": "11110 10001 10001 11110 10001 10001 11110",
    "C": "01110 10001 10000 10000 10000 10001 01110", "D": "11110 10001 10001 10001 10001 10001 11110",
    "E": "11111 10000 10000 11110 10000 10000 11111", "F": "11111 10000 10000 11110 10000 10000 10000",
    "G": "01110 10001 10000 10111 10001 10001 01111", "H": "10001 10001 10001 11111 10001 10001 10001",
    "I": "01110 00100 00100 00100 00100 00100 01110", "J": "00111 00010 00010 00010 00010 10010 01100",
    "K": "10001 10010 10100 11000 10100 10010 10001", "L": "10000 10000 10000 10000 10000 10000 11111",
    "M": "10001 11011 10101 10101 10001 10001 10001", "N": "10001 11001 10101 10011 10001 10001 10001",
    "O": "01110 10001 10001 10001 10001 10001 01110", "P": "11110 10001 10001 11110 10000 10000 10000",
    "Q": "01110 10001 10001 10001 10101 10010 01101", "R": "11110 10001 10001 11110 10100 10010 10001",
    "S": "01111 10000 10000 01110 00001 00001 11110", "T": "11111 00100 00100 00100 00100 00100 00100",
    "U": "10001 10001 10001 10001 10001 10001 01110", "V": "10001 10001 10001 10001 10001 01010 00100",
    "W": "10001 10001 10001 10101 10101 11011 10001", "X": "10001 10001 01010 00100 01010 10001 10001",
    "Y": "10001 10001 01010 00100 00100 00100 00100", "Z": "11111 00001 00010 00100 01000 10000 11111",
    "0": "01110 10001 10011 10101 11001 10001 01110", "1": "00100 01100 00100 00100 00100 00100 01110",
    "2": "01110 10001 00001 00110 01000 10000 11111", "3": "11110 00001 00001 01110 00001 00001 11110",
    "4": "00010 00110 01010 10010 11111 00010 00010", "5": "11111 10000 11110 00001 00001 10001 01110",
    "6": "01110 10000 10000 11110 10001 10001 01110", "7": "11111 00001 00010 00100 01000 01000 01000",
    "8": "01110 10001 10001 01110 10001 10001 01110", "9": "01110 10001 10001 01111 00001 00001 01110",
    "-": "00000 00000 00000 11111 00000 00000 00000", ".": "00000 00000 00000 00000 00000 01100 01100",
    "/": "00001 00010 00010 00100 01000 01000 10000", ":": "00000 01100 01100 00000 01100 01100 00000",
    ",": "00000 00000 00000 00000 01100 00100 01000", " ": "00000 00000 00000 00000 00000 00000 00000",
}  # fmt: skip
_DOTS = {
    letter: tuple((row, column) for row, dots in enumerate(rows.split()) for column in range(5) if dots[column] == "1")
    for letter, rows in _ROWS.items()
}


def drawable(text: str) -> str:
    """`text` in the letters that the font has: capitals, digits and some marks."""
    return "".join(letter for letter in text.upper() if letter in _DOTS)


def size(text: str, scale: int) -> tuple[int, int]:
    """Rows and columns of a drawn text."""
    return HEIGHT * scale, (len(text) * ADVANCE - 1) * scale


def ink(letter: str, scale: int) -> Iterator[tuple[int, int]]:
    """(row, column) of every inked pixel of one letter, from its top left corner."""
    for row, column in _DOTS[letter]:
        for down in range(scale):
            for right in range(scale):
                yield row * scale + down, column * scale + right


def text_ink(text: str, scale: int) -> Iterator[tuple[int, int]]:
    """(row, column) of every inked pixel of a text."""
    for number, letter in enumerate(text):
        for row, column in ink(letter, scale):
            yield row, column + number * ADVANCE * scale
