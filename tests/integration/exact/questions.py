"""What is asked of Prometheus and of the engine alike, for all cases of a population at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from slo.duration import Duration
from slo.samples import Rows
from slo.selector import Matcher, Selector
from slo.sli import Bound, Counted, Events, Gate, Interpolated, Remainder, Series, Slices
from slo.vector import Grid
from tests.integration.exact.engine import Engine, rows
from tests.integration.exact.population import END, Population

Answer: TypeAlias = Callable[[Engine], Rows]
Reduce: TypeAlias = Literal["sum", "avg", "min", "max"]
Op: TypeAlias = Literal["<", "<=", ">", ">="]

_OBJECTIVE: Final = Decimal("0.99")
_BY: Final = ("case",)
_EVENTS, _TRIES = Selector("events_total"), Selector("tries_total")
_FAILED, _FINE = (Selector("events_total", (Matcher("code", "=", code),)) for code in ("500", "200"))
_BUCKET_1, _BUCKET_2_5 = (Selector("seconds_bucket", le=Decimal(bound)) for bound in ("1", "2.5"))
_COUNT: Final = Selector("seconds_count")
_COUNTED: Final = Events((_EVENTS,), Counted((_FAILED,)), _BY, _OBJECTIVE)
_SEVERAL: Final = Events((_EVENTS, _TRIES), Counted((_FAILED, _TRIES)), _BY, _OBJECTIVE)
_REMAINDER: Final = Events((_EVENTS,), Remainder((_FINE,)), _BY, _OBJECTIVE)
_BUCKET: Final = Events((_COUNT,), Remainder((_BUCKET_1,)), _BY, _OBJECTIVE)
_BETWEEN: Final = Events((_COUNT,), Interpolated(_BUCKET_1, _BUCKET_2_5, Decimal("0.3")), _BY, _OBJECTIVE)
_ORDERS: Final = Events(
    (Selector("orders_total"),), Counted((Selector("orders_total", (Matcher("code", "=", "500"),)),)), _BY, _OBJECTIVE
)

_PERIOD: Final = 300_000
_RECORDED: Final = Grid(END, 60_000, 4)


_REDUCED: Final[tuple[tuple[Reduce, Op, str], ...]] = (
    ("sum", ">", "min"),
    ("avg", "<=", "max"),
    ("min", ">=", "min"),
    ("max", "<", "max"),
)
"""How series are reduced and compared, and the extreme that is farthest from keeping such a bound."""


@dataclass(frozen=True, slots=True)
class Question:
    """An expression, and what the engine has for it; values may differ by `tolerance`, relative to them."""

    text: str
    answer: Answer
    grid: Grid
    tolerance: float = 0.0


def questions(population: Population, seed: int) -> Iterator[Question]:
    """Every question; each is about one kind of case."""
    chosen = _Chosen(f'seed="{seed}"', population)
    yield from _counters(chosen)
    yield from _ratios(chosen)
    yield from _gauges(chosen)
    yield from _slices(chosen)
    yield from _composed(chosen)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Prints selectors of the cases of one population."""

    matcher: str
    population: Population

    def series(self, metric: str, *matchers: str) -> str:
        return f"{metric}{{{','.join((*matchers, self.matcher))}}}"

    def increase(self, window: int, metric: str, *matchers: str) -> str:
        return f"sum by (case) (increase({self.series(metric, *matchers)}[{window}ms]))"

    def question(self, text: str, answer: Answer) -> Question:
        return Question(text, answer, self.population.grid)


def _counters(chosen: _Chosen) -> Iterator[Question]:
    events = chosen.series("events_total")
    short, long = chosen.population.windows
    for window in (short, long):
        risen = f"increase({events}[{window}ms])"
        yield chosen.question(risen, _increase(window))
        yield chosen.question(f"sum by (case) ({risen})", _by_case("sum", _increase(window)))
    yield chosen.question(f"rate({events}[{long}ms])", _rate(long))
    for function in ("avg", "min", "max"):
        yield chosen.question(f"{function} by (case) (rate({events}[{long}ms]))", _by_case(function, _rate(long)))


