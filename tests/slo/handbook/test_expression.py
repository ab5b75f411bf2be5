"""What an expression reads, from its text."""

import pytest

from slo.handbook.expression import metrics, reach


@pytest.mark.parametrize(
    ("expression", "names", "back"),
    [
        ("up == 0", {"up"}, "0s"),
        ('absent(up{job="x"} == 1)', {"up"}, "0s"),
        ("-(a) > bool 1", {"a"}, "0s"),
        ("rate(a[5m]) / on (pod) rate(b[10m]) > 1", {"a", "b"}, "10m"),
        ("quantile by (pod) (scalar(c), increase(a[2m]))", {"a", "c"}, "2m"),
        ("max_over_time(sum(rate(a[5m]))[1h:1m]) > 0", {"a"}, "65m"),
        ("a unless a offset 7m", {"a"}, "7m"),
        ("rate(a[5m] offset 10m)", {"a"}, "15m"),
        ("max_over_time(a[1h:1m] offset 30m)", {"a"}, "90m"),
        ("a offset -5m", {"a"}, "0s"),
        ("time() - vector(1)", set(), "0s"),
    ],
)
def test_metrics_and_reach(expression: str, names: set[str], back: str) -> None:
    assert metrics(expression) == names
    assert str(reach(expression)) == back
