"""A step plot as inline SVG: what part got there, its band, and how many were at risk. Sized to be read on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goldenpath.core.survival import Share

LEFT, RIGHT, TOP, BOTTOM = 42.0, 346.0, 12.0, 186.0
WIDTH, HEIGHT = 360, 262
_CLOSEST = 34.0
"""Two marks of the axis must be that far apart for their numbers not to touch."""

Place = tuple[float, float]


def step_plot(curve: Sequence[Share], marks: Sequence[Share], median_days: float | None) -> str:
    """The `<svg>` element. `curve` is evenly spaced and observed throughout; `marks` may be numbered on the axis.

    Classes are styled by the page around it: axis, band, line, half, small.
    """
    longest = next((mark.days for mark in marks if mark.days >= curve[-1].days), marks[-1].days)
    numbered = _apart([curve[0], *(mark for mark in marks if mark.days <= longest)], longest)
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="Step plot; the table below has its numbers.">',
        *_axes(numbered, longest),
        f'<path class="band" d="{_band(curve, longest)}"/>',
        f'<path class="line" d="{_line([(_x(point.days, longest), _y(point.share)) for point in curve])}"/>',
        *_half(median_days, curve, longest),
        "</svg>",
    ]
    return "\n".join(parts)


def _x(days: float, longest: float) -> float:
    return LEFT + (RIGHT - LEFT) * days / longest


def _y(part: float | None) -> float:
    return BOTTOM - (BOTTOM - TOP) * (part or 0.0)


def _line(places: Sequence[Place]) -> str:
    """A path of steps through the places: across, then up."""
    (first_x, first_y), *others = places
    commands, height = [f"M{first_x:.1f} {first_y:.1f}"], first_y
    for across, up in others:
        if abs(up - height) >= 0.05:
            commands.append(f"H{across:.1f}V{up:.1f}")
            height = up
    return "".join([*commands, f"H{places[-1][0]:.1f}"])


def _band(curve: Sequence[Share], longest: float) -> str:
    """Along the upper limit and back along the lower one, from the first arrival to where the limits end."""
    known = [point for point in curve if point.low is not None and point.high is not None]
    if not known:
        return ""
    across = [_x(point.days, longest) for point in known]
    there = _line([(x, _y(point.high)) for x, point in zip(across, known, strict=True)])
    back = [f"V{_y(known[-1].low):.1f}"]
    for number in range(len(known) - 1, 0, -1):
        before = known[number - 1]
        if before.low != known[number].low:
            back.append(f"H{across[number]:.1f}V{_y(before.low):.1f}")
    return "".join([there, *back, f"H{across[0]:.1f}Z"])


def _apart(marks: Sequence[Share], longest: float) -> list[Share]:
    """The marks that can be numbered: the last one, then leftwards what leaves room."""
    kept: list[Share] = []
    for mark in reversed(marks):
        if not kept or _x(kept[-1].days, longest) - _x(mark.days, longest) >= _CLOSEST:
            kept.append(mark)
    return kept[::-1]


def _axes(numbered: Sequence[Share], longest: float) -> list[str]:
    lines = [f'<path class="axis" d="M{LEFT} {TOP}V{BOTTOM}H{RIGHT}"/>']
    lines += [_text(LEFT - 6, _y(part) + 4, f"{part:.0%}", "end") for part in (0.0, 0.25, 0.5, 0.75, 1.0)]
    for mark in numbered:
        across = _x(mark.days, longest)
        lines.append(f'<path class="axis" d="M{across:.1f} {BOTTOM}v4"/>')
        lines.append(_text(across, BOTTOM + 17, f"{mark.days:g}", "middle"))
        lines.append(_text(across, HEIGHT - 6, f"{mark.at_risk:,}", "middle"))
    lines.append(_text(RIGHT, BOTTOM + 33, "days from the start", "end"))
    lines.append(_text(4, HEIGHT - 24, "at risk", "start"))
    return lines


def _half(median_days: float | None, curve: Sequence[Share], longest: float) -> list[str]:
    """To the point where the curve, as it is drawn, meets one half."""
    days = next((point.days for point in curve if median_days is not None and point.days >= median_days), None)
    if days is None:
        return []
    return [f'<path class="half" d="M{LEFT} {_y(0.5):.1f}H{_x(days, longest):.1f}V{BOTTOM}"/>']


def _text(across: float, down: float, text: str, anchor: str) -> str:
    return f'<text class="small" x="{across:.1f}" y="{down:.1f}" text-anchor="{anchor}">{text}</text>'
