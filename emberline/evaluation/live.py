"""Every SLO, evaluation after evaluation: what `evaluate_all` says each time, for the price of what changed."""

from collections.abc import Mapping, Sequence

from emberline.evaluation.evaluate import unevaluated
from emberline.evaluation.horizon import longest
from emberline.evaluation.measure import measure
from emberline.evaluation.replayed import Replayed
from emberline.evaluation.result import Result
from native.ranges import PROM_3_5, Profile
from slo.alerts import INACTIVE, State, Terms, step
from slo.plan import Alert, Plan
from slo.readings import Readings
from slo.rounds.readings import LiveReadings
from slo.rounds.rounds import Rounds
from slo.rounds.source import History
from slo.rounds.verdicts import Verdicts
from slo.selector import Labels
from slo.sli import Events, Expression, Slices
from slo.slices import SliceReadings
from slo.vector import Grid, Vector
from slo.verdict import holding
from slo.window import Window

_Course = tuple[str, str]
"""An alert: id of its row, and kind."""


class Live:
    """All plans, every interval; the first evaluation works out from history what the others go on from.

    Plans of expressions need a Prometheus, here as in `evaluate_all` over the same samples.
    """

    def __init__(self, plans: Sequence[Plan], history: History, at: int, profile: Profile = PROM_3_5) -> None:
        self._plans = tuple(plans)
        self._history = history
        self._profile = profile
        self._rounds = Rounds(plans, history, at, profile)
        self._interval = plans[0].interval
        self._verdicts = {sli: Verdicts.of(self._judged(sli, at, _period(plan))) for plan, sli in _sliced(plans)}
        batch = Readings(history, self._interval, profile)
        self._courses = {
            (plan.slo.id, alert.kind): Replayed.of(plan, alert, batch, at).states
            for plan in self._plans
            if not isinstance(plan.sli, Expression)
            for alert in _apart(plan)
        }
        self.latest = self._results(self._readings())

    @property
    def at(self) -> int:
        """The time of the newest evaluation, in ms since the epoch."""
        return self._rounds.latest.at

    def advance(self, at: int) -> tuple[Result, ...]:
        """The results at `at`, a whole number of intervals after the last ones; ValueError for any other time."""
        missed = range(self.at + self._interval.ms, at, self._interval.ms)
        self._rounds.advance(at)
        readings = self._readings()
        for sli, verdicts in self._verdicts.items():
            for slot in missed:
                verdicts.record(self._judged(sli, slot, 1))
            verdicts.record(readings.slices.verdict(sli, Grid(at, self._interval.ms)))
        for plan in self._plans:
            if not isinstance(plan.sli, Expression):
                for alert in _apart(plan):
                    self._step(plan, alert, readings)
        self.latest = self._results(readings)
        return self.latest

    def _judged(self, sli: Slices, at: int, count: int) -> Vector:
        readings = SliceReadings(self._history, self._interval, self._profile)
        return readings.verdict(sli, Grid(at, self._interval.ms, count))

    def _readings(self) -> LiveReadings:
        return LiveReadings(self._history, self._rounds.latest, self._verdicts, self._interval, self._profile)

    def _step(self, plan: Plan, alert: Alert, readings: Readings) -> None:
        held = set(holding(alert.condition, readings, Grid(self.at, self._interval.ms)).shown())
        states = self._courses[plan.slo.id, alert.kind]
        terms = Terms(alert.hold)
        stepped = {each: step(states.get(each, INACTIVE), each in held, self.at, terms) for each in held.union(states)}
        self._courses[plan.slo.id, alert.kind] = {each: s for each, s in stepped.items() if s != INACTIVE}

    def _results(self, readings: Readings) -> tuple[Result, ...]:
        found = self._batched()
        results: list[Result] = []
        for plan in self._plans:
            if isinstance(plan.sli, Expression):
                results.append(unevaluated(plan, self.at))
                continue
            courses = (self._courses.get((plan.slo.id, a.kind), found.get((plan.slo.id, a.kind), {})) for a in plan.all)
            alerts = [Replayed(alert, states) for alert, states in zip(plan.all, courses, strict=True)]
            results += measure(plan, readings, self.at, alerts, _now)
        return tuple(results)

    def _batched(self) -> Mapping[_Course, dict[Labels, State]]:
        """The alerts that are evaluated all together and are not inactive, apart again."""
        found: dict[_Course, dict[Labels, State]] = {}
        latest = self._rounds.latest
        for place in latest.states.known():
            watch = latest.compiled.watches[place]
            found.setdefault((watch.plan.slo.id, watch.alert.kind), {})[watch.labels] = latest.states[place]
        return found


def _now(plan: Plan, _window: Window, at: int) -> Grid:
    return Grid(at, plan.interval.ms)


def _sliced(plans: Sequence[Plan]) -> list[tuple[Plan, Slices]]:
    return [(plan, plan.sli) for plan in plans if isinstance(plan.sli, Slices)]


def _period(plan: Plan) -> int:
    """Evaluations that the longest period of a plan holds, the one at its left end included."""
    return longest(plan).ms // plan.interval.ms + 1


def _apart(plan: Plan) -> tuple[Alert, ...]:
    """The alerts of a plan that are not evaluated together with those of all others."""
    return plan.all if not isinstance(plan.sli, Events) else tuple(a for a in plan.all if a.kind == "no-data")
