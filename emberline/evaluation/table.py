"""Results as a table for people."""

import math
from collections.abc import Iterable, Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from emberline.evaluation.document import rfc3339
from emberline.evaluation.result import Result
from emberline.words import on_a_line, pairs, rate

_COLOURS = {"met": "green", "not met": "red", "firing": "red", "pending": "yellow"}


def table(results: Iterable[Result], windows: Sequence[str]) -> Table:
    """One row an SLO instance: verdict, budget, coverage, burn rates over some windows, active alerts."""
    shown = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), collapse_padding=True, pad_edge=False)
    for title in ("SLO", "instance", "state", "budget", "coverage", *windows, "alerts"):
        number = title in ("budget", "coverage", *windows)
        shown.add_column(title, overflow="fold", justify="right" if number else "left", no_wrap=number)
    for result in results:
        burns = {str(burn.window.length): burn.burn_rate for burn in result.windows}
        shown.add_row(
            Text(result.plan.slo.id),
            Text(on_a_line(pairs(result.labels))),
            Text(result.verdict, style=_COLOURS.get(result.verdict, "dim")),
            _percent(result.error_budget_remaining),
            _percent(result.coverage),
            *(_rate(burns.get(window)) for window in windows),
            _alerts(result),
        )
    return shown


def notes(results: Iterable[Result]) -> list[str]:
    """What is to be done or known about rows beside their numbers, each note once with the rows that share it."""
    rows: dict[str, list[str]] = {}
    for result in results:
        for note in _notes(result):
            rows.setdefault(note, []).append(result.plan.slo.id)
    return [f"{', '.join(dict.fromkeys(ids))} {note}" for note, ids in rows.items()]


def _notes(result: Result) -> Iterator[str]:
    if result.note:
        yield f"{result.verdict}: {result.note}"
    if result.overcounted:
        yield "counts more good or bad events than events: `emberline check --prometheus` says where"
    for correction in (excluded.correction for excluded in result.corrections):
        yield f"excludes {rfc3339(correction.from_)} to {rfc3339(correction.to)}: {correction.reason}"


def _alerts(result: Result) -> Text:
    active = [state for state in result.alerts if state.active_at is not None]
    lines = (Text(f"{state.alert.kind} {state.status}", style=_COLOURS[state.status]) for state in active)
    return Text("\n").join(lines)


def _percent(ratio: float | None) -> str:
    return "" if ratio is None or math.isnan(ratio) else f"{ratio:.1%}"


def _rate(burn: float | None) -> str:
    return "" if burn is None or math.isnan(burn) else rate(burn)
