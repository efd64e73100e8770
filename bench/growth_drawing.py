"""A picture of how something grows with its size: times over sizes, the sizes by powers of ten, as SVG."""

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT, LEFT, TOP = 660, 360, 64, 48
RIGHT, BOTTOM = WIDTH - 44, HEIGHT - 56
COLOURS = ("#1a56a0", "#b3541e", "#2d7a3e", "#6b3fa0")
STEPS = 5
"""Lines across the picture."""


def draw_growth(title: str, lines: Mapping[str, Sequence[tuple[int, float]]], *, limit: float = 0) -> str:
    """Lines of (size, milliseconds), each under its name; `limit` is drawn as the aim that they must stay under."""
    sizes = sorted({size for points in lines.values() for size, _ in points})
    most = max([limit, *(took for points in lines.values() for _, took in points)]) * 1.1
    low, high = math.log10(sizes[0]), math.log10(sizes[-1])

    def place(size: int, took: float) -> tuple[float, float]:
        across = (math.log10(size) - low) / ((high - low) or 1)
        return LEFT + across * (RIGHT - LEFT), BOTTOM - took / most * (BOTTOM - TOP)

    look = 'font-family="sans-serif" font-size="13"'
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {look}>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="26" font-size="15">{escape(title)}</text>',
    ]
    for step in range(STEPS + 1):
        _, y = place(sizes[0], most * step / STEPS)
        drawn.append(f'<path d="M{LEFT} {y:.1f}H{RIGHT}" stroke="#dddddd"/>')
        drawn.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{most * step / STEPS:.0f}</text>')
    for size in sizes:
        x, _ = place(size, 0)
        drawn.append(f'<text x="{x:.1f}" y="{BOTTOM + 20}" text-anchor="middle">{size:,}</text>')
    if limit:
        _, y = place(sizes[0], limit)
        drawn.append(f'<path d="M{LEFT} {y:.1f}H{RIGHT}" stroke="#c00000" stroke-dasharray="6 4"/>')
        drawn.append(f'<text x="{RIGHT}" y="{y - 5:.1f}" text-anchor="end" fill="#c00000">{limit:g} ms</text>')
    for turn, (name, points) in enumerate(lines.items()):
        colour = COLOURS[turn % len(COLOURS)]
        spots = [place(size, took) for size, took in sorted(points)]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
        drawn.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        drawn += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in spots]
        drawn.append(f'<text x="{LEFT + 12 + turn * 190}" y="{HEIGHT - 10}" fill="{colour}">{escape(name)}</text>')
    return "\n".join([*drawn, "</svg>", ""])
