"""Statistics as one HTML file: nothing external, no script, readable on a phone and in the dark."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from goldenpath.cli import statistics_words as words
from goldenpath.cli.step_plot import step_plot

if TYPE_CHECKING:
    from goldenpath.flows.tell_statistics import Statistic, Statistics

TITLE = "Time to the first and tenth pull request"
FIRST_LINE = "<!doctype html>"
STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --faint: #667; --line: #0b6; --rule: #ccd; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e6e6; --paper: #16191d; --faint: #9ab; --line: #3d9; --rule: #445; }
}
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 34rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.4rem; line-height: 1.25; }
h2 { font-size: 1.15rem; margin: 2rem 0 0; }
p { margin: .4rem 0; }
.faint { color: var(--faint); font-size: .875rem; }
svg { width: 100%; height: auto; margin: .75rem 0; }
.axis { fill: none; stroke: var(--faint); }
.line { fill: none; stroke: var(--line); stroke-width: 2; }
.band { fill: var(--line); fill-opacity: .2; }
.half { fill: none; stroke: var(--faint); stroke-dasharray: 3 3; }
.small { fill: var(--faint); font-size: 12px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .2rem .3rem; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th, td { font-size: .9rem; font-weight: normal; }
th:first-child { text-align: left; }
"""
HEAD = f"""<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{TITLE}</title>
<style>{STYLE}</style>
</head>"""


def statistics_page(report: Statistics) -> str:
    """The whole file."""
    body = [
        f"<h1>{escape(TITLE)}</h1>",
        _paragraph(words.scope(report), "faint"),
        *(_paragraph(line, "faint") for line in words.left_out(report)),
        *(_section(told) for told in report.statistics),
        _paragraph(words.HOW, "faint"),
    ]
    return "\n".join(
        [FIRST_LINE, '<html lang="en">', HEAD, "<body>", "<main>", *body, "</main>", "</body>", "</html>", ""]
    )


def _section(told: Statistic) -> str:
    parts = [f"<h2>{escape(words.TITLES[told.milestone])}</h2>", _paragraph(words.counts(told))]
    if told.median is None:
        return "\n".join([*parts, _paragraph(f"No estimate: {told.withheld}.")])
    parts.append(_paragraph(f"Median: {words.median(told.median)}"))
    parts.append(step_plot(told.curve, told.table, told.median.days))
    parts.append(_table(told))
    return "\n".join(parts)


def _table(told: Statistic) -> str:
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in words.HEADS)
    rows = []
    for share in told.table:
        within, *others = map(escape, words.cells(share))
        rows.append(f'<tr><th scope="row">{within}</th>{"".join(f"<td>{cell}</td>" for cell in others)}</tr>')
    lines = "\n".join(rows)
    return f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{lines}\n</tbody>\n</table>"


def _paragraph(text: str, kind: str = "") -> str:
    attribute = f' class="{kind}"' if kind else ""
    return f"<p{attribute}>{escape(text)}</p>"
