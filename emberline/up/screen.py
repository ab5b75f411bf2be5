"""What `up` tells a person at the terminal."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from emberline import words
from emberline.live.present import view
from emberline.live.snapshot import Snapshot
from emberline.live.view import RowView

_NAME_WIDTH: Final = 14
"""A narrow terminal wraps words and never cuts them off: a row without its name says nothing."""
_STYLES: Final = {"good": "green", "bad": "red", "warn": "yellow", "none": "dim"}


class Screen:
    """Messages for a person; `console` writes to stderr, so that nothing mixes with data on stdout."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def artefacts(self, folder: Path, counts: Mapping[str, int]) -> None:
        """What was written where."""
        for kind, count in counts.items():
            self._console.print(Text(f"Wrote {count} file{'s' if count != 1 else ''} to {folder / kind}"))

    @contextmanager
    def progress(self, what: str) -> Iterator[Callable[[int, int], None]]:
        """A bar that is told how many of how many parts are done; without a terminal, one line at the end."""
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
        with Progress(
            *columns, TimeElapsedColumn(), console=self._console, transient=True, disable=not self._console.is_terminal
        ) as bar:
            task = bar.add_task(what)
            yield lambda done, total: bar.update(task, completed=done, total=total)
            seconds = bar.tasks[task].elapsed or 0
        self._console.print(f"{what}: done in {seconds:.1f} s")

    def started(self, url: str, page: str, first: Snapshot) -> None:
        """Where to look, and what the first evaluation found."""
        seen = view(first, first.at)
        for notice in seen.notices:
            self._console.print(Text(notice, "yellow"), soft_wrap=True)
        self._console.print(self._rows(first))
        for alert in seen.alerts:
            where = f"{alert.row} {alert.instance}".strip()
            told = f"{alert.state}: {alert.name} ({alert.severity}) {words.on_a_line(where)}"
            self._console.print(Text(told, "red" if alert.state == "firing" else "yellow"), soft_wrap=True)
        up = sum(target.state == "up" for target in seen.targets)
        self._console.print(
            f"{seen.met} of {seen.rows} objectives met, {seen.firing} alerts firing, "
            f"{len(seen.gpus)} GPUs, {up} of {len(seen.targets)} targets up"
        )
        self._console.print(f"Status page  {url}/", style="bold", highlight=False)
        self._console.print(f"Exporter     {page}", style="bold", highlight=False)
        self._console.print("Ctrl-C ends it.")

    def trouble(self, what: str) -> None:
        """Something went wrong while everything runs."""
        self._console.print(Text(what, "red"), soft_wrap=True)

    def stopping(self) -> None:
        """The end has begun."""
        self._console.print("Stopping.")

    @staticmethod
    def _rows(snapshot: Snapshot) -> Table:
        """A line for each SLO: its worst instance, and of how many."""
        table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), caption="×n: the worst of n instances")
        table.add_column("SLO", min_width=_NAME_WIDTH)
        for name in ("Objective", "State", "Budget left", "Burn 1h"):
            table.add_column(name, overflow="fold")
        for area in view(snapshot, snapshot.at).areas:
            for _, group in groupby(area.rows, key=lambda row: row.id):
                table.add_row(*_line(tuple(group)))
        return table


def _line(rows: tuple[RowView, ...]) -> tuple[Text | str, ...]:
    worst = min(rows, key=lambda row: float(row.budget_percent or 100))
    burns = {burn.window: burn.rate for burn in worst.burns}
    number = f" ×{len(rows)}" if len(rows) > 1 else ""
    name = Text(f"{worst.id} {worst.name}{number}")
    return name, worst.objective, Text(worst.state, _STYLES[worst.tone]), worst.budget, burns.get("1h", "")
