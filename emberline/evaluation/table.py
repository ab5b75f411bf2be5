"""Results as a table for people."""

import math
from collections.abc import Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from emberline.evaluation.result import Result
from slo.selector import Labels

_COLOURS = {"met": "green", "not met": "red", "firing": "red", "pending": "yellow"}


def table(results: Iterable[Result], windows: Sequence[str]) -> Table:
    """One row an SLO instance: verdict, budget, coverage, burn rates over some windows, and active alerts."""
    shown = Table("SLO", "instance", "state", "budget left", "coverage", *windows, "alerts", box=SIMPLE_HEAD)
    for result in results:
        burns = {str(burn.window.length): burn.burn_rate for burn in result.windows}
        rates = (_rate(burns.get(window)) for window in windows)
        shown.add_row(
            Text(f"{result.plan.slo.id} {result.plan.slo.name}"),
            Text(_instance(result.labels)),
            _state(result),
            _percent(result.error_budget_remaining),
            _percent(result.coverage),
            *rates,
            _alerts(result),
        )
    return shown


def _instance(labels: Labels) -> str:
    return ", ".join(f"{name}={value}" for name, value in labels)


def _state(result: Result) -> Text:
    note = f": {result.note}" if result.note and result.verdict == "no data" else ""
    return Text(result.verdict + note, style=_COLOURS.get(result.verdict, "dim"))


def _alerts(result: Result) -> Text:
    active = [state for state in result.alerts if state.active_at is not None]
    lines = (Text(f"{state.alert.name} {state.status}", style=_COLOURS[state.status]) for state in active)
    return Text("\n").join(lines)


def _percent(ratio: float | None) -> str:
    return "" if ratio is None or math.isnan(ratio) else f"{ratio:.2%}"


def _rate(burn: float | None) -> str:
    return "" if burn is None or math.isnan(burn) else f"{burn:.3g}"