def _ratios(chosen: _Chosen) -> Iterator[Question]:
    for window in chosen.population.windows:
        events, tries = (chosen.increase(window, metric) for metric in ("events_total", "tries_total"))
        failed, fine = (chosen.increase(window, "events_total", f'code="{code}"') for code in ("500", "200"))
        count = chosen.increase(window, "seconds_count")
        low, high = (chosen.increase(window, "seconds_bucket", f'le="{le}"') for le in ("1.0", "2.5"))
        bad_and_total = (
            (_COUNTED, f"({failed} or 0 * {events})", events),
            (_SEVERAL, f"({_plus(failed, tries)} or 0 * {_plus(events, tries)})", _plus(events, tries)),
            (_REMAINDER, f"({events} - ({fine} or 0 * {events}))", events),
            (_BUCKET, f"({count} - {low})", count),
            (_BETWEEN, f"({count} - ({low} + ({high} - {low}) * 0.3))", count),
        )
        for sli, bad, total in bad_and_total:
            yield chosen.question(f"{bad} / {total}", _error_ratio(sli, window))


def _plus(left: str, right: str) -> str:
    return f"(({left} or 0 * {right}) + ({right} or 0 * {left}))"


def _gauges(chosen: _Chosen) -> Iterator[Question]:
    level = chosen.series("level")
    yield chosen.question(level, _level)
    for function in ("sum", "avg", "min", "max"):
        yield chosen.question(f"{function} by (case) ({level})", _by_case(function, _level))
    for window in chosen.population.windows:
        for function in ("sum", "count", "avg", "min", "max", "last"):
            text = f"{function}_over_time({level}[{window}ms])"
            yield chosen.question(text, _over_time(function, window))


def _slices(chosen: _Chosen) -> Iterator[Question]:
    """Verdicts behind a gate, on what series are worth now and on what they were worth all the while."""
    window = chosen.population.windows[1]
    queue, load = chosen.series("queue"), chosen.series("load_total")
    busy = Gate(Series(Selector("load_total"), "sum", _BY, rate=Duration(window)), Bound(">", Decimal(0)))
    gate = f"sum by (case) (rate({load}[{window}ms])) > 0"
    now = Series(Selector("queue"), "sum", _BY, valid=Bound(">=", Decimal(-1)))
    for reduce, op, held in _REDUCED:
        bound = Bound(op, Decimal("0.5"))
        for span, read in ((None, queue), (Duration(window), f"{held}_over_time({queue}[{window}ms])")):
            sli = Slices(replace(now, reduce=reduce, held=span), bound, busy, _BY, _OBJECTIVE, Duration(_PERIOD))
            text = f"({reduce} by (case) ({read} >= -1) {op} bool 0.5) and ({gate})"
            yield chosen.question(text, _verdict(sli))


def _composed(chosen: _Chosen) -> Iterator[Question]:
    window = chosen.population.windows[0]
    orders, failed = (chosen.increase(window, "orders_total", *code) for code in ((), ('code="500"',)))
    total, bad = (f"sum_over_time({side}[{_PERIOD}ms:15s])" for side in (orders, f"({failed} or 0 * {orders})"))
    yield Question(total, lambda engine: engine.recorded("orders_total", window, _PERIOD, 15_000), _RECORDED)
    yield Question(f"{bad} / {total}", _error_ratio(_ORDERS, window, _PERIOD), _RECORDED, tolerance=1e-12)


def _increase(window: int) -> Answer:
    return lambda engine: engine.increase("events_total", window)


def _rate(window: int) -> Answer:
    return lambda engine: engine.rate("events_total", window)


def _over_time(function: str, window: int) -> Answer:
    return lambda engine: engine.over_time(function, "level", window)


def _level(engine: Engine) -> Rows:
    return engine.latest("level")


def _by_case(function: str, rows_of: Answer) -> Answer:
    return lambda engine: engine.by_case(function, rows_of(engine))


def _error_ratio(sli: Events, window: int, over: int = 0) -> Answer:
    return lambda engine: rows(engine.burn(sli, window, over).error_ratio)


def _verdict(sli: Slices) -> Answer:
    return lambda engine: engine.verdict(sli)
