"""The screen: results on stdout, everything else on stderr. The only file that knows Rich."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from goldenpath.adapters.settings import variable, variables, wants_colour
from goldenpath.core.visible import visible, visible_line

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from typing import TypeVar

    from rich.console import Console
    from rich.status import Status
    from rich.table import Table
    from rich.text import Text

    Report = TypeVar("Report")

STYLES = {
    "good": "green",
    "bad": "red",
    "warn": "yellow",
    "faint": "dim",
    "strong": "bold",
    "command": "cyan",
}
_PLAIN_SIGNS = {"✓": "+", "✗": "x", "→": ">", "•": "*", "…": "...", "·": "-"}

PAGER_OPTIONS = "-FRX -Pspace = more, q = leave$"
"""For less: colours, the text stays on the screen afterwards, and the two keys that a newcomer needs."""

Piece = str | tuple[str, str]
"""Text, or text and the name of a style."""
Picture = tuple["Sequence[Piece]", "Sequence[Sequence[Piece]]"]
"""A line, and the rows of a table below it."""


class Screen:
    """Where a command shows what it has to say."""

    def __init__(self) -> None:
        self._consoles: dict[str, Console] = {}
        self._spinner: Status | None = None

    def line(self, *pieces: Piece) -> None:
        """One line of the result."""
        self._write("stdout", pieces)

    def note(self, *pieces: Piece) -> None:
        """One line that is no result."""
        self._write("stderr", pieces)

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table of the result."""
        self._show_table(self._console("stdout"), heads, rows)

    def markdown(self, text: str, *, is_paged: bool = False) -> None:
        """Markdown as a person reads it; when it is longer than the screen and may be paged, through the pager."""
        from rich.markdown import Markdown

        console = self._console("stdout")
        page = Markdown(visible(text), code_theme="bw" if not console.color_system else "ansi_dark", hyperlinks=False)
        if not console.is_terminal:
            sys.stdout.write(visible(text) + "\n")
            return
        lines = len(console.render_lines(page))
        if is_paged and lines > console.size.height - 2 and sys.stdin.isatty():
            pager = variable("PAGER") or "less"
            with variables(LESS=variable("LESS") or PAGER_OPTIONS), console.pager(styles="less" in pager):
                console.print(page)
            return
        console.print(page)

    def diff(self, text: str) -> None:
        """A diff of the result, added and removed lines in colour."""
        styles = {"+": "good", "-": "bad", "@": "faint"}
        for line in text.splitlines():
            style = styles.get(line[:1])
            self.line((line, style) if style else line)

    def follow(self, work: Generator[str, None, Report]) -> Report:
        """Do the work, showing what is being done: a spinner on a terminal, plain lines elsewhere."""
        is_terminal = _is_terminal(sys.stderr)  # without asking rich, which takes 60 ms to load
        try:
            while True:
                doing = next(work)
                if is_terminal:
                    self.wait(doing)
                else:
                    self.note(doing, " ...")
        except StopIteration as end:
            report: Report = end.value
            return report
        finally:
            self.wait("")
            work.close()

    def wait(self, text: str) -> None:
        """Show a spinner with this text until the next call; an empty text ends it. Nothing without a terminal."""
        if self._spinner is not None:
            self._spinner.stop()
            self._spinner = None
        if text and _is_terminal(sys.stderr):
            from rich.text import Text

            self._spinner = self._console("stderr").status(Text(self._encodable("stderr", visible_line(text))))
            self._spinner.start()

    @contextmanager
    def busy(self, text: str) -> Iterator[None]:
        """Show a spinner while something takes long."""
        self.wait(text)
        try:
            yield
        finally:
            self.wait("")

    @property
    def can_move(self) -> bool:
        """Whether people see a terminal that can draw over what it has drawn."""
        console = self._console("stderr")
        return console.is_terminal and not console.is_dumb_terminal

    @contextmanager
    def live(self, picture: Callable[[], Picture]) -> Iterator[None]:
        """Show the picture of the moment, four times a second, where `can_move`; afterwards it is gone.

        `picture` is called in another thread.
        """
        from rich.live import Live

        self.wait("")
        console = self._console("stderr")
        with Live(
            get_renderable=lambda: self._drawn(console, picture()),
            console=console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        ) as live:
            live.refresh()
            yield

    def _drawn(self, console: Console, picture: Picture) -> Table:
        """A picture in the size of the terminal: no line is wrapped, wide columns give way, rows below it left out."""
        from rich.table import Table

        head, rows = picture
        grid = Table.grid(padding=(0, 2, 0, 0))
        for column in zip(*rows, strict=True):
            is_narrow = all(len(piece if isinstance(piece, str) else piece[0]) <= 8 for piece in column)
            grid.add_column(no_wrap=is_narrow)
        for row in rows[: max(0, console.height - 3)]:
            grid.add_row(*(self._cut(console, [piece]) for piece in row))
        whole = Table.grid()
        whole.add_row(self._cut(console, head))
        if rows:
            whole.add_row(grid)
        return whole

    def _cut(self, console: Console, pieces: Sequence[Piece]) -> Text:
        """One line that is cut where it does not fit."""
        from rich.text import Text

        line = Text(no_wrap=True, overflow="ellipsis" if console.encoding.startswith("utf") else "crop")
        for piece in pieces:
            text, style = (piece, "") if isinstance(piece, str) else piece
            line.append(self._encodable("stderr", visible_line(text)), STYLES.get(style, ""))
        return line

    def _show_table(self, console: Console, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        from rich.table import Table
        from rich.text import Text

        table: Table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        for head in heads:
            table.add_column(head, overflow="fold")
        for row in rows:
            table.add_row(*(Text(self._encodable("stdout", visible_line(cell))) for cell in row))
        console.print(table)

    def _write(self, name: str, pieces: Sequence[Piece]) -> None:
        stream: TextIO = getattr(sys, name)
        if not _is_terminal(stream) or not wants_colour():
            text = "".join(piece if isinstance(piece, str) else piece[0] for piece in pieces)
            stream.write(self._encodable(name, visible(text)) + "\n")
            stream.flush()
            return
        from rich.text import Text

        whole = Text()
        for piece in pieces:
            text, style = (piece, "") if isinstance(piece, str) else piece
            whole.append(self._encodable(name, visible(text)), STYLES.get(style, ""))
        for line in whole.split("\n", allow_blank=True):
            self._print_hanging(self._console(name), line)

    def _print_hanging(self, console: Console, line: Text) -> None:
        """One line; what does not fit continues below its own beginning. A word that is too long is left whole."""
        hang = len(line.plain) - len(line.plain.lstrip())
        if max(map(len, line.plain.split()), default=0) >= console.width - hang:
            console.print(line, soft_wrap=True)
            return
        for number, part in enumerate(line[hang:].wrap(console, console.width - hang) or [line]):
            part.rstrip()
            console.print(" " * hang if number or hang else "", part, sep="", soft_wrap=True)

    def _encodable(self, name: str, text: str) -> str:
        encoding = getattr(sys, name).encoding or "ascii"
        try:
            text.encode(encoding)
        except (UnicodeEncodeError, LookupError):
            for sign, plain in _PLAIN_SIGNS.items():
                text = text.replace(sign, plain)
            return text.encode("ascii", "backslashreplace").decode()
        return text

    def _console(self, name: str) -> Console:
        if name not in self._consoles:
            from rich.console import Console

            is_terminal = _is_terminal(getattr(sys, name))
            self._consoles[name] = Console(
                stderr=name == "stderr",
                force_terminal=is_terminal,
                color_system="auto" if is_terminal and wants_colour() else None,
                highlight=False,
                markup=False,
                emoji=False,
            )
        return self._consoles[name]


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:
        return False
