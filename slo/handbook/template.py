"""Annotation texts as people write them: plain words, labels of the alert, and its value.

    {{ $labels.pod }} uses {{ $value | humanizePercentage }} of its limit

Nothing else of Go's templates has a place there, so that what an alert will say is known before it fires.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import AfterValidator

from slo.scalar import Text

_ACTION: Final = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_LABEL: Final = re.compile(r" ?\$labels\.([a-zA-Z_][a-zA-Z0-9_]*) ?")
_VALUE: Final = re.compile(r" ?\$value( \| humanize(1024|Percentage|Duration|Timestamp)?)? ?")


def _template(text: str) -> str:
    for action in _ACTION.findall(text):
        if not (_LABEL.fullmatch(action) or _VALUE.fullmatch(action)):
            raise ValueError(f"{{{{{action}}}}} is neither {{{{ $labels.x }}}} nor {{{{ $value | humanize }}}}")
    if "{{" in _ACTION.sub("", text):
        raise ValueError("{{ is never closed")
    return text


Template = Annotated[Text, AfterValidator(_template)]
"""Words with labels and the value of an alert in braces."""


def labels_in(template: str) -> frozenset[str]:
    """The labels that a template shows."""
    found = map(_LABEL.fullmatch, _ACTION.findall(template))
    return frozenset(each[1] for each in found if each)


def shows_value(template: str) -> bool:
    """Whether a template shows the value of its alert."""
    return any(map(_VALUE.fullmatch, _ACTION.findall(template)))


def filled(template: str, labels: Mapping[str, str], value: str) -> str:
    """The text for an alert of these labels, whose value reads `value` once it is formatted."""

    def replaced(action: re.Match[str]) -> str:
        label = _LABEL.fullmatch(action[1])
        return labels.get(label[1], "") if label else value

    return _ACTION.sub(replaced, template)
