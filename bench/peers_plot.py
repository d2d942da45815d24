"""Plots as SVG, written by hand: leaks beside utility for each tool, and leaks by carrier."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

INK, PAPER, LINE = "#1d2733", "#ffffff", "#c6ccd4"
LEAK, USE = "#b3261e", "#1b6e53"
ROW, LEFT, BAR = 34, 170, 300


def svg(width: int, height: int, parts: Sequence[str]) -> str:
    """A whole picture."""
    style = f'font-family="sans-serif" font-size="13" fill="{INK}"'
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>'
    return "\n".join([head, f'<rect width="{width}" height="{height}" fill="{PAPER}"/>', *parts, "</svg>\n"])


def text(x: float, y: float, words: str, anchor: str = "start", colour: str = INK) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(words)}</text>'


def box(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.0):.1f}" height="{height:.1f}" fill="{colour}"/>'


def bars(rows: Sequence[tuple[str, float, tuple[float, float], float, tuple[float, float]]]) -> str:
    """Per tool two bars from 0 to 100 %: what leaked and what of use was kept, with their 95 % bounds.

    `rows`: (tool, leak, its bounds, utility, its bounds).
    """
    height = 46 + ROW * len(rows) + 12
    parts = [text(LEFT, 24, "leaked (lower is better)"), text(LEFT + BAR + 40, 24, "kept (higher is better)")]
    for number, (name, leak, leak_bounds, use, use_bounds) in enumerate(rows):
        top = 40 + ROW * number
        parts.append(text(LEFT - 10, top + 17, name, "end"))
        for left, value, bounds, colour in (
            (LEFT, leak, leak_bounds, LEAK),
            (LEFT + BAR + 40, use, use_bounds, USE),
        ):
            parts += list(bar(left, top, value, bounds, colour))
    return svg(LEFT + 2 * BAR + 100, height, parts)


def bar(left: float, top: float, value: float, bounds: tuple[float, float], colour: str) -> Iterator[str]:
    width = BAR - 60
    yield box(left, top + 4, width, 18, "#eef0f3")
    yield box(left, top + 4, width * value, 18, colour)
    low, high = (left + width * edge for edge in bounds)
    yield f'<path d="M{low:.1f} {top + 13} H{high:.1f}" stroke="{INK}" stroke-width="2"/>'
    yield text(left + width + 8, top + 18, f"{value:.2%}")


def grid(tools: Sequence[str], carriers: Sequence[str], values: Mapping[tuple[str, str], float]) -> str:
    """Leak rates of tools (columns) by carrier (rows): the darker, the more; a dash where nothing was tested."""
    cell_width, cell_height = 96, 24
    parts = []
    for column, tool in enumerate(tools):
        parts.append(text(LEFT + cell_width * (column + 0.5), 22, tool, "middle"))
    for row, carrier in enumerate(carriers):
        y = 32 + cell_height * row
        parts.append(text(LEFT - 10, y + 17, carrier, "end"))
        for column, tool in enumerate(tools):
            x = LEFT + cell_width * column
            value = values.get((tool, carrier))
            parts.append(box(x + 1, y + 1, cell_width - 2, cell_height - 2, shade(value)))
            words = "-" if value is None else f"{value:.1%}"
            colour = PAPER if value is not None and value > 0.5 else INK
            parts.append(text(x + cell_width / 2, y + 17, words, "middle", colour))
    return svg(LEFT + cell_width * len(tools) + 10, 44 + cell_height * len(carriers), parts)


def shade(value: float | None) -> str:
    """From white to the colour of a leak."""
    if value is None:
        return "#f4f5f7"
    full = [int(LEAK[n : n + 2], 16) for n in (1, 3, 5)]
    mixed = [round(255 + (channel - 255) * value**0.5) for channel in full]
    return "#" + "".join(f"{channel:02x}" for channel in mixed)
