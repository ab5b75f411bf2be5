"""What Prometheus makes of annotations: templates with an instance, a value and nothing recorded over the period."""

from decimal import Decimal
from typing import Final

from rules.annotation import RATIO, VALUE, burn_rate
from rules.budget import spent, unknown_budget, worst_instances
from rules.rule import Alerting
from rules.template import label, unescaped
from rules.unit_tests.case import Texts
from rules.unit_tests.verge import percentage, texts
from slo.plan import Alert, Plan
from slo.selector import Labels

_LARGE: Final = ("", "k", "M", "G", "T", "P", "E", "Z", "Y")
_SMALL: Final = ("", "m", "u", "n", "p", "f", "a", "z", "y")
_THOUSAND: Final = 1000


def burning(plan: Plan, alert: Alert, rule: Alerting, instance: Labels, ratio: Decimal | float) -> Texts:
    """The texts of an alert at an error ratio; its instance is the only one, and the period is not recorded."""
    share, rate = texts(float(ratio), plan.sli.budget)
    known = {RATIO: share, burn_rate(plan.sli.budget): rate}
    if alert.kind in ("page", "ticket"):
        known[spent(plan, alert.condition)] = unknown_budget(plan)
    if worst := worst_instances(plan, alert.condition):
        own = sorted(instance, key=lambda pair: plan.slo.by.index(pair[0]))
        known[worst] = " ".join([*(value for _, value in own), percentage(1)])
    return _filled(rule, instance, known)


def valued(rule: Alerting, instance: Labels, value: Decimal) -> Texts:
    """The texts of an alert on a series with a value."""
    return _filled(rule, instance, {VALUE: humanized(value)})


def plain(rule: Alerting) -> Texts:
    """The texts of an alert about a whole row."""
    return _filled(rule, (), {})


def humanized(value: Decimal) -> str:
    """A number as `humanize` prints it: with a prefix for every three digits."""
    number, prefixes = float(value), _LARGE if abs(value) >= 1 else _SMALL
    if not number:
        return "0"
    place = 0
    while place + 1 < len(prefixes) and not 1 <= abs(number) < _THOUSAND:
        number, place = (number / _THOUSAND if prefixes is _LARGE else number * _THOUSAND), place + 1
    return f"{number:.4g}{prefixes[place]}"


def _filled(rule: Alerting, instance: Labels, known: dict[str, str]) -> Texts:
    found = {}
    for name, template in rule.annotations:
        words = template
        for variable, value in (known | {label(key): value for key, value in instance}).items():
            words = words.replace(variable, value)
        found[name] = unescaped(words)
    return found
