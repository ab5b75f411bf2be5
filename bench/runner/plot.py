"""Line charts as SVG: a logarithmic axis across, and one up that begins at zero."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Final
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 420, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 64, 44
_COLOURS: Final = ("#0b62a4", "#c2410c", "#4d7c0f", "#6b21a8")
_TICKS: Final = 5
"""Lines across, at most."""
_HEAD: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
    'font-family="sans-serif" font-size="12" fill="#222">\n'
    '<rect width="100%" height="100%" fill="#fff"/>\n'
)

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over one axis across: its title, what runs across, and points by name of the line."""

    title: str
    across: str
    lines: Mapping[str, Sequence[Point]]

    def draw(self, step: float, ticks: int, left: float) -> Iterator[str]:
        """The elements, moved to the right by `left`, for values up to so many ticks."""
        yield f'<g transform="translate({left:g} 0)">'
        yield _text(_LEFT, 20, self.title, weight="bold")
        yield _text((WIDTH + _LEFT) / 2, HEIGHT - 8, self.across, anchor="middle")
        for tick in range(ticks + 1):
            y = _up(tick / ticks)
            yield f'<path d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}" stroke="#ddd"/>'
            yield _text(_LEFT - 6, y + 4, f"{tick * step:g}", anchor="end")
        xs = sorted({x for points in self.lines.values() for x, _ in points})
        for x in xs:
            yield _text(self._across(x, xs), HEIGHT - _BOTTOM + 16, f"{x:,g}", anchor="middle")
        for place, ((name, points), colour) in enumerate(zip(self.lines.items(), _COLOURS, strict=False)):
            spots = [(self._across(x, xs), _up(y / (ticks * step))) for x, y in points]
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
            yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
            yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in spots)
            yield _text(_LEFT, 38 + 16 * place, name, colour=colour)
        yield "</g>"

    @staticmethod
    def _across(x: float, xs: Sequence[float]) -> float:
        share = log10(x / xs[0]) / log10(xs[-1] / xs[0])
        return _LEFT + 12 + share * (WIDTH - _LEFT - _RIGHT - 24)


def svg(charts: Sequence[Chart]) -> str:
    """Charts side by side, their values on one scale."""
    highest = max(y for chart in charts for points in chart.lines.values() for _, y in points)
    step = _round(highest / _TICKS)
    drawn = ("\n".join(chart.draw(step, ceil(highest / step), place * WIDTH)) for place, chart in enumerate(charts))
    return _HEAD.format(width=WIDTH * len(charts), height=HEIGHT) + "\n".join(drawn) + "\n</svg>\n"


def _round(step: float) -> float:
    """The next number up that is one, two or five times a power of ten."""
    power = float(10 ** floor(log10(step)))
    return next(times * power for times in (1, 2, 5, 10) if times * power >= step)


def _up(share: float) -> float:
    return HEIGHT - _BOTTOM - share * (HEIGHT - _BOTTOM - _TOP)


def _text(x: float, y: float, text: str, *, anchor: str = "start", weight: str = "normal", colour: str = "#222") -> str:
    style = f'text-anchor="{anchor}" font-weight="{weight}" fill="{colour}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(text)}</text>'
