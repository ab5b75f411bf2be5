"""Annotation texts: what they show, and what they say of an alert."""

import pytest

from slo.handbook.template import filled, labels_in, shows_value

TEXT = "{{ $labels.pod }} and {{$labels.node}} use {{ $value | humanizePercentage }}"


def test_what_a_template_shows() -> None:
    assert labels_in(TEXT) == {"pod", "node"}
    assert shows_value(TEXT)
    assert not shows_value("{{ $labels.value }} of value")


@pytest.mark.parametrize("form", ["$value", "$value | humanize", "$value | humanizeDuration"])
def test_the_value_is_shown_in_any_form(form: str) -> None:
    assert filled(f"it is {{{{ {form} }}}}", {}, "1d") == "it is 1d"


def test_a_label_that_is_absent_is_empty_as_prometheus_has_it() -> None:
    assert filled(TEXT, {"pod": "web-0"}, "94%") == "web-0 and  use 94%"
